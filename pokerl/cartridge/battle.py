"""The battle, if there is one."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.creature import BATTLE_SIZE, Creature, creature_oddities, read_field_creature
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.memory import MemoryImage
from pokerl.cartridge.roster import ENEMY_PARTY_AT, PARTY, read_roster
from pokerl.cartridge.text import decode_text

START = 0xCFDA
LENGTH = 0xD06A - START
STAGES = 0xCD1A
STAGES_LENGTH = 0xCD34 - STAGES
ENEMY_NAME, ENEMY = 0, 0xCFE5 - START
OWN_NAME, OWN = 0xD009 - START, 0xD014 - START
TRAINER_NAME = 0xD04A - START
KIND, OPPONENT, SPECIAL = 0xD057 - START, 0xD059 - START, 0xD05A - START
OWN_CONDITIONS, ENEMY_CONDITIONS = 0xD062 - START, 0xD067 - START
ENEMY_STAGES = 0xCD2E - STAGES
NEUTRAL_STAGE, HIGHEST_STAGE = 7, 13
NAME_SIZE = 11
TRAINER_NAME_SIZE = 13
FIRST_TRAINER = 0xC8
TRAINER = 2
KINDS = {1: "wild", TRAINER: "trainer", 0xFF: "lost"}
SPECIALS = {0: "", 1: "old man", 2: "safari"}
CONDITIONS = (
    (
        "storing energy",
        "thrashing",
        "striking repeatedly",
        "flinching",
        "charging",
        "trapping",
        "out of reach",
        "confused",
    ),
    ("sure to hit", "in mist", "focused", "", "behind a substitute", "recharging", "raging", "seeded"),
    ("badly poisoned", "behind a light screen", "behind a reflector", "transformed", "", "", "", ""),
)
"""What the bits of the three bytes wPlayerBattleStatus1 to 3 mean."""


class Stages(Struct, frozen=True):
    """By how many stages moves have raised (up to 6) or lowered (down to -6) the abilities."""

    attack: int = 0
    defence: int = 0
    speed: int = 0
    special: int = 0
    accuracy: int = 0
    evasion: int = 0


class Battle(Struct, frozen=True):
    """A battle.

    Attributes:
        kind: ``"wild"``, ``"trainer"``, or ``"lost"`` for the moment after the last creature fainted.
        special: ``"old man"`` or ``"safari"`` where other rules hold.
        trainer: the opponent's name as the screen shows it; empty in the wild.
        trainer_class: the opponent's class number; 0 in the wild.
        enemy: the creature on the other side.
        own: the player's creature on the field; ``None`` before it comes out.
        enemy_party: how many creatures the trainer brought; 0 in the wild.
        trainer_party: those creatures, in their order; the one on the field is up to date in ``enemy`` only.
        own_stages, enemy_stages: how far the abilities are raised or lowered.
        own_conditions, enemy_conditions: ``"confused"``, ``"seeded"`` …; what ends with the battle.
    """

    kind: str
    special: str
    trainer: str
    trainer_class: int
    enemy: Creature
    own: Creature | None
    enemy_party: int
    trainer_party: tuple[Creature, ...]
    own_stages: Stages
    enemy_stages: Stages
    own_conditions: tuple[str, ...]
    enemy_conditions: tuple[str, ...]


def read_battle(memory: MemoryImage, cartridge: Cartridge, oddities: list[str]) -> Battle | None:
    """Decode the battle; ``None`` if there is none. What is wrong is added to ``oddities``."""
    data = memory.read(START, LENGTH)
    value = data[KIND]
    if not value:
        return None
    kind = KINDS.get(value)
    if kind is None:
        oddities.append(f"the kind of battle has the unknown value {value}")
        kind = f"{value}?"
    table = cartridge.screen_table
    trained = value == TRAINER
    enemy = _on_field(data, ENEMY, ENEMY_NAME, cartridge)
    own = _on_field(data, OWN, OWN_NAME, cartridge)
    opponent = data[OPPONENT]
    if enemy.species_index:  # blank while the battle is being set up
        oddities += creature_oddities(enemy, "the enemy creature", cartridge)
    trainer_party = _trainer_party(memory, cartridge, oddities) if trained else ()
    stages = memory.read(STAGES, STAGES_LENGTH)
    return Battle(
        kind=kind,
        special=SPECIALS.get(data[SPECIAL], ""),
        trainer=decode_text(data[TRAINER_NAME : TRAINER_NAME + TRAINER_NAME_SIZE], table) if trained else "",
        trainer_class=opponent - FIRST_TRAINER if trained and opponent > FIRST_TRAINER else 0,
        enemy=enemy,
        own=own if own.species_index else None,
        enemy_party=memory.byte(ENEMY_PARTY_AT) if trained else 0,
        trainer_party=trainer_party,
        own_stages=_stages(stages[:6], "the player's creature", oddities),
        enemy_stages=_stages(stages[ENEMY_STAGES:], "the enemy creature", oddities),
        own_conditions=_conditions(data[OWN_CONDITIONS : OWN_CONDITIONS + 3]),
        enemy_conditions=_conditions(data[ENEMY_CONDITIONS : ENEMY_CONDITIONS + 3]),
    )


def _on_field(data: bytes, at: int, name: int, cartridge: Cartridge) -> Creature:
    nickname = decode_text(data[name : name + NAME_SIZE], cartridge.screen_table)
    return read_field_creature(data[at : at + BATTLE_SIZE], nickname, cartridge)


def _trainer_party(memory: MemoryImage, cartridge: Cartridge, oddities: list[str]) -> tuple[Creature, ...]:
    return read_roster(memory.read(ENEMY_PARTY_AT, PARTY.length), PARTY, "enemy party", cartridge, oddities)


def _stages(data: bytes, whose: str, oddities: list[str]) -> Stages:
    """Six bytes, of which 7 means as ever; they are blank until a creature comes out."""
    if max(data) > HIGHEST_STAGE:
        oddities.append(f"{whose} has an ability raised to stage {max(data) - NEUTRAL_STAGE}")
    return Stages(*[value - NEUTRAL_STAGE if value else 0 for value in data])


def _conditions(data: bytes) -> tuple[str, ...]:
    return tuple(
        word
        for byte, words in zip(data, CONDITIONS, strict=True)
        for bit, word in enumerate(words)
        if word and byte >> bit & 1
    )
