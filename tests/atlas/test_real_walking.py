"""Paths on the real game: on maps that the player is put onto, every move ends where the path says.

The bedroom's stairs lead to any map once the memory that says where they lead is written.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from pokerl.atlas import (
    OVERWORLD,
    Finder,
    Move,
    Place,
    World,
    abilities_of,
    open_atlas,
    people_here,
    read_rom_of,
    story_of,
)
from tests import conftest
from tests.atlas.conftest import Walker

pytestmark = pytest.mark.rom

STAIRS = ("right", "right", "up", "up", "up", "up", "up", "right")
FIRST_WARP, GRASS_RATE, WARP_AND_MAP = 0xD3AF, 0xD887, 2
SEEN_BY_TRAINER = 0xCD60
PARTY, FIRST_CREATURE, NICKNAME, BADGES, LEVEL = 0xD163, 0xD16B, 0xD2B5, 0xD356, 0x21
CHARIZARD, CUT, SURF = 180, 15, 57
Visit = Callable[[str, int], Walker]


@pytest.fixture(scope="module")
def world(real: conftest.Rom) -> World:
    return open_atlas(real.cartridge, read_rom_of(real.path.read_bytes()))


@pytest.fixture(scope="module")
def visit(real: conftest.Rom, world: World) -> Visit:
    """Come onto a map at one of its warps; nobody appears in the grass there."""
    walker = Walker(str(real.path), real.cartridge)
    walker.new_game()
    for button in STAIRS:
        walker.step(button)
    before = io.BytesIO()
    walker.boy.save_state(before)

    def visit(name: str, warp: int) -> Walker:
        before.seek(0)
        walker.boy.load_state(before)
        number = world.map(name).identifier
        walker.boy.memory[FIRST_WARP + WARP_AND_MAP : FIRST_WARP + WARP_AND_MAP + 2] = [warp, number]
        walker.step("right", to_map=number)
        walker.boy.memory[GRASS_RATE] = 0
        assert walker.place == world.arrival(number, warp)
        return walker

    return visit


@pytest.mark.parametrize(
    ("name", "warp", "goal", "kind"),
    [
        ("ROCKET_HIDEOUT_B2F", 3, (2, 9), "spin"),
        ("VIRIDIAN_GYM", 0, (1, 17), "spin"),
        ("SEAFOAM_ISLANDS_B1F", 2, (18, 6), "fall"),
        ("ROUTE_22", 0, (20, 10), "hop"),
    ],
)
def test_whatever_carries_the_player_on_ends_where_the_path_says(visit, world, name, warp, goal, kind):
    walker = visit(name, warp)
    target = Place(world.map(name).identifier, *goal) if kind != "fall" else world.map(name).holes[goal]
    path = Finder(world).path(walker.place, target, people=people_here(walker.state()))
    assert kind in {move.kind for move in path.moves}, path.text(world)
    for move, _ in zip(path.moves, walker.follow(path), strict=True):
        assert walker.place == move.place


def test_a_guard_stops_the_player_as_long_as_the_path_says(visit, world):
    walker = visit("PEWTER_CITY", 4)
    finder, road = Finder(world), Place(world.map("ROUTE_3").identifier, 0, 10)
    story = story_of(walker.state())
    refused = finder.path(walker.place, road, story=story)
    assert "the boy who leads to the gym lets the player pass PEWTER_CITY" in refused.reason
    assert "EVENT_BEAT_BROCK" in refused.reason
    assert finder.path(walker.place, road, story=story | {"EVENT_BEAT_BROCK"})
    last = approach(walker, finder, [Place(walker.place.map, 35, 17)])
    assert walker.state().dialogue is None
    walker.press(last.button, wait=64)
    assert walker.state().dialogue is not None


def test_a_trainer_challenges_where_it_looks_and_nowhere_before(visit, world):
    forest = world.map("VIRIDIAN_FOREST")
    walker = visit("VIRIDIAN_FOREST", 3)
    trainer = next(one for one in forest.people if one.sight)
    goal = Place(forest.identifier, *trainer.watched[-1])
    path = Finder(world).path(walker.place, goal, people=people_here(walker.state()))
    assert path.watched == ((forest.identifier, trainer.slot),)
    last = approach(walker, Finder(world), [goal])
    assert not walker.boy.memory[SEEN_BY_TRAINER] & 1
    walker.press(last.button)
    assert walker.place == goal and walker.boy.memory[SEEN_BY_TRAINER] & 1
    beaten = Finder(world).path(path.start, goal, story={trainer.event})
    assert beaten.watched == ()


@pytest.mark.parametrize(("name", "sign", "kind"), [("VIRIDIAN_CITY", "T", "cut"), ("PALLET_TOWN", "~", "surf")])
def test_a_way_that_needs_a_field_move_is_open_once_it_was_used(visit, world, name, sign, kind):
    walker = visit(name, 0)
    finder, here = Finder(world), world.map(name)
    goals = [Place(here.identifier, x, y) for y, row in enumerate(here.rows) for x, s in enumerate(row) if s == sign]
    assert f"unless the player uses {kind} at {name}" in finder.path(walker.place, goals).reason
    give_charizard(walker)
    able = abilities_of(walker.state())
    last = approach(walker, finder, goals, able)
    before = walker.place
    walker.press(last.button)
    assert last.kind == kind and walker.place == before
    use(walker, kind.upper())
    if kind == "cut":
        now = world.live(here.identifier, bytes(walker.boy.memory[OVERWORLD[0] : sum(OVERWORLD)]))
        assert now.map(name).ground(last.place.x, last.place.y) == "."
        walker.step(last.button)
    assert walker.place == last.place


def approach(walker: Walker, finder: Finder, goals: list[Place], abilities: frozenset[str] = frozenset()) -> Move:
    """Walk until one move is left, and plan anew before each: people wander about. The move that is left."""
    for _ in range(200):
        people = people_here(walker.state())
        path = finder.path(walker.place, goals, abilities=abilities, people=people, last_map=0)
        if len(path.moves) == 1:
            return path.moves[0]
        walker.step(path.moves[0].button)
    raise AssertionError(f"still at {walker.place}")


def give_charizard(walker: Walker) -> None:
    """A creature that knows CUT and SURF, and all badges."""
    known = bytes([CUT, SURF, 0, 0])
    for address, content in (
        (PARTY, bytes([1, CHARIZARD, 0xFF])),
        (FIRST_CREATURE, bytes([CHARIZARD, 0, 20]).ljust(8, b"\0") + known),
        (FIRST_CREATURE + LEVEL, bytes([50, 0, 20])),
        (NICKNAME, b"\x82\x50"),
        (BADGES, b"\xff"),
    ):
        walker.boy.memory[address : address + len(content)] = list(content)


def use(walker: Walker, move: str) -> None:
    """Through the menu: the party, its first creature, the move."""
    walker.press("start", wait=64)
    for entry in ("POKéMON", "C", move):
        for _ in range(6):
            menu = walker.state().menu
            if menu is not None and menu.entries[menu.cursor].startswith(entry):
                break
            walker.press("down")
        walker.press("a", wait=96)
    for _ in range(8):
        walker.press("b", wait=48)
