"""The demo game's maps, and paths over them."""

from __future__ import annotations

import pytest

from pokerl.atlas import AtlasMap, Finder, Guard, Place, World, open_atlas, read_rom_of
from pokerl.cartridge import load
from pokerl.errors import UsageProblem

BEDROOM, HOME, TOWN, LAB, LANE, CENTRE = 0x26, 0x25, 0x00, 0x28, 0x0C, 0x3A
ICE_GYM, WIND_GYM = 0x41, 0x5C


@pytest.fixture
def finder(world) -> Finder:
    return Finder(world)


def test_every_map_of_the_cartridge_is_there_in_its_size(world):
    sizes = {
        entry.identifier: (entry.width_blocks * 2, entry.height_blocks * 2) for entry in load("demo").maps.values()
    }
    assert {one.identifier: (one.width, one.height) for one in world.maps.values()} == sizes


def test_every_warp_leads_to_a_square_that_one_can_stand_on(world):
    for one in world.maps.values():
        for warp in one.warps:
            there = world.leads_to(Place(one.identifier, warp.x, warp.y), warp)
            assert there is not None and world.maps[there.map].ground(there.x, there.y) in ".D:"


def test_the_towns_and_the_lane_lie_one_above_the_other(world):
    corners = world.corners
    assert corners[TOWN] == (0, 0)
    assert corners[LANE] == (0, -world.maps[LANE].height)
    assert world.at(10, -1) == Place(LANE, 10, world.maps[LANE].height - 1)
    assert world.globally(Place(LANE, 10, 0)) == (10, -world.maps[LANE].height)
    assert world.globally(Place(BEDROOM, 0, 0)) is None


def test_a_path_leads_from_the_bedroom_to_the_champion(finder, world):
    path = finder.path(Place(BEDROOM, 3, 6), "CHAMPIONS_ROOM", last_map=TOWN)
    assert path and path.maps[:3] == (BEDROOM, HOME, TOWN)
    assert path.end.map == world.map("CHAMPIONS_ROOM").identifier
    assert "→ HERO_HOUSE_1F (7, 1)" in path.text(world)


def test_who_leaves_a_house_stands_below_its_door(finder, world):
    path = finder.path(Place(HOME, 2, 6), TOWN, last_map=TOWN)
    door = world.maps[TOWN].warps[0]
    assert path.moves[-1].kind == "warp" and path.end == Place(TOWN, door.x, door.y + 1)


def test_a_ledge_is_hopped_down_and_never_climbed(finder, world):
    lane = world.maps[LANE]
    x, y, _ = min(lane.hops)
    down = finder.path(Place(LANE, x, y), Place(LANE, x, y + 2))
    assert [move.kind for move in down.moves] == ["hop"]
    up = finder.path(Place(LANE, x, y + 2), Place(LANE, x, y))
    assert len(up.moves) > 2 and all(move.kind != "hop" for move in up.moves)


def test_water_needs_surf_and_the_reason_says_so(finder, world):
    lake = next((x, y) for y, row in enumerate(world.maps[TOWN].rows) for x, s in enumerate(row) if s == "~")
    dry = finder.path(Place(TOWN, 10, 8), Place(TOWN, *lake))
    assert not dry and "surf at FERNHOLM" in dry.reason
    wet = finder.path(Place(TOWN, 10, 8), Place(TOWN, *lake), abilities={"surf"})
    assert wet.moves[-1].kind == "surf"


def test_tall_grass_is_gone_round_when_it_costs(finder, world):
    def through_grass(path) -> int:
        return sum(world.maps[move.place.map].ground(move.place.x, move.place.y) == ":" for move in path.moves)

    start, goal = Place(LANE, 6, 3), Place(LANE, 6, 7)
    assert through_grass(finder.path(start, goal)) == 3
    assert through_grass(finder.path(start, goal, grass=20)) == 0


def test_people_stand_in_the_way_unless_they_are_hidden(finder, world):
    girl = world.maps[TOWN].people[0]
    goal = Place(TOWN, girl.x, girl.y)
    assert f"person {girl.slot} leaves FERNHOLM" in finder.path(Place(TOWN, 10, 8), goal).reason
    assert finder.path(Place(TOWN, 10, 8), goal, hidden={(TOWN, girl.slot)})
    assert finder.path(Place(TOWN, 10, 8), goal, people={TOWN: []})


def test_one_talks_to_somebody_from_beside_and_to_the_nurse_across_her_counter(finder, world):
    girl, nurse = world.maps[TOWN].people[0], world.maps[CENTRE].people[0]
    path = finder.path(Place(TOWN, 10, 8), Place(TOWN, girl.x, girl.y), beside=True)
    assert abs(path.end.x - girl.x) + abs(path.end.y - girl.y) == 1 and path.facing
    path = finder.path(Place(CENTRE, 4, 7), Place(CENTRE, nurse.x, nurse.y), beside=True)
    assert (path.end.x, path.end.y, path.facing) == (nurse.x, nurse.y + 2, "up")


def test_a_blocked_square_is_gone_round_or_told(finder):
    gate = [Place(LANE, 10, 27), Place(LANE, 11, 27)]
    shut = finder.path(Place(TOWN, 10, 8), LANE, blocked=gate)
    assert not shut
    assert shut.reason.endswith("27) opens (the caller gave it as `blocked`).")
    assert finder.path(Place(TOWN, 10, 8), LANE, blocked=gate[:1]).end == gate[1]


def test_one_is_there_already(finder, world):
    path = finder.path(Place(TOWN, 10, 8), TOWN)
    assert path and path.moves == () and path.text(world) == "already there"


def test_what_is_not_on_the_atlas_is_told(finder):
    assert "not on the atlas" in finder.path(Place(0x99, 0, 0), TOWN).reason
    assert "not on the atlas" in finder.path(Place(TOWN, 10, 8), Place(0x99, 0, 0)).reason
    with pytest.raises(UsageProblem, match="no map 'ATLANTIS'"):
        finder.path(Place(TOWN, 10, 8), "ATLANTIS")


def test_another_game_needs_its_rom():
    with pytest.raises(UsageProblem, match="read from its ROM"):
        open_atlas(load("red"))
    with pytest.raises(UsageProblem, match="Nothing is known"):
        open_atlas(load("generic"), read_rom_of(bytes(0x8000)))


def test_over_ice_one_slides_until_something_stops_one(finder):
    path = finder.path(Place(ICE_GYM, 4, 14), Place(ICE_GYM, 4, 2))
    slides = [(move.button, move.place.x, move.place.y) for move in path.moves if move.kind == "slide"]
    assert slides == [("up", 4, 6), ("right", 8, 6), ("up", 8, 4), ("left", 7, 4)]


def test_wind_carries_one_on_to_the_leader(finder):
    path = finder.path(Place(WIND_GYM, 4, 14), Place(WIND_GYM, 4, 2))
    assert [move.place.y for move in path.moves if move.kind == "spin"] == [8, 8, 3]


def test_a_clerk_who_looks_aside_is_talked_to_across_the_counter(finder, world):
    clerk = world.map("STONEBROOK_SHOP").people[0]
    path = finder.path(Place(0x38, 3, 6), Place(0x38, clerk.x, clerk.y), beside=True)
    assert (path.end.x, path.end.y, path.facing) == (clerk.x + 2, clerk.y, "left")


def test_trainers_are_gone_round_when_it_costs(finder, world):
    road = world.map("HEATHER_WAY")
    trainer = next(one for one in road.people if one.sight and one.facing in ("up", "down"))
    x, y = trainer.watched[1]
    start, goal = Place(road.identifier, x - 1, y), Place(road.identifier, x + 1, y)
    straight = finder.path(start, goal)
    assert straight.watched == ((road.identifier, trainer.slot),)
    around = finder.path(start, goal, sight=50)
    assert around.watched == () and len(around.moves) > len(straight.moves)
    assert finder.path(start, goal, story={trainer.event}).watched == ()


def test_a_guard_is_heeded_when_the_story_is_known():
    guard = Guard("the sleeper", frozenset({(1, 0)}), frozenset({"FLUTE"}))
    finder = Finder(World([AtlasMap(1, "LANE", ("...",), guards=(guard,))]))
    start, goal = Place(1, 0, 0), Place(1, 2, 0)
    assert finder.path(start, goal) and finder.path(start, goal, story={"FLUTE"})
    reason = finder.path(start, goal, story=()).reason
    assert reason == "There is no way unless the sleeper lets the player pass LANE (1, 0) (FLUTE)."
