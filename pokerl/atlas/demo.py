"""Maps of the demo game out of the data files that its build writes."""

from __future__ import annotations

from typing import Any

import msgspec

from pokerl.atlas import carrying
from pokerl.atlas.model import (
    COUNTER,
    DOOR,
    FLOOR,
    ICE,
    LEDGES,
    SPINNER,
    STEPS,
    AtlasMap,
    Person,
    Sign,
    Tileset,
    Warp,
)
from pokerl.atlas.world import World
from pokerl.cartridge import Cartridge
from pokerl.cartridge.profile import DATA
from pokerl.cartridge.surroundings import Connection
from pokerl.errors import ConfigurationProblem

FILES = ("collision", "warps", "people", "looks")
SIDES = {"north": "up", "south": "down", "west": "left", "east": "right"}
LAST_MAP = 0xFF
LEDGE_SIGNS = {"v": "down", "(": "left", ")": "right"}
SIGNS = {sign: ledge for sign, way in LEDGE_SIGNS.items() for ledge, other in LEDGES.items() if way == other}
SIGNS |= dict.fromkeys(carrying.PUSHES, SPINNER) | {carrying.ICE: ICE, carrying.STOP: FLOOR}
"""The build's signs that mean something else on the atlas."""


def demo_world(cartridge: Cartridge) -> World:
    """Every map of the demo game.

    Raises:
        ConfigurationProblem: a data file is missing or damaged.
    """
    collision, ways, people, looks = (_read(cartridge, name) for name in FILES)
    sizes = {number: (len(rows[0]), len(rows)) for number, rows in collision.items()}
    maps = [
        _map(cartridge, number, rows, ways[number], people[number], looks["maps"][number], sizes)
        for number, rows in collision.items()
    ]
    tilesets = [Tileset(bytes.fromhex(one["tiles"]), bytes.fromhex(one["blocks"])) for one in looks["tilesets"]]
    return World(maps, dict(enumerate(tilesets)))


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
    looks: dict[str, Any],
    sizes: dict[str, tuple[int, int]],
) -> AtlasMap:
    identifier = int(number, 16)
    connections = tuple(_connection(side, way, sizes, number) for side, way in ways["connections"].items())
    outdoors = bool(connections)
    return AtlasMap(
        identifier=identifier,
        name=cartridge.maps[identifier].name,
        rows=_signs(rows, people["people"]),
        outdoors=outdoors,
        warps=tuple(_warp(way, rows, outdoors) for way in ways["warps"]),
        connections=connections,
        people=tuple(_person(cartridge, one) for one in people["people"]),
        signs=tuple(Sign(sign["x"], sign["y"], sign["text"]) for sign in people["signs"]),
        hops=_hops(rows),
        spins=carrying.spins(rows),
        slides=carrying.slides(rows),
        tileset=looks["tileset"],
        blocks=bytes.fromhex(looks["blocks"]),
    )


def _hops(rows: list[str]) -> frozenset[tuple[int, int, str]]:
    return frozenset(
        (x - STEPS[LEDGE_SIGNS[sign]][0], y - STEPS[LEDGE_SIGNS[sign]][1], LEDGE_SIGNS[sign])
        for y, row in enumerate(rows)
        for x, sign in enumerate(row)
        if sign in LEDGE_SIGNS
    )


def _signs(rows: list[str], people: list[dict[str, Any]]) -> tuple[str, ...]:
    """The atlas's signs. Who stands behind a counter faces it, and is talked to from beyond it."""
    grid = [[SIGNS.get(sign, sign) for sign in row] for row in rows]
    for one in people:
        if one.get("counter"):
            across, down = STEPS[one["facing"]]
            grid[one["y"] + down][one["x"] + across] = COUNTER
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


def _person(cartridge: Cartridge, one: dict[str, Any]) -> Person:
    item = one.get("item", ("",))[0]
    return Person(
        one["slot"],
        one["picture"],
        one["x"],
        one["y"],
        walks=bool(one.get("walks")),
        facing=one.get("facing", ""),
        kind="item" if item else "trainer" if "trainer" in one else "person",
        item=next((number for number, name in cartridge.items.items() if name == item.replace(" ", "_")), 0),
        text=one["text"],
        hidden=_unmet(one.get("show", "")) or one.get("hide", "").startswith("not "),
        sight=one.get("sight", 0),
        event=one.get("event", "") if "trainer" in one else "",
    )


def _unmet(condition: str) -> bool:
    """Whether a condition does not hold when the game begins, with no event happened."""
    return bool(condition) and not condition.startswith("not ")
