"""Red's maps: formats on a small ROM made here, everything on the real one."""

from __future__ import annotations

import pytest

from pokerl.atlas import Finder, Place, World, hidden_people, open_atlas, people_here, read_rom_of
from pokerl.atlas.ground import Ground, barriers, hops, rows
from pokerl.atlas.rom import Rom
from pokerl.cartridge import GameState, load
from pokerl.errors import UsageProblem
from tests import conftest

EVERYTHING = ("cut", "surf", "strength")
TILES = ((1, 1, 9), (1, 2, 1), (3, 7, 1), (1, 1, 5))
GROUND = Ground(
    passable=frozenset((1, 2, 5)),
    grass=2,
    water=frozenset((9,)),
    counters=frozenset((3,)),
    ledges=frozenset((("down", 2, 7),)),
    land_pairs=frozenset((frozenset((1, 5)),)),
)


def tile_at(x: int, y: int) -> int:
    return TILES[y][x] if 0 <= x < 3 and 0 <= y < 4 else 0


def test_the_lower_left_tile_tells_what_a_square_is():
    assert rows(GROUND, tile_at, 3, 4) == ("..~", ".:.", "=v.", "...")


def test_a_ledge_works_only_from_the_tile_and_in_the_direction_of_the_table():
    assert hops(GROUND, tile_at, 3, 4) == {(1, 1, "down")}


def test_the_edge_of_a_plateau_is_closed_from_both_sides():
    assert barriers(GROUND.land_pairs, tile_at, 3, 4) == {
        (2, 2, "down"),
        (2, 3, "up"),
        (1, 3, "right"),
        (2, 3, "left"),
    }


def test_a_rom_is_read_bank_by_bank_and_each_only_once():
    content = bytes(range(256)) * 0x100
    asked: list[int] = []

    def read_rom(bank: int, address: int, length: int) -> bytes:
        asked.append(bank)
        return read_rom_of(content)(bank, address, length)

    rom = Rom(read_rom)
    assert rom.read(3, 0x4010, 3) == b"\x10\x11\x12" and rom.word(3, 0x4010) == 0x1110
    assert rom.read(3, 0x0005, 1) == b"\x05"
    assert rom.list(2, 0x40FC) == {0xFC, 0xFD, 0xFE}
    assert asked == [3, 0, 2]
    with pytest.raises(UsageProblem, match="not all in one ROM bank"):
        rom.read(3, 0x7FFF, 2)


@pytest.fixture(scope="module")
def red_world(real: conftest.Rom) -> World:
    return open_atlas(real.cartridge, read_rom_of(real.path.read_bytes()))


@pytest.fixture(scope="module")
def finder(red_world) -> Finder:
    return Finder(red_world)


@pytest.mark.rom
def test_all_maps_have_the_sizes_of_the_table(red_world):
    sizes = {entry.identifier: (entry.width_blocks * 2, entry.height_blocks * 2) for entry in load("red").maps.values()}
    assert len(red_world.maps) > 220
    assert all(sizes[one.identifier] == (one.width, one.height) for one in red_world.maps.values())


@pytest.mark.rom
def test_every_edge_leads_back(red_world):
    for one in red_world.maps.values():
        for way in one.connections:
            back = [
                other for other in red_world.maps[way.destination].connections if other.destination == one.identifier
            ]
            assert [(other.shift_x, other.shift_y) for other in back] == [(-way.shift_x, -way.shift_y)]


@pytest.mark.rom
def test_kanto_is_one_world_of_36_maps(red_world):
    assert len(red_world.corners) == 36
    assert red_world.globally(Place(0x01, 0, 0)) == (-10, -72)


@pytest.mark.rom
def test_a_path_leads_from_the_bedroom_to_the_plateau(finder, red_world):
    path = finder.path(Place(0x26, 3, 6), "INDIGO_PLATEAU", abilities=EVERYTHING)
    names = [red_world.maps[number].name for number in path.maps]
    assert names[:4] == ["REDS_HOUSE_2F", "REDS_HOUSE_1F", "PALLET_TOWN", "ROUTE_1"]
    assert "VICTORY_ROAD_2F" in names and names[-1] == "INDIGO_PLATEAU"


@pytest.mark.rom
def test_what_is_missing_is_said(finder):
    assert "surf at ROUTE_23" in finder.path(Place(0, 5, 6), "INDIGO_PLATEAU").reason
    reason = finder.path(Place(0, 5, 6), "CERULEAN_CITY").reason
    assert "cut at ROUTE_2" in reason and "MT_MOON_B2F" in reason


@pytest.mark.rom
def test_who_is_hidden_is_not_in_the_way(finder, red_world):
    flags = bytearray(32)
    fossils = [person.toggle for person in red_world.map("MT_MOON_B2F").people if person.toggle is not None]
    for number in fossils:
        flags[number // 8] |= 1 << number % 8
    assert finder.path(Place(0, 5, 6), "CERULEAN_CITY", hidden=hidden_people(red_world, bytes(flags)))


@pytest.mark.rom
def test_ledges_lead_from_mount_moon_to_cerulean_and_not_back(finder):
    cave, city = Place(0x0F, 24, 6), Place(0x03, 5, 20)
    assert any(move.kind == "hop" for move in finder.path(cave, city).moves)
    back = finder.path(city, cave)
    assert not back or 0x3B in back.maps or len(back.moves) > 2 * len(finder.path(cave, city).moves)


@pytest.mark.rom
def test_an_opened_door_is_seen_in_memory(red_world):
    one = red_world.map("PALLET_TOWN")
    columns, lines = one.width // 2, one.height // 2
    memory = bytearray((columns + 6) * (lines + 6))
    for line in range(lines):
        start = (line + 3) * (columns + 6) + 3
        memory[start : start + columns] = one.blocks[line * columns : (line + 1) * columns]
    assert red_world.live(0, bytes(memory)) is red_world
    memory[3 * (columns + 6) + 3] = one.blocks[2 * columns + 1]
    changed = red_world.live(0, bytes(memory))
    assert changed.map(0).rows != one.rows and changed.map(1) is red_world.map(1)


@pytest.mark.rom
def test_moves_on_the_real_game_end_where_the_path_says(real_walker, finder):
    walker, presses = real_walker, 0
    told: set[int] = set()
    while walker.place.map != 0x28 and presses < 200:
        state = walker.state()
        path = finder.path(walker.place, "OAKS_LAB", people=people_here(state), last_map=0)
        for move, _ in zip(path.moves, walker.follow(path), strict=False):
            presses += 1
            told.add(assert_memory_tells_the_same(walker.state(), finder.world))
            if walker.place != move.place:
                # Only somebody who walked there meanwhile may stop the player.
                assert (move.place.x, move.place.y) in people_here(walker.state())[move.place.map]
                break
    assert walker.place.map == 0x28 and told >= {0x26, 0x25, 0x00}


def assert_memory_tells_the_same(state: GameState, world: World) -> int:
    """Edges, signs and doors of the map the player is on, in memory and on the atlas."""
    here = world.map(state.player.map_id)
    assert state.connections == here.connections
    assert [(sign.x, sign.y, sign.text) for sign in state.signs] == [(one.x, one.y, one.text) for one in here.signs]
    assert [(door.x, door.y, door.destination) for door in state.warps] == [
        (warp.x, warp.y, warp.destination) for warp in here.warps
    ]
    return here.identifier
