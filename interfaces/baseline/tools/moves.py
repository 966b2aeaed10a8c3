"""How good a move is: from the ROM's tables where they are known, else from what was seen when it was used."""

from __future__ import annotations

from typing import NamedTuple

from pokerl.cartridge.battle import Battle
from pokerl.cartridge.creature import Creature
from pokerl.cartridge.creature import Move as KnownMove
from pokerl.play import Game

RECORD = 6
TABLE_LENGTH = 165
GUESS_POWER = 45
FIRST_SPECIAL = 0x14
NEUTRAL = 10
SUICIDE, NEEDS_SLEEP, TWO_TURNS, RECHARGE = 7, 8, (39, 43), 80
"""Effects of moves that are worth less than their power says."""


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
    """About how much damage a move does, in units of its power."""
    own, enemy = battle.own, battle.enemy
    facts = table(game).get(move.identifier)
    if own is None or not move.pp:
        return -1.0
    if facts is None:
        return float(GUESS_POWER)
    if facts.power <= 1:
        return 0.5 if facts.power else 0.0
    value = facts.power * facts.accuracy / 255 * _matchup(game, facts.type, enemy)
    name = game.cartridge.types.get(facts.type)
    value *= 1.5 if name in own.types else 1.0
    value *= _ratio(own, enemy, special=facts.type >= FIRST_SPECIAL)
    if facts.effect == SUICIDE or (facts.effect == NEEDS_SLEEP and not enemy.status.startswith("asleep")):
        return 0.1
    return value * (0.5 if facts.effect in TWO_TURNS or facts.effect == RECHARGE else 1.0)


def best_move(game: Game, battle: Battle) -> str:
    """Name of the move that does most; "" if none has uses left."""
    moves = battle.own.moves if battle.own else ()
    usable = [move for move in moves if move.pp]
    return max(usable, key=lambda move: worth(game, move, battle)).name if usable else ""


def learn(game: Game) -> None:
    """Keep what memory says of the move that the player used last, where the ROM's table is not known."""
    if "Moves" in game.cartridge.rom_symbols:
        return
    number, effect, power, kind, accuracy = game.read("wPlayerMoveNum", 5)
    if number in game.cartridge.moves:
        table(game)[number] = Facts(effect, power, kind, accuracy)


def table(game: Game) -> dict[int, Facts]:
    """What is known of each move, by its number."""
    key = game.cartridge.identifier
    if key not in _TABLES:
        place = game.cartridge.rom_symbols.get("Moves")
        data = game.read_rom(*place, TABLE_LENGTH * RECORD) if place else b""
        records = [data[start : start + RECORD] for start in range(0, len(data), RECORD)]
        _TABLES[key] = {record[0]: Facts(*record[1:5]) for record in records}
    return _TABLES[key]


def _chart(game: Game) -> dict[tuple[int, int], int]:
    key = game.cartridge.identifier
    if key not in _CHARTS:
        place = game.cartridge.rom_symbols.get("TypeEffects")
        data = (game.read_rom(*place, 3 * 120) if place else b"").partition(b"\xff")[0]
        rows = [data[start : start + 3] for start in range(0, len(data) - 2, 3)]
        _CHARTS[key] = {(row[0], row[1]): row[2] for row in rows}
    return _CHARTS[key]


def _matchup(game: Game, kind: int, enemy: Creature) -> float:
    numbers = {name: number for number, name in game.cartridge.types.items()}
    factor = 1.0
    for name in dict.fromkeys(enemy.types):
        factor *= _chart(game).get((kind, numbers.get(name, -1)), NEUTRAL) / NEUTRAL
    return factor


def _ratio(own: Creature, enemy: Creature, *, special: bool) -> float:
    attack = own.stats.special if special else own.stats.attack
    defence = enemy.stats.special if special else enemy.stats.defence
    return attack / max(1, defence)
