"""What must hold of the demo game's memory at every moment, whatever a player does with the buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from pokerl import shipped
from pokerl.cartridge import Cartridge, GameState, MemoryImage, load, read_state

WORK, WORK_LENGTH = 0xC000, 0x2000
HIGH, HIGH_LENGTH = 0xFF80, 0x7F
CLOCK_RUNS, TICKS, TILE_MAP, CLOCK, WINDOW_TOP = 0xC000, 0xC001, 0xC3A0, 0xDA41, 0xFFB0
CELLS = 360
BEHIND_PICTURES = 0x62
"""Smaller codes are scenery and pictures; the second of an evolution's two ends at 61h."""

WINDOW_GONE = 144
BOX_COUNT, BOX_LIST, BOX_PLACES = 0xDA80, 0xDA81, 20
BELOW_STACK, STACK_LIMIT = 0xDEE2, 0xDF15
"""Between the end of what a saved game holds and the lowest place that the stack may reach, as Red divides it."""


@cache
def _maps() -> dict[int, tuple[int, int]]:
    """Width and height of each map in squares."""
    return {number: (2 * one.width_blocks, 2 * one.height_blocks) for number, one in load("demo").maps.items()}


@cache
def _drawn() -> frozenset[int]:
    """Codes that the font draws."""
    glyphs = json.loads(shipped.path("pokerl/cartridge/data/demo/font.json").read_text(encoding="utf-8"))
    return frozenset({int(code, 16) for code in glyphs} | {0x7F})


def ticks(work: bytes) -> int:
    """Frames that the main program lived through, modulo 65536."""
    start = TICKS - WORK
    return int.from_bytes(work[start : start + 2], "little")


def clock(work: bytes) -> int:
    """Frames that the clock of the game has counted."""
    hours, _, minutes, seconds, frames = work[CLOCK - WORK : CLOCK - WORK + 5]
    return ((hours * 60 + minutes) * 60 + seconds) * 60 + frames


def state_of(work: bytes, high: bytes, cartridge: Cartridge) -> GameState:
    """The state in an image of work and high RAM."""
    return read_state(MemoryImage([(WORK, work), (HIGH, high)]), cartridge)


def faults(work: bytes, high: bytes, cartridge: Cartridge) -> list[str]:
    """What is wrong with an image of work and high RAM, in words; empty in a sound game."""
    state = state_of(work, high, cartridge)
    found = [*state.oddities, *_of_screen(work, high)]
    if any(work[BELOW_STACK - WORK : STACK_LIMIT - WORK]):
        found.append("the stack reached down to the box")
    if state.running:
        found += [*_of_place(state), *_of_creatures(state), *_of_box(work, cartridge)]
    return found


def _of_screen(work: bytes, high: bytes) -> Iterator[str]:
    cells = work[TILE_MAP - WORK : TILE_MAP - WORK + CELLS]
    unknown = {code for code in cells if code >= BEHIND_PICTURES} - _drawn()
    if unknown:
        yield f"the screen holds the codes {', '.join(f'{code:02X}' for code in sorted(unknown))}"
    if high[WINDOW_TOP - HIGH] not in (0, WINDOW_GONE):
        yield f"the window begins at line {high[WINDOW_TOP - HIGH]}"


def _of_place(state: GameState) -> Iterator[str]:
    width, height = _maps().get(state.player.map_id, (0, 0))
    if not (0 <= state.player.x < width and 0 <= state.player.y < height):
        yield f"the player is at {state.player.x}, {state.player.y} of {state.player.map_name}, {width} by {height}"
    for sprite in state.sprites:
        if not (0 <= sprite.x < width and 0 <= sprite.y < height):
            yield f"person {sprite.slot} of {state.player.map_name} is at {sprite.x}, {sprite.y}"


def _of_creatures(state: GameState) -> Iterator[str]:
    for place, one in enumerate(state.party, start=1):
        where = f"party creature {place}"
        numbers = (one.maximum_hp, one.stats.attack, one.stats.defence, one.stats.speed, one.stats.special)
        if not all(0 < number < 1000 for number in numbers):
            yield f"{where} has the values {numbers}"
        if not one.moves:
            yield f"{where} has no move"
        if not one.nickname or not one.owner:
            yield f"{where} has no name or no owner"
    if state.battle and state.battle.own and state.battle.own.level:
        own = state.battle.own
        if own.hp > own.maximum_hp:
            yield f"the creature on the field has {own.hp} of {own.maximum_hp}"


def _of_box(work: bytes, cartridge: Cartridge) -> Iterator[str]:
    count = work[BOX_COUNT - WORK]
    if count > BOX_PLACES:
        yield f"the box counts {count}"
        return
    listed = work[BOX_LIST - WORK : BOX_LIST - WORK + count + 1]
    for index in listed[:count]:
        if index not in cartridge.species:
            yield f"the box holds species {index}"
    if count and listed[count] != 0xFF:
        yield "the box's list has no end mark"
