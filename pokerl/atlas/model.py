"""What a map is: its ground square by square, the ways out of it, who stands on it. Frozen, the same for any game."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from pokerl.cartridge.surroundings import Connection

FLOOR, WALL, GRASS, WATER, TREE, COUNTER, DOOR, SPINNER, ICE, UNKNOWN = ".#:~T=D@_?"
LEDGES = {"v": "down", "<": "left", ">": "right"}
"""Signs of ledges, and in which direction one hops over them."""
WALKABLE = frozenset((FLOOR, GRASS, DOOR, SPINNER, ICE))
MEANINGS = {
    FLOOR: "floor",
    WALL: "wall",
    GRASS: "tall grass: creatures appear",
    WATER: "water: needs surf",
    TREE: "small tree: needs cut",
    COUNTER: "counter: one talks across it",
    DOOR: "leads elsewhere as soon as one steps on it",
    SPINNER: "pushes one onward",
    ICE: "ice: one slides on",
    UNKNOWN: "not seen yet",
    "v": "ledge: hop down only",
    "<": "ledge: hop left only",
    ">": "ledge: hop right only",
}
STEPS = {"down": (0, 1), "up": (0, -1), "left": (-1, 0), "right": (1, 0)}
"""The four buttons and what they do to x and y."""


class Place(NamedTuple):
    """A square: map id, x and y in squares from the map's top left corner."""

    map: int
    x: int
    y: int


class Warp(Struct, frozen=True):
    """A square that leads elsewhere.

    Attributes:
        x, y: the square.
        destination: map id, or ``None`` for the map outdoors that one came from.
        destination_warp: on which of that map's warps one arrives, from 0.
        instant: whether stepping on it is enough.
        push: directions that lead through: when one comes onto the square that way with the button still held, or, if
            what lies there is no way, presses that button while standing on it.
        steps_out: whether who arrives here is walked one square down, out of the door.
    """

    x: int
    y: int
    destination: int | None
    destination_warp: int
    instant: bool
    push: tuple[str, ...] = ()
    steps_out: bool = False


class Person(Struct, frozen=True):
    """Somebody or something on the map when the story has not moved it.

    Attributes:
        slot: 1–15, as in memory.
        picture: number of its picture (or its name, where the game has names).
        x, y: the square.
        walks: whether it wanders, so that it is not in the way for long.
        facing: "down", "up", "left", "right", or "" if it looks anywhere.
        kind: "person", "trainer", "item" or "boulder".
        item: id of the item that lies here, else 0.
        trainer: class and number of the party, or species and level of a creature that stands here; else ``None``.
        text: number of what it says.
        sight: how many squares ahead a trainer challenges whoever comes there; 0 if only who talks is challenged.
        event: name of the event that says that the trainer was beaten; "" for others.
        toggle: number of the bit of memory that hides it while set, or ``None``.
        hidden: whether it is hidden when the game begins.
    """

    slot: int
    picture: int | str
    x: int
    y: int
    walks: bool = False
    facing: str = ""
    kind: str = "person"
    item: int = 0
    trainer: tuple[int, int] | None = None
    text: int | str = 0
    toggle: int | None = None
    hidden: bool = False
    sight: int = 0
    event: str = ""

    @property
    def watched(self) -> tuple[tuple[int, int], ...]:
        """Squares on which a trainer challenges the player; walls do not hinder the eyes."""
        if not self.facing:
            return ()
        across, down = STEPS[self.facing]
        return tuple((self.x + step * across, self.y + step * down) for step in range(1, self.sight + 1))


class Guard(Struct, frozen=True):
    """Who or what stops the player on some squares of a map.

    Attributes:
        who: in words.
        squares: where.
        until: names of events, items in the bag and badges, any of which lets the player pass. See ``story_of``.
    """

    who: str
    squares: frozenset[tuple[int, int]]
    until: frozenset[str]


class Sign(Struct, frozen=True):
    """Something to read: the square, and the number of its text."""

    x: int
    y: int
    text: int | str


class Encounters(Struct, frozen=True):
    """Who appears: chance a step out of 256, and ten slots of (level, species index), weighted by ``WEIGHTS``."""

    rate: int
    slots: tuple[tuple[int, int], ...]


WEIGHTS = (51, 51, 39, 25, 25, 25, 13, 13, 11, 3)
"""Chances out of 256 of the ten slots of an encounter table."""


class Tileset(Struct, frozen=True):
    """How blocks look: ``tiles`` of 16 bytes (8×8 pixels, two bits each), ``blocks`` of 16 tile numbers (4×4)."""

    tiles: bytes
    blocks: bytes


class AtlasMap(Struct, frozen=True):
    """One map.

    Attributes:
        identifier, name: as in memory and as in the cartridge's table.
        rows: one sign a square (``MEANINGS``), from north to south.
        outdoors: whether doors of houses lead back here.
        warps, connections, people, signs, guards: see there.
        grass, water: who appears in it; ``None`` if nobody. In caves ``grass`` counts everywhere.
        hops: squares and directions (x, y, button) from which one hops over a ledge, two squares on.
        barriers: squares and directions between which nobody walks although both are free (edges of plateaus).
        shores: the same between land and water.
        spins: where one ends who steps on a square that pushes.
        slides: where one ends who steps on ice: square and button (x, y, button) to square.
        holes: where one lands who steps into a hole.
        elevator: the (map, warp) pairs that this elevator goes to; empty if it is none.
        outside: ``None``, or the map that "outside" means here, whatever way one came in.
        outside_north: if not ``None``: (y, map); north of y, "outside" means that map.
        tileset, blocks, border: what it is drawn of: block numbers row by row, and the one around the map.
    """

    identifier: int
    name: str
    rows: tuple[str, ...]
    outdoors: bool = False
    warps: tuple[Warp, ...] = ()
    connections: tuple[Connection, ...] = ()
    people: tuple[Person, ...] = ()
    signs: tuple[Sign, ...] = ()
    guards: tuple[Guard, ...] = ()
    grass: Encounters | None = None
    water: Encounters | None = None
    hops: frozenset[tuple[int, int, str]] = frozenset()
    barriers: frozenset[tuple[int, int, str]] = frozenset()
    shores: frozenset[tuple[int, int, str]] = frozenset()
    spins: dict[tuple[int, int], tuple[int, int]] = {}
    slides: dict[tuple[int, int, str], tuple[int, int]] = {}
    holes: dict[tuple[int, int], Place] = {}
    elevator: tuple[tuple[int, int], ...] = ()
    outside: int | None = None
    outside_north: tuple[int, int] | None = None
    tileset: int = 0
    blocks: bytes = b""
    border: int = 0

    @property
    def width(self) -> int:
        """Squares from west to east."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def height(self) -> int:
        """Squares from north to south."""
        return len(self.rows)

    def ground(self, x: int, y: int) -> str:
        """The sign of a square; a wall outside the map."""
        return self.rows[y][x] if 0 <= x < self.width and 0 <= y < self.height else WALL

    def text(self) -> str:
        """The map as a model reads it: ``p`` are people, ``t`` trainers, ``i`` items, ``s`` signs, ``E`` exits."""
        grid = [list(row) for row in self.rows]
        marks = [(warp.x, warp.y, "E") for warp in self.warps] + [(sign.x, sign.y, "s") for sign in self.signs]
        marks += [(one.x, one.y, one.kind[0]) for one in self.people if not one.hidden]
        for x, y, mark in marks:
            if 0 <= y < self.height and 0 <= x < self.width:
                grid[y][x] = mark
        return "\n".join("".join(row) for row in grid)
