"""How good a move is: from the tables in the ROM where they are known, else from what was seen when it was used."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from pokerl.cartridge.battle import Battle
from pokerl.cartridge.creature import Creature
from pokerl.cartridge.creature import Move as KnownMove
from pokerl.play import Game

LAST_MOVE = 165
LAYOUTS = {"Moves": (0, 6), "MOVE_TABLE": (19, 19)}
"""By the table's name in the ROM: where the first move's record begins, and the bytes of a record."""
CHARTS = ("TypeEffects", "TYPE_CHART")
GUESS_POWER = 45
FIRST_SPECIAL = 0x14
NEUTRAL = 10
SUICIDE, NEEDS_SLEEP, RECHARGE = 7, 8, 80
WEIGHTS = {SUICIDE: 0.05, 29: 3.0, 39: 0.5, 43: 0.5, 44: 2.0, RECHARGE: 0.6, 97: 1.5}
"""By effect: several hits count as often, moves that take two turns count half."""


class Facts(NamedTuple):
    """A move's effect, power, type and accuracy (out of 255)."""

    effect: int
    power: int
    type: int
    accuracy: int


_TABLES: dict[str, dict[int, Facts]] = {}
_CHARTS: dict[str, dict[tuple[int, int], int]] = {}
"""By game: the ROM's own tables, read once in a worker; for a game without known tables what was learned in battle."""


def worth(game: Game, move: KnownMove, battle: Battle) -> float:
    """About how much damage a move does now, in units of its power."""
    own, enemy = battle.own, battle.enemy
    facts = table(game).get(move.identifier)
    if own is None or not move.pp:
        return -1.0
    if facts is None:
        return float(GUESS_POWER)
    if facts.effect == NEEDS_SLEEP and not enemy.status.startswith("asleep"):
        return 0.1
    return _force(game, facts, own.types) * _matchup(game, facts.type, enemy) * _ratio(own, enemy, facts.type)


def lasting_worth(game: Game, move: int, types: Collection[str]) -> float:
    """What a move is worth to a creature of these types against anybody."""
    facts = table(game).get(move)
    return _force(game, facts, types) if facts else float(GUESS_POWER)


def damage(game: Game, move: KnownMove, battle: Battle) -> float:
    """HP that a move takes at most when it hits no weak spot, by the games' formula; 0 if it does no harm."""
    value = worth(game, move, battle)
    level = battle.own.level if battle.own else 0
    return (2 * level / 5 + 2) * value / 50 + 2 if value > 1 else 0.0


def best_move(game: Game, battle: Battle) -> str:
    """Name of the move that does most; "" if none has uses left."""
    moves = battle.own.moves if battle.own else ()
    usable = [move for move in moves if move.pp]
    return max(usable, key=lambda move: worth(game, move, battle)).name if usable else ""


def learn(game: Game) -> None:
    """Keep what memory says of the move that the player used last, where the ROM's table is not known."""
    if any(name in game.cartridge.rom_symbols for name in LAYOUTS):
        return
    number, effect, power, kind, accuracy = game.read("wPlayerMoveNum", 5)
    if number in game.cartridge.moves:
        table(game)[number] = Facts(effect, power, kind, accuracy)


def table(game: Game) -> dict[int, Facts]:
    """What is known of each move, by its number."""
    key = game.cartridge.identifier
    if key not in _TABLES:
        _TABLES[key] = {}
        for name, (first, size) in LAYOUTS.items():
            data = _rom(game, name, first + LAST_MOVE * size)
            records = [data[start : start + size] for start in range(first, len(data), size)]
            _TABLES[key] |= {record[0]: Facts(*record[1:5]) for record in records if record[0]}
    return _TABLES[key]


def _force(game: Game, facts: Facts, types: Collection[str]) -> float:
    """Power with accuracy, effect and the user's type in it."""
    if facts.power <= 1:
        return 0.5 if facts.power else 0.0
    value = facts.power * facts.accuracy / 255 * WEIGHTS.get(facts.effect, 1.0)
    return value * (1.5 if game.cartridge.types.get(facts.type) in types else 1.0)


def _matchup(game: Game, kind: int, enemy: Creature) -> float:
    numbers = {name: number for number, name in game.cartridge.types.items()}
    factor = 1.0
    for name in dict.fromkeys(enemy.types):
        factor *= _chart(game).get((kind, numbers.get(name, -1)), NEUTRAL) / NEUTRAL
    return factor


def _ratio(own: Creature, enemy: Creature, kind: int) -> float:
    special = kind >= FIRST_SPECIAL
    attack = own.stats.special if special else own.stats.attack
    defence = enemy.stats.special if special else enemy.stats.defence
    return attack / max(1, defence)


def _chart(game: Game) -> dict[tuple[int, int], int]:
    """Tenths by attacking and defending type; both games end the table with FF."""
    key = game.cartridge.identifier
    if key not in _CHARTS:
        data = b"".join(_rom(game, name, 3 * 120) for name in CHARTS).partition(b"\xff")[0]
        rows = [data[start : start + 3] for start in range(0, len(data) - 2, 3)]
        _CHARTS[key] = {(row[0], row[1]): row[2] for row in rows}
    return _CHARTS[key]


def _rom(game: Game, symbol: str, length: int) -> bytes:
    place = game.cartridge.rom_symbols.get(symbol)
    return game.read_rom(*place, length) if place else b""
