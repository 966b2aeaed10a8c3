"""The map around the player: its doors and those who stand on it."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.player import FACINGS

WARP_COUNT = 0xD3AE
WARP_LENGTH = 0xD430 - WARP_COUNT
WARP_SLOTS = 32
LAST_MAP = 0xFF
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
