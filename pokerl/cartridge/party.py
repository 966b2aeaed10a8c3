"""The party."""

from __future__ import annotations

from pokerl.cartridge.creature import PARTY_SIZE, Creature, creature_oddities, read_party_creature
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.text import decode_text

COUNT = 0xD163
SPECIES_LIST = 0xD164 - COUNT
CREATURES = 0xD16B - COUNT
OWNERS = 0xD273 - COUNT
NICKNAMES = 0xD2B5 - COUNT
LENGTH = 0xD2F7 - COUNT
NAME_SIZE = 11
PLACES = 6
END_OF_LIST = 0xFF


def read_party(data: bytes, cartridge: Cartridge, oddities: list[str]) -> tuple[Creature, ...]:
    """Decode the party.

    Args:
        data: the 194h bytes from wPartyCount.
        cartridge: the names.
        oddities: what is wrong is added here.
    """
    count = data[0]
    if count > PLACES:
        oddities.append(f"the party counts {count} creatures")
        count = PLACES
    party = tuple([_creature(data, place, cartridge) for place in range(count)])
    if party and data[SPECIES_LIST + count] != END_OF_LIST:
        oddities.append("the party's species list has no end mark")
    for place, creature in enumerate(party):
        where = f"party creature {place + 1}"
        listed = data[SPECIES_LIST + place]
        if listed != creature.species_index:
            oddities.append(f"{where} is species {creature.species_index} but listed as {listed}")
        oddities += creature_oddities(creature, where, cartridge)
    return party


def _creature(data: bytes, place: int, cartridge: Cartridge) -> Creature:
    start, name = CREATURES + place * PARTY_SIZE, place * NAME_SIZE
    table = cartridge.screen_table
    return read_party_creature(
        data[start : start + PARTY_SIZE],
        decode_text(data[NICKNAMES + name : NICKNAMES + name + NAME_SIZE], table),
        decode_text(data[OWNERS + name : OWNERS + name + NAME_SIZE], table),
        cartridge,
    )
