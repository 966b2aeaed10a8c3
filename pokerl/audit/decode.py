"""What a poke did, in words: the bytes before and after, read as the game reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from pokerl.cartridge import Cartridge

PARTY_STRIDE = 0x2C
LEVEL_OFFSET = 0x21

_STRUCT_FIELDS = {
    0x00: ("species", 1),
    0x01: ("hit points", 2),
    0x03: ("box level", 1),
    0x04: ("status", 1),
    0x05: ("types", 2),
    0x07: ("catch rate", 1),
    0x08: ("moves", 4),
    0x0C: ("trainer id", 2),
    0x0E: ("experience", 3),
    0x11: ("stat experience", 10),
    0x1B: ("individual values", 2),
    0x1D: ("power points", 4),
    0x21: ("level", 1),
    0x22: ("most hit points", 2),
    0x24: ("attack", 2),
    0x26: ("defence", 2),
    0x28: ("speed", 2),
    0x2A: ("special", 2),
}
"""Offset in the party's creature structure → name, bytes (generation I's layout)."""


class Field(Struct, frozen=True):
    """A named stretch of memory and how to say its value."""

    address: int
    length: int
    name: str
    say: Callable[[bytes, Cartridge], str]


class Change(Struct, frozen=True):
    """One field that a poke wrote: its symbol, its meaning, and its value before and after in words."""

    symbol: str
    meaning: str
    before: str
    after: str


def describe_poke(address: int, before: bytes, after: bytes, cartridge: Cartridge) -> tuple[Change, ...]:
    """Split a poke into the fields it touched.

    Args:
        address: of the first byte.
        before: the bytes that stood there; as long as ``after``.
        after: the bytes written.
        cartridge: whose memory it is.

    Returns:
        One change for each known field or run of unknown bytes, those whose value stayed the same left out unless
        nothing changed at all.
    """
    changes = [
        _change(field, address, before, after, cartridge) for field in _fields_touched(address, len(after), cartridge)
    ]
    changed = tuple(change for change in changes if change.before != change.after)
    return changed or tuple(changes)


def species_words(index: int, cartridge: Cartridge) -> str:
    """A species index in words; tells what the same number would be as a Pokédex number, since the two are confused.

    Example: ``163 is Ponyta (dex no. 77)``.
    """
    species = cartridge.species.get(index)
    if species is None:
        return f"{index} (no species)"
    words = f"{index} = {species.name} (dex no. {species.dex})"
    other = next((entry.name for entry in cartridge.species.values() if entry.dex == index), "")
    return f"{words}; dex no. {index} would be {other}" if other and other != species.name else words


def money_words(data: bytes) -> str:
    """Binary-coded decimal money; says so when a nibble is above nine."""
    digits = data.hex()
    return f"${int(digits):,}" if digits.isdecimal() else f"{digits} (not decimal)"


def badge_words(flags: int, cartridge: Cartridge) -> str:
    """The names of the badges in a flag byte."""
    return ", ".join(cartridge.badge_names(flags)) or "none"


def map_name(number: int, cartridge: Cartridge) -> str:
    """The name of a map, or that there is none of this number."""
    place = cartridge.maps.get(number)
    return place.name if place else "no such map"


def map_words(number: int, cartridge: Cartridge) -> str:
    """The name of a map, or its number where it has none."""
    place = cartridge.maps.get(number)
    return place.name if place else f"map {number:02X}h"


def _event(cartridge: Cartridge, address: int, bit: int) -> str:
    return cartridge.event_names.get(address, ("",) * 8)[bit] or f"bit {bit}"


def _change(field: Field, address: int, before: bytes, after: bytes, cartridge: Cartridge) -> Change:
    start = max(field.address, address) - address
    end = min(field.address + field.length, address + len(after)) - address
    whole = end - start == field.length
    say = field.say if whole else _say_hex
    return Change(
        symbol=cartridge.symbol_at(address + start) or f"{address + start:04X}",
        meaning=field.name or cartridge.meaning(address + start),
        before=say(before[start:end], cartridge),
        after=say(after[start:end], cartridge),
    )


def _fields_touched(address: int, length: int, cartridge: Cartridge) -> Iterator[Field]:
    """Known fields over the poke, and the runs of bytes between them."""
    end = address + length
    while address < end:
        field = _field_at(address, cartridge)
        if field is None:
            stop = next((here for here in range(address + 1, end) if _field_at(here, cartridge)), end)
            field = Field(address, stop - address, "", _say_hex)
        yield field
        address = field.address + field.length


def _field_at(address: int, cartridge: Cartridge) -> Field | None:
    for symbol, length, name, say in _SIMPLE:
        start = cartridge.symbols.get(symbol)
        if start is not None and start <= address < start + length:
            return Field(start, length, name, say)
    return _event_field(address, cartridge) or _party_field(address, cartridge) or _item_field(address, cartridge)


def _event_field(address: int, cartridge: Cartridge) -> Field | None:
    start = cartridge.symbols.get("wEventFlags")
    if start is None or not start <= address < start + 320:
        return None

    def say(data: bytes, cartridge: Cartridge) -> str:
        bits = [bit for bit in range(8) if data[0] >> bit & 1]
        return ", ".join(_event(cartridge, address, bit) for bit in bits) or "none"

    return Field(address, 1, "event flags", say)


def _party_field(address: int, cartridge: Cartridge) -> Field | None:
    listed, start = cartridge.symbols.get("wPartySpecies"), cartridge.symbols.get("wPartyMons")
    if listed is not None and listed <= address < listed + 6:
        return Field(address, 1, f"species list, creature {address - listed + 1} of the party", _say_species)
    if start is None or not start <= address < start + 6 * PARTY_STRIDE:
        return None
    slot, offset = divmod(address - start, PARTY_STRIDE)
    at = max(known for known in _STRUCT_FIELDS if known <= offset)
    name, length = _STRUCT_FIELDS[at]
    return Field(start + slot * PARTY_STRIDE + at, length, f"{name} of party creature {slot + 1}", _say_struct(at))


def _item_field(address: int, cartridge: Cartridge) -> Field | None:
    start = cartridge.symbols.get("wBagItems")
    if start is None or not start <= address < start + 40:
        return None
    slot, quantity = divmod(address - start, 2)
    if quantity:
        return Field(address, 1, f"quantity of bag item {slot + 1}", _say_number)
    return Field(address, 1, f"bag item {slot + 1}", _say_item)


def _say_struct(offset: int) -> Callable[[bytes, Cartridge], str]:
    if offset == 0x00:
        return _say_species
    if offset == 0x08:
        return _say_moves
    return _say_hex if offset in (0x11, 0x1B, 0x1D, 0x05) else _say_number


def _say_hex(data: bytes, cartridge: Cartridge) -> str:  # noqa: ARG001
    return data.hex(" ")


def _say_number(data: bytes, cartridge: Cartridge) -> str:  # noqa: ARG001
    return str(int.from_bytes(data, "big"))


def _say_species(data: bytes, cartridge: Cartridge) -> str:
    return "end of list" if data[0] == 0xFF else species_words(data[0], cartridge)


def _say_moves(data: bytes, cartridge: Cartridge) -> str:
    return ", ".join(cartridge.moves.get(move, f"move {move}") for move in data if move) or "none"


def _say_item(data: bytes, cartridge: Cartridge) -> str:
    return "end of list" if data[0] == 0xFF else cartridge.items.get(data[0], f"item {data[0]}")


def _say_map(data: bytes, cartridge: Cartridge) -> str:
    return f"{data[0]:02X}h = {map_name(data[0], cartridge)}"


def _say_money(data: bytes, cartridge: Cartridge) -> str:  # noqa: ARG001
    return money_words(data)


def _say_badges(data: bytes, cartridge: Cartridge) -> str:
    return badge_words(data[0], cartridge)


_SIMPLE: tuple[tuple[str, int, str, Callable[[bytes, Cartridge], str]], ...] = (
    ("wPlayerMoney", 3, "money", _say_money),
    ("wObtainedBadges", 1, "badges", _say_badges),
    ("wBeatGymFlags", 1, "gyms beaten", _say_badges),
    ("wCurMap", 1, "map", _say_map),
    ("wLastMap", 1, "map to return to", _say_map),
    ("hWarpDestinationMap", 1, "map that the next warp leads to", _say_map),
    ("wDestinationWarpID", 1, "warp to arrive at", _say_number),
    ("wYCoord", 1, "player's row", _say_number),
    ("wXCoord", 1, "player's column", _say_number),
    ("wPartyCount", 1, "number of creatures in the party", _say_number),
    ("wNumBagItems", 1, "kinds of item in the bag", _say_number),
    ("wEnemyMonHP", 2, "hit points of the enemy's creature", _say_number),
    ("wIsInBattle", 1, "kind of battle", _say_number),
    ("wNumHoFTeams", 1, "teams in the Hall of Fame", _say_number),
)
"""Symbol, bytes, meaning and how to say it, for what is not part of a list or structure."""
