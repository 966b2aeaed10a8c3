"""The map around the player: its doors, its edges, its signs, and those who stand on it."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.player import FACINGS

WARP_COUNT = 0xD3AE
WARP_LENGTH = 0xD430 - WARP_COUNT
WARP_SLOTS = 32
LAST_MAP = 0xFF
SIZE = 0xD368
EDGES = 0xD370
EDGE_RECORD = 11
EDGES_LENGTH = 1 + 4 * EDGE_RECORD
SIDES = (("up", 8), ("down", 4), ("left", 2), ("right", 1))
SIGN_COUNT = 0xD4B0
SIGN_SLOTS = 16
SIGNS_LENGTH = 1 + 3 * SIGN_SLOTS
SPRITES = 0xC100
SPRITES_LENGTH = 0x200
SPRITE_COUNT = 0xD4E1
SPRITE_SLOTS = 15
SPRITE_BORDER = 4
HIDDEN = 0xFF


class Warp(Struct, frozen=True):
    """A square that leads elsewhere.

    Attributes:
        x, y: the square.
        destination: map id, or ``None`` for the last map outdoors.
        destination_name: its name, or ``"outside"``.
        destination_warp: which of that map's warps one arrives at, from 0.
    """

    x: int
    y: int
    destination: int | None
    destination_name: str
    destination_warp: int


class Connection(Struct, frozen=True):
    """An edge that leads to a neighbour: who leaves over ``side`` at (x, y) arrives at (x + shift_x, y + shift_y).

    ``side`` is the button that leads there (``"up"`` is north). The shift already includes the step over the edge.
    """

    side: str
    destination: int
    shift_x: int
    shift_y: int


class Sign(Struct, frozen=True):
    """Something to read: its square, and the number of its text."""

    x: int
    y: int
    text: int


class Sprite(Struct, frozen=True):
    """A person or thing on the map: slot (1–15), picture number, square, facing, and whether the screen shows it."""

    slot: int
    picture: int
    x: int
    y: int
    facing: str
    on_screen: bool


def read_warps(data: bytes, cartridge: Cartridge, oddities: list[str]) -> tuple[Warp, ...]:
    """Decode the warp table, given the bytes from wNumberOfWarps."""
    count = data[0]
    if count > WARP_SLOTS:
        oddities.append(f"the map counts {count} warps")
        count = WARP_SLOTS
    warps: list[Warp] = []
    for start in range(1, 1 + 4 * count, 4):
        y, x, warp, destination = data[start : start + 4]
        there = cartridge.maps.get(destination)
        name = "outside" if destination == LAST_MAP else there.name if there else f"map {destination:02X}h?"
        warps.append(Warp(x, y, None if destination == LAST_MAP else destination, name, warp))
    return tuple(warps)


def read_connections(data: bytes, height: int, width: int) -> tuple[Connection, ...]:
    """Decode the map's edges, given the bytes from wCurMapConnections and the map's size in blocks."""
    records = [data[start : start + EDGE_RECORD] for start in range(1, EDGES_LENGTH, EDGE_RECORD)]
    return tuple(
        read_connection(record, side, 2 * height, 2 * width)
        for record, (side, bit) in zip(records, SIDES, strict=True)
        if data[0] & bit
    )


def read_connection(record: bytes, side: str, height: int, width: int) -> Connection:
    """Decode one edge of a map of so many squares. Across it one coordinate is set and the other shifted."""
    destination, y, x = record[0], record[7], record[8]
    if side in ("up", "down"):
        return Connection(side, destination, _signed(x), y - (0 if side == "up" else height - 1))
    return Connection(side, destination, x - (0 if side == "left" else width - 1), _signed(y))


def read_signs(data: bytes, oddities: list[str]) -> tuple[Sign, ...]:
    """Decode the signs, given the bytes from wNumSigns: their count, their squares, the numbers of their texts."""
    count = data[0]
    if count > SIGN_SLOTS:
        oddities.append(f"the map counts {count} signs")
        count = SIGN_SLOTS
    squares, texts = data[1 : 1 + 2 * SIGN_SLOTS], data[1 + 2 * SIGN_SLOTS :]
    return tuple(Sign(squares[2 * place + 1], squares[2 * place], texts[place]) for place in range(count))


def read_sprites(data: bytes, count: int) -> tuple[Sprite, ...]:
    """Decode those on the map, given the bytes from wSpriteStateData1 and wNumSprites."""
    sprites: list[Sprite] = []
    for slot in range(1, min(count, SPRITE_SLOTS) + 1):
        base = slot * 0x10
        picture = data[base]
        if picture:
            facing = FACINGS.get(data[base + 9], "?")
            y, x = data[0x100 + base + 4] - SPRITE_BORDER, data[0x100 + base + 5] - SPRITE_BORDER
            sprites.append(Sprite(slot, picture, x, y, facing, data[base + 2] != HIDDEN))
    return tuple(sprites)


def _signed(byte: int) -> int:
    """A byte as a number from -128 to 127."""
    return byte - 0x100 if byte > 0x7F else byte
