"""What stops a walk, and dealing with it: text is read, battles are fought or fled, the hurt get medicine."""

from __future__ import annotations

from pokerl.play import Game

from . import talking
from .fighting import fight_on
from .healing import mend_party
from .policies import attack
from .reading import read_on
from .walking import Handler

HEAL_BELOW, FLEE_BELOW, MEND_BELOW = 0.35, 0.4, 0.5
"""Shares of HP: below which medicine is used in a battle, a wild one is fled, and medicine is used after one."""
WAYS = ("fight", "run", "stop")


def handler(game: Game, battles: str, told: list[str]) -> Handler:
    """Deals with what stops a walk and adds what happened to ``told``.

    Args:
        battles: "fight" them all, "run" from wild ones, or "stop".
    """

    def handle(kind: str) -> str:
        if kind == "text":
            return _read(game, told)
        if kind == "menu":
            return "a menu is open"
        if battles not in WAYS:
            return f"a battle began, and there is no way {battles!r} to deal with it; there are {', '.join(WAYS)}"
        return "a battle began" if battles == "stop" else _fight(game, battles, told)

    return handle


def _read(game: Game, told: list[str]) -> str:
    said, end = read_on(game)
    told.append(f"read: {said}")
    if told[-2:-1] == told[-1:]:
        return "the same is said again and again"
    if end == "busy":
        return "the game goes on by itself and takes no buttons"
    return "" if end in ("free", "battle") else f"a question is open; answer with reply(…){talking.asked(game, end)}"


def _fight(game: Game, battles: str, told: list[str]) -> str:
    policy = attack(game, heal_below=HEAL_BELOW, flee_below=FLEE_BELOW, flee=battles == "run")
    report = fight_on(game, policy)
    told.append(report)
    if report.startswith("lost"):
        return "the battle was lost"
    if game.state().battle:
        return report
    told += mend_party(game, MEND_BELOW, whom=1)
    return ""
