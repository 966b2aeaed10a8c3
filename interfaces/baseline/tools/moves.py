"""How good a move is, by the tables in the ROM."""

from __future__ import annotations

from collections.abc import Collection

from pokerl.atlas import Book, MoveFacts, open_book
from pokerl.cartridge.battle import Battle
from pokerl.cartridge.creature import Creature
from pokerl.cartridge.creature import Move as KnownMove
from pokerl.play import Game

SPECIAL = 0x14
"""The lowest number of a type whose moves go by the special abilities."""
SUICIDE, NEEDS_SLEEP, RECHARGE = 7, 8, 80
WEIGHTS = {SUICIDE: 0.05, 29: 3.0, 39: 0.5, 43: 0.5, 44: 2.0, RECHARGE: 0.6, 97: 1.5}
"""By effect: several hits count as often, moves that take two turns count half."""
_BOOKS: dict[str, Book] = {}
"""By game: its tables, read once in a worker."""


def book(game: Game) -> Book:
    """The battle tables of the game at hand."""
    key = game.cartridge.identifier
    if key not in _BOOKS:
        _BOOKS[key] = open_book(game.cartridge, game.read_rom)
    return _BOOKS[key]


def worth(game: Game, move: KnownMove, battle: Battle) -> float:
    """About how much damage a move does now, in units of its power."""
    own, enemy = battle.own, battle.enemy
    facts = book(game).moves.get(move.identifier)
    if own is None or facts is None or not move.pp:
        return -1.0
    if facts.effect == NEEDS_SLEEP and not enemy.status.startswith("asleep"):
        return 0.1
    return _force(facts, own.types) * book(game).effect(facts.type, enemy.types) * _ratio(game, own, enemy, facts.type)


def lasting_worth(game: Game, move: int, types: Collection[str]) -> float:
    """What a move is worth to a creature of these types against anybody."""
    facts = book(game).moves.get(move)
    return _force(facts, types) if facts else 0.0


def damage(game: Game, move: KnownMove, battle: Battle) -> float:
    """HP that a move takes at most when it hits no weak spot, by the games' formula; 0 if it does no harm."""
    value = worth(game, move, battle)
    level = battle.own.level if battle.own else 0
    return (2 * level / 5 + 2) * value / 50 + 2 if value > 1 else 0.0


def best_move(game: Game, battle: Battle) -> str:
    """Name of the move that does most; "" if none has uses left and is not disabled."""
    moves = battle.own.moves if battle.own else ()
    disabled = game.byte("wPlayerDisabledMove") >> 4
    usable = [move for number, move in enumerate(moves, 1) if move.pp and number != disabled]
    return max(usable, key=lambda move: worth(game, move, battle)).name if usable else ""


def _force(facts: MoveFacts, types: Collection[str]) -> float:
    """Power with accuracy, effect and the user's type in it."""
    if facts.power <= 1:
        return 0.5 if facts.power else 0.0
    value = facts.power * facts.accuracy * WEIGHTS.get(facts.effect, 1.0)
    return value * (1.5 if facts.type in types else 1.0)


def _ratio(game: Game, own: Creature, enemy: Creature, kind: str) -> float:
    special = any(number >= SPECIAL and name == kind for number, name in game.cartridge.types.items())
    attack = own.stats.special if special else own.stats.attack
    defence = enemy.stats.special if special else enemy.stats.defence
    return attack / max(1, defence)
