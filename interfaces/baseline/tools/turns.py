"""Carrying out one decision of a battle in its menus."""

from __future__ import annotations

from typing import NamedTuple

from pokerl.cartridge import GameState
from pokerl.play import Game

from .menus import BAG_WORDS, TEAM_WORDS, choose, choose_in_grid, find_entry
from .waiting import BOX_ROW, tap

MAIN = ("FIGHT", "RUN")
LOOKS = 20


class Action(NamedTuple):
    """What to do in a turn: "move", "item", "switch" or "run", the name of it, and for an item on whom."""

    kind: str
    name: str = ""
    target: str = ""


def carry_out(game: Game, action: Action, state: GameState) -> str:
    """Choose an action in the main menu; "" once it is chosen."""
    if action.kind == "run":
        return choose_in_grid(game, "RUN")
    if action.kind == "move":
        return _move(game, action.name)
    if action.kind == "item":
        target = action.target or _own_name(state)
        return choose_in_grid(game, _word(state, BAG_WORDS)) or _listed(game, action.name) or _on_whom(game, target)
    if action.kind == "switch":
        return choose_in_grid(game, _word(state, TEAM_WORDS)) or _switch(game, action.name)
    return f"there is no kind of turn {action.kind!r}; there are move, item, switch, run"


def is_main(state: GameState) -> bool:
    """Whether the battle's main menu is on the screen; its two columns make it unlike other menus."""
    rows = " ".join(state.text[BOX_ROW:])
    return state.menu is not None and all(word in rows for word in MAIN)


def _move(game: Game, name: str) -> str:
    problem = choose_in_grid(game, "FIGHT")
    if problem or not name:
        return problem
    if game.until(("wIsInBattle", "==", 0), limit=1):
        return ""
    for _ in range(LOOKS):
        state = game.state()
        if state.menu is not None and not is_main(state):
            return choose(game, name) and _back(game, f"no move {name!r} with uses left")
        game.wait(4)
    return ""


def _listed(game: Game, name: str) -> str:
    problem = choose(game, name)
    return _back(game, problem) if problem else ""


def _on_whom(game: Game, nickname: str) -> str:
    """An item may ask for whom it is."""
    for _ in range(LOOKS):
        state = game.state()
        if state.battle is None or (state.menu is None and state.dialogue is not None and state.dialogue.waits):
            return ""
        if state.menu is not None and find_entry(state.menu.entries, nickname) is not None:
            return choose(game, nickname)
        game.wait(4)
    return ""


def _switch(game: Game, name: str) -> str:
    problem = choose(game, name)
    if problem:
        return _back(game, problem)
    for _ in range(LOOKS):
        menu = game.state().menu
        if menu is not None and find_entry(menu.entries, "SWITCH") is not None:
            return choose(game, "SWITCH")
        game.wait(4)
    return ""


def _back(game: Game, problem: str) -> str:
    """Return to the main menu and hand on the problem."""
    for _ in range(LOOKS):
        if is_main(game.state()):
            break
        tap(game, "b")
    return problem


def _word(state: GameState, words: tuple[str, ...]) -> str:
    """The word of these that this game's menu has."""
    return next((word for word in words if any(word in row for row in state.text[BOX_ROW:])), words[0])


def _own_name(state: GameState) -> str:
    own = state.battle.own if state.battle else None
    return own.nickname if own else ""
