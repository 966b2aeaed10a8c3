"""Maps of the demo game out of the data files that its build writes."""

from __future__ import annotations

from typing import Any

import msgspec

from pokerl.atlas.model import COUNTER, DOOR, STEPS, AtlasMap, Connection, Person, Sign, Warp
from pokerl.atlas.world import World
from pokerl.cartridge import Cartridge
from pokerl.cartridge.profile import DATA
from pokerl.errors import ConfigurationProblem

FILES = ("collision", "warps", "people")
SIDES = {"north": "up", "south": "down", "west": "left", "east": "right"}
LAST_MAP = 0xFF


def demo_world(cartridge: Cartridge) -> World:
    """Every map of the demo game.

    Raises:
        ConfigurationProblem: a data file is missing or damaged.
    """
    collision, ways, people = (_read(cartridge, name) for name in FILES)
    sizes = {number: (len(rows[0]), len(rows)) for number, rows in collision.items()}
    maps = [_map(cartridge, number, rows, ways[number], people[number], sizes) for number, rows in collision.items()]
    return World(maps)


def _read(cartridge: Cartridge, name: str) -> dict[str, Any]:
    path = DATA / cartridge.identifier / f"{name}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationProblem(
            f"The map data {path} cannot be read: {error}.", "Build the demo game, or install pokerl again."
        ) from error


def _map(
    cartridge: Cartridge,
    number: str,
    rows: list[str],
    ways: dict[str, Any],
    people: dict[str, Any],
    sizes: dict[str, tuple[int, int]],
) -> AtlasMap:
    identifier = int(number, 16)
    connections = tuple(_connection(side, way, sizes, number) for side, way in ways["connections"].items())
    outdoors = bool(connections)
    return AtlasMap(
        identifier=identifier,
        name=cartridge.maps[identifier].name,
        rows=_with_counters(rows, people["people"]),
        outdoors=outdoors,
        warps=tuple(_warp(way, rows, outdoors) for way in ways["warps"]),
        connections=connections,
        people=tuple(_person(one) for one in people["people"]),
        signs=tuple(Sign(sign["x"], sign["y"], sign["text"]) for sign in people["signs"]),
        hops=frozenset(
            (x, y - 1, "down") for y, row in enumerate(rows) for x, sign in enumerate(row) if sign == "v" and y
        ),
    )


def _with_counters(rows: list[str], people: list[dict[str, Any]]) -> tuple[str, ...]:
    """Who stands behind a counter is talked to from the square two below."""
    grid = [list(row) for row in rows]
    for one in people:
        if one.get("counter"):
            grid[one["y"] + 1][one["x"]] = COUNTER
    return tuple("".join(row) for row in grid)


def _warp(way: dict[str, Any], rows: list[str], outdoors: bool) -> Warp:
    x, y = way["x"], way["y"]
    instant = rows[y][x] == DOOR
    edges = [
        button
        for button, (across, down) in STEPS.items()
        if not (0 <= x + across < len(rows[0]) and 0 <= y + down < len(rows))
    ]
    return Warp(
        x,
        y,
        None if way["map"] == LAST_MAP else way["map"],
        way["warp"],
        instant=instant,
        push=() if instant else tuple(edges),
        steps_out=outdoors and instant,
    )


def _connection(side: str, way: dict[str, Any], sizes: dict[str, tuple[int, int]], number: str) -> Connection:
    """The offset is where the neighbour's corner lies along the edge, in blocks."""
    (width, height), (there_width, there_height) = sizes[number], sizes[f"{way['map']:02X}"]
    button, shift = SIDES[side], -2 * way["offset"]
    if side in ("north", "south"):
        return Connection(button, way["map"], shift, there_height - 1 if side == "north" else 1 - height)
    return Connection(button, way["map"], there_width - 1 if side == "west" else 1 - width, shift)


def _person(one: dict[str, Any]) -> Person:
    return Person(
        one["slot"],
        one["picture"],
        one["x"],
        one["y"],
        walks=bool(one.get("walks")),
        facing=one.get("facing", ""),
        text=one["text"],
        hidden="show" in one,
    )
