"""The battle, if there is one."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.creature import BATTLE_SIZE, Creature, creature_oddities, read_field_creature
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.text import decode_text

START = 0xCFDA
LENGTH = 0xD05E - START
ENEMY_NAME, ENEMY = 0, 0xCFE5 - START
OWN_NAME, OWN = 0xD009 - START, 0xD014 - START
TRAINER_NAME = 0xD04A - START
KIND, OPPONENT, SPECIAL = 0xD057 - START, 0xD059 - START, 0xD05A - START
NAME_SIZE = 11
TRAINER_NAME_SIZE = 13
FIRST_TRAINER = 0xC8
KINDS = {1: "wild", 2: "trainer", 0xFF: "lost"}
SPECIALS = {0: "", 1: "old man", 2: "safari"}


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
    """

    kind: str
    special: str
    trainer: str
    trainer_class: int
    enemy: Creature
    own: Creature | None
    enemy_party: int


def read_battle(data: bytes, enemy_party: int, cartridge: Cartridge, oddities: list[str]) -> Battle | None:
    """Decode the battle.

    Args:
        data: the bytes from wEnemyMonNick to wTrainerNo.
        enemy_party: wEnemyPartyCount.
        cartridge: the names.
        oddities: what is wrong is added here.

    Returns:
        The battle, or ``None`` if there is none.
    """
    value = data[KIND]
    if not value:
        return None
    kind = KINDS.get(value)
    if kind is None:
        oddities.append(f"the kind of battle has the unknown value {value}")
        kind = f"{value}?"
    table = cartridge.screen_table
    trained = value == 2
    enemy = read_field_creature(
        data[ENEMY : ENEMY + BATTLE_SIZE], decode_text(data[ENEMY_NAME : ENEMY_NAME + NAME_SIZE], table), cartridge
    )
    own = read_field_creature(
        data[OWN : OWN + BATTLE_SIZE], decode_text(data[OWN_NAME : OWN_NAME + NAME_SIZE], table), cartridge
    )
    opponent = data[OPPONENT]
    if enemy.species_index:  # blank while the battle is being set up
        oddities += creature_oddities(enemy, "the enemy creature", cartridge)
    return Battle(
        kind=kind,
        special=SPECIALS.get(data[SPECIAL], ""),
        trainer=decode_text(data[TRAINER_NAME : TRAINER_NAME + TRAINER_NAME_SIZE], table) if trained else "",
        trainer_class=opponent - FIRST_TRAINER if trained and opponent > FIRST_TRAINER else 0,
        enemy=enemy,
        own=own if own.species_index else None,
        enemy_party=enemy_party if trained else 0,
    )
