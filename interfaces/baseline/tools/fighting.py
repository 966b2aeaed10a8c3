"""Battles: one decision a turn, made by a policy, and everything else read and answered on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pokerl.cartridge import GameState
from pokerl.cartridge.screen import Menu
from pokerl.play import Game

from .menus import choose, choose_in_grid, find_entry, plain, point_at
from .moves import best_move, learn
from .reading import Heard, read_on
from .waiting import BOX_ROW, tap

LOOKS = 6000
TOLD = 260
MAIN = ("FIGHT", "RUN")
BAG_WORDS, TEAM_WORDS = ("ITEM", "BAG"), ("PKMN", "TEAM", "PARTY")
ANSWERS = (
    ("nickname", "NO"),
    ("abandon", "YES"),
    ("make room", "NO"),
    ("older move", "NO"),
    ("forget", "NO"),
    ("use next", "YES"),
    ("change", "NO"),
)
"""What to say to a question that contains such words."""
MEDICINE = ("potion", "super potion", "hyper potion", "max potion", "full restore", "fresh water", "tonic", "salve")


class Action(NamedTuple):
    """What to do in a turn: "move", "item", "switch" or "run", and the name of it."""

    kind: str
    name: str = ""


Policy = Callable[[GameState], Action | None]
"""Decides a turn from the state; ``None`` ends with the menu open."""


def fight_on(game: Game, policy: Policy) -> str:
    """Play a battle until it ends or the policy stops; what happened, in words."""
    before = game.state()
    heard, turns, refused = Heard(), 0, 0
    last = before
    for _ in range(LOOKS):
        state = game.state()
        if state.battle is None:
            break
        last = state if state.battle.enemy.species_index else last
        menu = state.menu
        if menu is None:
            heard.take(state)
            tap(game, "b")
            continue
        if not _is_main(state):
            _answer(game, state, menu)
            continue
        learn(game)
        action = policy(state)
        if action is None:
            return f"stopped after {turns} turns: {_standing(state)}"
        problem = _do(game, action, state)
        turns += not problem
        refused += bool(problem)
        if refused > 3:
            return f"the battle goes on, but the policy cannot be carried out: {problem}; {_standing(state)}"
    learn(game)
    said, _ = read_on(game, heard)
    return _report(before, last, game.state(), turns, said)


def attack(game: Game, move: str = "", heal_below: float = 0.0, flee_below: float = 0.0, flee: bool = False) -> Policy:
    """A policy: the named move or the best one; medicine, or flight from the wild, below a share of HP."""

    def decide(state: GameState) -> Action | None:
        battle = state.battle
        if battle is None or battle.own is None:
            return Action("move")
        own = battle.own
        if flee and battle.kind == "wild":
            return Action("run")
        if own.hp < heal_below * own.maximum_hp:
            medicine = next((item.name for item in state.bag if plain(item.name) in MEDICINE), "")
            if medicine:
                return Action("item", medicine)
        if own.hp < flee_below * own.maximum_hp and battle.kind == "wild":
            return Action("run")
        named = next((known.name for known in own.moves if known.pp and find_entry((known.name,), move) == 0), "")
        return Action("move", (named if move else "") or best_move(game, battle))

    return decide


def _do(game: Game, action: Action, state: GameState) -> str:
    """Choose an action in the main menu; "" once it is chosen."""
    if action.kind == "run":
        return choose_in_grid(game, "RUN")
    if action.kind == "move":
        return _move(game, action.name)
    if action.kind == "item":
        return (
            choose_in_grid(game, _word(state, BAG_WORDS))
            or _listed(game, action.name)
            or _on_whom(game, _own_name(state))
        )
    return choose_in_grid(game, _word(state, TEAM_WORDS)) or _switch(game, action.name)


def _move(game: Game, name: str) -> str:
    problem = choose_in_grid(game, "FIGHT")
    if problem or not name:
        return problem
    if game.until(("wIsInBattle", "==", 0), limit=1):
        return ""
    for _ in range(12):
        state = game.state()
        if state.menu is not None and not _is_main(state):
            return choose(game, name)
        game.wait(4)
    return ""


def _listed(game: Game, name: str) -> str:
    """Choose from the bag; close it if the item is not there."""
    problem = choose(game, name)
    if problem:
        _back(game)
    return problem


def _on_whom(game: Game, nickname: str) -> str:
    """An item may ask for whom it is."""
    for _ in range(20):
        state = game.state()
        if state.battle is None or (state.menu is None and state.dialogue is not None):
            return ""
        if state.menu is not None and find_entry(state.menu.entries, nickname) is not None:
            return choose(game, nickname)
        game.wait(4)
    return ""


def _switch(game: Game, name: str) -> str:
    problem = choose(game, name)
    if not problem:
        for _ in range(20):
            menu = game.state().menu
            if menu is not None and find_entry(menu.entries, "SWITCH") is not None:
                return choose(game, "SWITCH")
            game.wait(4)
        return ""
    _back(game)
    return problem


def _back(game: Game) -> None:
    for _ in range(12):
        if _is_main(game.state()):
            return
        tap(game, "b")


def _answer(game: Game, state: GameState, menu: Menu) -> None:
    """Answer what is asked in the middle of a battle."""
    said = state.dialogue.text.casefold() if state.dialogue else " ".join(state.text).casefold()
    if find_entry(menu.entries, "YES") is not None and find_entry(menu.entries, "NO") is not None:
        choose(game, next((reply for words, reply in ANSWERS if words in said), "NO"))
    elif any(find_entry(menu.entries, one.nickname) is not None for one in state.party):
        healthy = [one for one in state.party if one.hp > 0]
        point_at(
            game, max(healthy, key=lambda one: one.level * one.hp).nickname if healthy else state.party[0].nickname
        )
        tap(game, "a")
        game.wait(20)
        now = game.state().menu
        if now is not None and find_entry(now.entries, "SWITCH") is not None:
            choose(game, "SWITCH")
    else:
        tap(game, "b")


def _is_main(state: GameState) -> bool:
    """Whether the battle's main menu is on the screen; its two columns make it unlike other menus."""
    rows = " ".join(state.text[BOX_ROW:])
    return state.menu is not None and all(word in rows for word in MAIN)


def _word(state: GameState, words: tuple[str, ...]) -> str:
    """The word of these that this game's menu has."""
    return next((word for word in words if any(word in row for row in state.text[12:])), words[0])


def _own_name(state: GameState) -> str:
    own = state.battle.own if state.battle else None
    return own.nickname if own else ""


def _standing(state: GameState) -> str:
    battle = state.battle
    if battle is None:
        return "no battle"
    own, enemy = battle.own, battle.enemy
    mine = f"{own.nickname} level {own.level} {own.hp}/{own.maximum_hp} HP {own.status}".strip() if own else "nobody"
    return f"{mine} against {enemy.species} level {enemy.level} {enemy.hp}/{enemy.maximum_hp} HP {enemy.status}".strip()


def _report(before: GameState, last: GameState, after: GameState, turns: int, said: str) -> str:
    battle = last.battle or before.battle
    if battle is None:
        return "there is no battle"
    who = battle.trainer or f"wild {battle.enemy.species} level {battle.enemy.level}"
    party = ", ".join(f"{one.nickname} level {one.level} {one.hp}/{one.maximum_hp} HP" for one in after.party)
    outcome = _outcome(said, last)
    return f"battle with {who} over after {turns} turns: {outcome}. {party}. Heard at the end: …{said[-TOLD:]}"


def _outcome(said: str, last: GameState) -> str:
    words = said.casefold()
    if (
        "blacked out" in words
        or "out of useable" in words
        or "no usable" in words
        or all(not one.hp for one in last.party)
    ):
        return "lost"
    if "caught" in words:
        return "caught"
    if "got away" in words or "escaped" in words:
        return "ran away"
    return "won" if last.battle and last.battle.enemy.hp == 0 else "ended"
