"""Walking along a path, move by move, and saying why it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pokerl.atlas import Move, Path, Place
from pokerl.atlas.model import STEPS
from pokerl.atlas.path import Goal
from pokerl.play import Game

from .maps import find_path
from .waiting import box_open, settle

STEP_LIMIT = 28
WAY_LIMIT = 90
REPLANS, PATIENCE = 60, 4
NEEDS_HAND = {"cut", "surf", "strength", "elevator"}


class Standing(NamedTuple):
    """Where the player is, and whether a battle or a text box holds it up."""

    place: Place
    battle: bool
    text: bool


def where(game: Game) -> Standing:
    """The present standing, in one round trip."""
    corner = game.address("wTileMap") + 12 * 20
    area, y, x, battle, box = game.act(
        read=[("wCurMap", 1), ("wYCoord", 1), ("wXCoord", 1), ("wIsInBattle", 1), (corner, 1)]
    ).reads
    return Standing(Place(area[0], x[0], y[0]), bool(battle[0]), box[0] == 0x79)


def walk(game: Game, goal: Goal, *, beside: bool = False, grass: int = 1, limit: int = 3000) -> str:
    """Walk to a goal.

    Returns:
        "" when the player stands there; else what stopped it: "battle", "text", "menu", or a sentence.
    """
    blocked: set[Place] = set()
    patience = PATIENCE
    for _ in range(REPLANS):
        kind = settle(game)
        if kind != "free":
            return kind
        path = find_path(game, game.state(), goal, beside=beside, grass=grass, blocked=blocked)
        if not path and blocked and patience:  # what was in the way may have moved on
            patience -= 1
            blocked.clear()
            game.wait(30)
        elif not path or not path.moves:
            return path.reason or (turn(game, path.facing) if beside and path.facing else "")
        else:
            stopped = _follow(game, path, blocked, limit)
            limit -= len(path.moves)
            if stopped or limit <= 0:
                return stopped or "the way is longer than its limit"
    return "something was in the way again and again"


def turn(game: Game, button: str) -> str:
    """Face a direction without walking on (what one faces must be in the way)."""
    for _ in range(6):
        if game.state().player.facing == button:
            return ""
        game.act(game.step(button, 3), game.waiting(("wWalkCounter", "==", 0), limit=30, stable=6))
    return f"the player does not turn {button}"


def _follow(game: Game, path: Path, blocked: set[Place], limit: int) -> str:
    """Make moves until one does not do what it should; what a move needs that is more than a button, or ""."""
    here = path.start
    for move in path.moves[:limit]:
        if move.kind in NEEDS_HAND:
            return f"the way needs {move.kind} here"
        now = _step(game, move) if move.kind == "walk" else _way(game, move, here)
        if now.battle or now.text:
            return ""
        if now.place != move.place:
            if now.place == here and move.kind == "walk":
                blocked.add(move.place)
            return ""
        here = now.place
    return ""


def _step(game: Game, move: Move) -> Standing:
    """One square: hold the button until the position changes, let go, and wait until the step is over."""
    changing = "wXCoord" if move.button in ("left", "right") else "wYCoord"
    game.act(
        game.waiting((changing, "changed"), limit=STEP_LIMIT, hold=move.button),
        game.waiting(("wWalkCounter", "==", 0), limit=20, stable=2),
    )
    return where(game)


def _way(game: Game, move: Move, here: Place) -> Standing:
    """A door, an edge, a ledge, a push: hold until the map or the place changes, then wait until all is still."""
    if move.place.map != here.map:
        game.until(("wCurMap", "changed"), limit=WAY_LIMIT, hold=move.button)
        _arrive(game, move.place)
    else:
        changing = "wXCoord" if move.button in ("left", "right") else "wYCoord"
        game.until((changing, "changed"), limit=WAY_LIMIT, hold=move.button)
    settle(game)
    return where(game)


def _arrive(game: Game, place: Place) -> None:
    """The map's number changes before the player is put on its square: wait for that, too."""
    game.until(("wCurMap", "==", place.map), ("wXCoord", "==", place.x), ("wYCoord", "==", place.y), limit=WAY_LIMIT)


Handler = Callable[[str], str]


def walk_through(game: Game, goal: Goal, handle: Handler, *, beside: bool = False, grass: int = 1) -> str:
    """Walk, let a handler deal with what stops it, and go on; "" at the goal, else a sentence.

    Args:
        handle: gets "battle", "text" or "menu"; returns "" to go on, or why to stop.
    """
    for _ in range(REPLANS):
        stopped = walk(game, goal, beside=beside, grass=grass)
        if stopped not in ("battle", "text", "menu"):
            return stopped
        why = handle(stopped)
        if why:
            return why
    return "it was stopped too often"


def push(game: Game, button: str, times: int = 1) -> str:
    """Plain steps in a direction; "" when all were taken, else why not."""
    if button not in STEPS:
        return f"there is no direction {button!r}; there are {', '.join(STEPS)}"
    for done in range(times):
        before = where(game)
        now = _step(game, Move(button, "walk", before.place))
        if now.place.map != before.place.map:
            game.until(limit=WAY_LIMIT)
            settle(game)
            return f"another map after {done + 1} steps"
        if now.battle or now.text or box_open(game):
            return f"{'a battle' if now.battle else 'text'} after {done} steps"
        if now.place == before.place:
            return f"blocked after {done} steps"
    return ""
