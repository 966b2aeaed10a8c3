"""One game as data: names for its bytes, its tables, its milestones."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from pokerl.cartridge.gates import Gates
from pokerl.cartridge.meaning import Meanings, meaning
from pokerl.cartridge.milestone import Guard, Milestone
from pokerl.cartridge.symbols import Symbols


class GameMap(Struct, frozen=True):
    """A map; a block is 2×2 squares that one can stand on."""

    identifier: int = msgspec.field(name="id")
    name: str
    width_blocks: int = 0
    height_blocks: int = 0


class Species(Struct, frozen=True):
    """A kind of creature.

    ``index`` is what memory holds; ``dex`` is another number, used by the dex alone (``None`` for a mere picture).
    """

    index: int
    name: str
    dex: int | None


class EventFlag(Struct, frozen=True):
    """A bit of memory that the game's story sets."""

    name: str
    address: int
    bit: int


class Cartridge(Struct, frozen=True, eq=False):
    """One game: names for its bytes, its maps, its creatures, its milestones. Data, no behaviour of its own.

    Attributes:
        identifier, title, family, size, sha1, shipped: who the game is; see ``Profile``.
        symbols: address of every named place in RAM.
        rom_symbols: ``(bank, address)`` of named places in the ROM; empty where they were never checked.
        charmap: text of each screen code.
        maps, species, moves, items, types: by the number that memory holds.
        events: every bit that the story sets, in order of address.
        milestones: in order of rank.
        guards: bytes that tell a game being played from title screen and menus.
        gates: where the game stops who has not done something yet.
        badges: their names, bit 0 first.
    """

    identifier: str
    title: str
    family: str
    header_title: str
    size: int
    sha1: tuple[str, ...]
    shipped: str
    symbols: Mapping[str, int]
    rom_symbols: Mapping[str, tuple[int, int]]
    charmap: Mapping[int, str]
    maps: Mapping[int, GameMap]
    species: Mapping[int, Species]
    moves: Mapping[int, str]
    items: Mapping[int, str]
    types: Mapping[int, str]
    events: tuple[EventFlag, ...]
    milestones: tuple[Milestone, ...]
    guards: tuple[Guard, ...]
    gates: Gates
    badges: tuple[str, ...]
    names: Symbols
    meanings: Meanings
    screen_table: tuple[str, ...]
    event_names: Mapping[int, tuple[str, ...]]

    def symbol_at(self, address: int) -> str:
        """The name of a place in RAM: ``"wPartyMon1Level"``, ``"wBagItems+0x3"``, or ``""`` if it has none."""
        return self.names.at(address)

    def meaning(self, address: int, bits: int = 0xFF) -> str:
        """What a byte of RAM is, in words: ``"level of party creature 1"``; never empty.

        ``bits`` tells which bits are meant where each has a meaning of its own: ``meaning(0xD755, 0x80)`` is
        ``"event EVENT_BEAT_BROCK"``.
        """
        return meaning(address, self, bits)

    def badge_names(self, bits: int) -> tuple[str, ...]:
        """The badges in a byte, bit 0 first; one that the game does not have is ``"badge 7"``."""
        named = (*self.badges, *(f"badge {place}" for place in range(len(self.badges) + 1, 9)))
        return tuple(name for place, name in enumerate(named) if bits >> place & 1)

    def milestone(self, name: str) -> Milestone:
        """The milestone of that name; raises ``KeyError`` if there is none."""
        for milestone in self.milestones:
            if milestone.name == name:
                return milestone
        raise KeyError(name)
