"""One creature, as it stands in a party, lies in a box, or fights on the field."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from pokerl.cartridge.game import Cartridge

SLEEP = 0x07
CONDITIONS = ((0x08, "poisoned"), (0x10, "burned"), (0x20, "frozen"), (0x40, "paralysed"))
HIGHEST_LEVEL = 100
PARTY_SIZE = 0x2C
BOX_SIZE = 0x21
BATTLE_SIZE = 0x1D
# Offsets: 00 species, 01 HP, 03 box level, 04 status, 05 types, 07 catch rate, 08 moves, 0C OT id, 0E experience,
# 11 stat experience, 1B DVs, 1D PP, 21 level, 22 maximum HP, 24 attack, 26 defence, 28 speed, 2A special.
PARTY_LAYOUT = struct.Struct(">BHBBBBB4sHBH5HBB4sB5H")
# In a box a creature ends after its PP: its level is at 03, and the game works its abilities out when it is taken out.
BOX_LAYOUT = struct.Struct(">BHBBBBB4sHBH5HBB4s")
# Offsets in battle: 00 species, 01 HP, 03 place in its party, 04 status, 05 types, 07 catch rate, 08 moves, 0C DVs,
# 0E level, 0F maximum HP, 11 attack, 13 defence, 15 speed, 17 special, 19 PP.
BATTLE_LAYOUT = struct.Struct(">BHBBBBB4sBBB5H4s")


class Move(Struct, frozen=True):
    """A move that a creature knows, the uses left, and how often its maximum was raised (0–3)."""

    identifier: int
    name: str
    pp: int
    pp_ups: int


class Stats(Struct, frozen=True):
    """Five numbers, one for each ability."""

    hp: int
    attack: int
    defence: int
    speed: int
    special: int


NO_STATS = Stats(0, 0, 0, 0, 0)


class Creature(Struct, frozen=True):
    """A creature of a party, in a box (whose abilities memory does not hold) or on the field (whose experience, owner
    and stat experience it does not hold).

    Attributes:
        species_index: the number that memory holds; not the dex number.
        status: ``""``, ``"asleep for N"``, ``"poisoned"``, ``"burned"``, ``"frozen"``, ``"paralysed"``.
        experience: total points; 0 on the field.
        dvs: the values it was born with, 0–15; those of HP follow from the others.
        maximum_hp, stats: as they are now; 0 in a box.
        stat_experience: points from battles, 0–65535.
        owner_id: of its original trainer.
    """

    species_index: int
    species: str
    nickname: str
    level: int
    hp: int
    maximum_hp: int
    status: str
    types: tuple[str, ...]
    moves: tuple[Move, ...]
    dvs: Stats
    stats: Stats
    experience: int = 0
    stat_experience: Stats | None = None
    owner_id: int = 0
    owner: str = ""


def read_party_creature(data: bytes, nickname: str, owner: str, cartridge: Cartridge) -> Creature:
    """Decode the 2Ch bytes of a creature in a party."""
    *kept, level, maximum_hp, attack, defence, speed, special = PARTY_LAYOUT.unpack(data)
    stats = Stats(maximum_hp, attack, defence, speed, special)
    return _owned_creature(kept, level, stats, nickname, owner, cartridge)


def read_box_creature(data: bytes, nickname: str, owner: str, cartridge: Cartridge) -> Creature:
    """Decode the 21h bytes of a creature in a box."""
    kept = BOX_LAYOUT.unpack(data)
    return _owned_creature(kept, kept[2], NO_STATS, nickname, owner, cartridge)


def _owned_creature(
    kept: Sequence[Any], level: int, stats: Stats, nickname: str, owner: str, cartridge: Cartridge
) -> Creature:
    """Of what a party and a box have in common."""
    (
        species, hp, _, status, type_1, type_2, _, moves, owner_id, high, low,
        hp_points, attack_points, defence_points, speed_points, special_points, dv_1, dv_2, pp,
    ) = kept  # fmt: skip
    return Creature(
        species,
        species_name(species, cartridge),
        nickname,
        level,
        hp,
        stats.hp,
        status_words(status),
        _types(type_1, type_2, cartridge),
        _moves(moves, pp, cartridge),
        _dvs(dv_1, dv_2),
        stats,
        high << 16 | low,
        Stats(hp_points, attack_points, defence_points, speed_points, special_points),
        owner_id,
        owner,
    )


def read_field_creature(data: bytes, nickname: str, cartridge: Cartridge) -> Creature:
    """Decode the 1Dh bytes of a creature on the field (wEnemyMon, wBattleMon)."""
    (
        species, hp, _, status, type_1, type_2, _, moves, dv_1, dv_2,
        level, maximum_hp, attack, defence, speed, special, pp,
    ) = BATTLE_LAYOUT.unpack(data)  # fmt: skip
    return Creature(
        species,
        species_name(species, cartridge),
        nickname,
        level,
        hp,
        maximum_hp,
        status_words(status),
        _types(type_1, type_2, cartridge),
        _moves(moves, pp, cartridge),
        _dvs(dv_1, dv_2),
        Stats(maximum_hp, attack, defence, speed, special),
    )


def creature_oddities(creature: Creature, where: str, cartridge: Cartridge) -> list[str]:
    """What no game would write into a creature, in words."""
    found: list[str] = []
    if creature.species_index not in cartridge.species:
        found.append(f"{where} has the unknown species index {creature.species_index}")
    if not 1 <= creature.level <= HIGHEST_LEVEL:
        found.append(f"{where} has level {creature.level}")
    if creature.hp > creature.maximum_hp and creature.stats is not NO_STATS:
        found.append(f"{where} has {creature.hp} HP of {creature.maximum_hp}")
    found += [
        f"{where} has the unknown move {move.identifier}"
        for move in creature.moves
        if move.identifier not in cartridge.moves
    ]
    return found


def species_name(index: int, cartridge: Cartridge) -> str:
    """The species' name, or ``"species 31?"`` if there is none of that index."""
    species = cartridge.species.get(index)
    return species.name if species else f"species {index}?"


def status_words(status: int) -> str:
    """A status byte in words; ``""`` if there is nothing the matter."""
    if not status:
        return ""
    if status & SLEEP:
        return f"asleep for {status & SLEEP}"
    return " and ".join(word for bit, word in CONDITIONS if status & bit)


def _types(first: int, second: int, cartridge: Cartridge) -> tuple[str, ...]:
    types = cartridge.types
    name = types.get(first) or f"type {first}?"
    return (name,) if first == second else (name, types.get(second) or f"type {second}?")


def _moves(identifiers: bytes, points: bytes, cartridge: Cartridge) -> tuple[Move, ...]:
    names = cartridge.moves
    return tuple(
        [
            Move(identifier, names.get(identifier) or f"move {identifier}?", point & 0x3F, point >> 6)
            for identifier, point in zip(identifiers, points, strict=True)
            if identifier
        ]
    )


def _dvs(first: int, second: int) -> Stats:
    attack, defence, speed, special = first >> 4, first & 15, second >> 4, second & 15
    hp = (attack & 1) << 3 | (defence & 1) << 2 | (speed & 1) << 1 | special & 1
    return Stats(hp, attack, defence, speed, special)
