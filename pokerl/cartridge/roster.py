"""Lists of creatures as memory keeps them: the party, a trainer's party, a box."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from pokerl.cartridge.creature import (
    BOX_SIZE,
    PARTY_SIZE,
    Creature,
    creature_oddities,
    read_box_creature,
    read_party_creature,
)
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.text import decode_text

PARTY_AT, ENEMY_PARTY_AT, BOX_AT = 0xD163, 0xD89C, 0xDA80
END_OF_LIST = 0xFF
NAME_SIZE = 11


class Roster(Struct, frozen=True):
    """How such a list lies in memory: count, species and their end mark, creatures, owners' names, nicknames.

    Attributes:
        places: how many creatures it has room for.
        size: bytes of a creature.
        read: decodes one.
    """

    places: int
    size: int
    read: Callable[[bytes, str, str, Cartridge], Creature]

    @property
    def creatures(self) -> int:
        """Where the creatures begin, from the count."""
        return self.places + 2

    @property
    def owners(self) -> int:
        """Where the owners' names begin."""
        return self.creatures + self.places * self.size

    @property
    def nicknames(self) -> int:
        """Where the nicknames begin."""
        return self.owners + self.places * NAME_SIZE

    @property
    def length(self) -> int:
        """Bytes of the whole."""
        return self.nicknames + self.places * NAME_SIZE


PARTY = Roster(6, PARTY_SIZE, read_party_creature)
BOX = Roster(20, BOX_SIZE, read_box_creature)


def read_roster(
    data: bytes, roster: Roster, what: str, cartridge: Cartridge, oddities: list[str], arriving: int = 0
) -> tuple[Creature, ...]:
    """Decode such a list.

    Args:
        data: all its bytes, from the count.
        roster: its layout.
        what: what it is, for the oddities: ``"party"``.
        cartridge: the names.
        oddities: what is wrong is added here.
        arriving: species of the creature that the game is about to add (wCurPartySpecies). It lists it first, lets the
            player name it, and only then writes it; until then it is left out.
    """
    count = data[0]
    if count > roster.places:
        oddities.append(f"the {what} counts {count} creatures")
        count = roster.places
    if count and data[1 + count] != END_OF_LIST:
        oddities.append(f"the {what}'s species list has no end mark")
    found = [_creature(data, roster, place, cartridge) for place in range(count)]
    if found and found[-1].species_index != data[count] == arriving:
        found.pop()
    for place, creature in enumerate(found):
        where = f"{what} creature {place + 1}"
        listed = data[1 + place]
        if listed != creature.species_index:
            oddities.append(f"{where} is species {creature.species_index} but listed as {listed}")
        oddities += creature_oddities(creature, where, cartridge)
    return tuple(found)


def _creature(data: bytes, roster: Roster, place: int, cartridge: Cartridge) -> Creature:
    start = roster.creatures + place * roster.size
    owner, nickname = roster.owners + place * NAME_SIZE, roster.nicknames + place * NAME_SIZE
    table = cartridge.screen_table
    return roster.read(
        data[start : start + roster.size],
        decode_text(data[nickname : nickname + NAME_SIZE], table),
        decode_text(data[owner : owner + NAME_SIZE], table),
        cartridge,
    )
