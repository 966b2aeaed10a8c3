"""What a byte of RAM is, in words: what an audit says about a poke."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from pokerl.cartridge.layout import (
    BADGES,
    BEATEN_GYMS,
    DEX,
    DEX_BYTES,
    DEX_SIZE,
    EVENTS,
    EVENTS_LENGTH,
)

if TYPE_CHECKING:
    from pokerl.cartridge.game import Cartridge

WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
REGIONS = (
    (0x8000, "the ROM"),
    (0x9800, "video memory: tile graphics"),
    (0xA000, "video memory: background map"),
    (0xC000, "the cartridge's battery RAM (saved game)"),
    (0xE000, "work RAM"),
    (0xFE00, "the mirror of work RAM"),
    (0xFEA0, "hardware sprites"),
    (0xFF00, "unusable memory"),
    (0xFF80, "hardware registers"),
    (0xFFFF, "high RAM"),
    (0x10000, "the interrupt enable register"),
)


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """Equal entries in a row; in ``words``, ``{n}`` is the entry's number and ``{field}`` the part of it."""

    address: int
    size: int
    count: int
    words: str
    first: int = 1
    fields: str = ""


class Meanings(Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of ``meanings.toml``: tables, the layouts of their entries, and single places by symbol."""

    fields: Mapping[str, tuple[tuple[int, str], ...]] = {}
    table: tuple[Table, ...] = ()
    places: Mapping[str, tuple[str, int]] = {}


def meaning(address: int, cartridge: Cartridge, bits: int = 0xFF) -> str:
    """What the byte at ``address`` is, in words; never empty.

    Args:
        address: on the CPU's bus.
        cartridge: whose memory it is.
        bits: which bits of the byte are meant, where each has a meaning of its own (those that a poke changed).
    """
    return (
        _flags(address, cartridge, bits)
        or _place(address, cartridge)
        or _entry(address, cartridge.meanings)
        or _symbol_words(cartridge.symbol_at(address))
        or f"nameless byte {address:04X} of {_region(address)}"
    )


def _flags(address: int, cartridge: Cartridge, bits: int) -> str:
    """Bytes of which each bit means something."""
    if not cartridge.meanings.places:
        return ""
    if 0 <= address - EVENTS < EVENTS_LENGTH:
        return _listed("event", cartridge.event_names.get(address, ()), bits) or "event flags without a name"
    if address == BADGES:
        return _listed("badges:", cartridge.badges, bits) or "badges"
    if address == BEATEN_GYMS:
        return _listed("gym leaders beaten, badges:", cartridge.badges, bits) or "gym leaders beaten"
    for start, what in ((DEX, "dex, owned:"), (DEX + DEX_BYTES, "dex, seen:")):
        if 0 <= address - start < DEX_BYTES:
            return _listed(what, _dex_names(address - start, cartridge), bits)
    return ""


def _listed(what: str, names: tuple[str, ...], bits: int) -> str:
    chosen = [name for place, name in enumerate(names) if name and bits >> place & 1]
    return f"{what} {', '.join(chosen)}" if chosen else ""


def _dex_names(byte: int, cartridge: Cartridge) -> tuple[str, ...]:
    names = {species.dex: species.name for species in cartridge.species.values()}
    numbers = range(byte * 8 + 1, byte * 8 + 9)
    return tuple(names.get(number, f"number {number}") if number <= DEX_SIZE else "" for number in numbers)


def _place(address: int, cartridge: Cartridge) -> str:
    for symbol, (words, length) in cartridge.meanings.places.items():
        if 0 <= address - cartridge.symbols[symbol] < length:
            return words
    return ""


def _entry(address: int, meanings: Meanings) -> str:
    for table in meanings.table:
        number, offset = divmod(address - table.address, table.size)
        if 0 <= number < table.count:
            field = ""
            for start, words in meanings.fields.get(table.fields, ()):
                field = words if start <= offset else field
            return table.words.format(n=number + table.first, field=field)
    return ""


def _symbol_words(symbol: str) -> str:
    """``wPlayerMonAttackMod`` as words: ``player mon attack mod``."""
    name, _, distance = symbol.partition("+")
    words = " ".join(word if word.isupper() else word.lower() for word in WORD_BORDER.split(name[1:]))
    return f"{words}, byte {int(distance, 16)} after it" if distance else words


def _region(address: int) -> str:
    return next(words for end, words in REGIONS if address < end)
