"""Using things out of the bag while walking about."""

from __future__ import annotations

from pokerl.cartridge import GameState
from pokerl.play import Game

from . import questions
from .medicine import amount_of
from .menus import BAG_WORDS, choose, choose_one_of, find_entry, leave_menus
from .reading import Heard, go_on
from .waiting import settle, tap

LOOKS, STILL = 800, 15
"""Glances at all, and those in a row without anything to answer or to read, after which the use is over."""
REFUSALS = (
    "no use",
    "any effect",
    "no effect",
    "not the time",
    "isn't the time",
    "can't be used",
    "not able",
    "did not learn",
)
CHANGES = 4
FAR_AWAY = 400
"""Frames within which an item that leads out of a cave has done so."""
SCREEN = ("dialogue", "Menu", "the menu", "the text", "facing")
"""How changes of the screen begin, which are left out."""


def use_item(game: Game, item: str, target: str = "") -> str:
    """Use an item; what was said and what changed, or why it was not used.

    Args:
        target: nickname of the creature it is for; by default the first of the party, if it asks for one.
    """
    kind = settle(game)
    if kind != "free":
        return f"not used: {kind} comes first"
    before = game.state()
    if not amount_of(before, item):
        return f"not used: there is no {item} in the bag"
    tap(game, "start")
    problem = choose_one_of(game, BAG_WORDS) or choose(game, item, "USE")
    said = "" if problem else _follow(game, target or before.party[0].nickname if before.party else "")
    leave_menus(game)
    settle(game)
    if not problem and not said and _spent(before, game.state(), item):
        game.until(("wCurMap", "changed"), limit=FAR_AWAY)  # what carries one off says nothing and takes a moment
        settle(game)
    return f"not used: {problem}" if problem else _told(before, game.state(), item, said)


def _follow(game: Game, target: str) -> str:
    """Answer and read until the map, or a menu that asks nothing, is there for good; what was said."""
    heard, asked_whom, still = Heard(), False, 0
    for _ in range(LOOKS):
        if still > STILL:
            break
        state = game.state()
        heard.take(state)
        if not asked_whom and state.menu is not None and questions.shows_party(state, state.menu):
            asked_whom = True
            if problem := choose(game, target):
                return problem
        still = 0 if _go_on(game, state, heard) else still + 1
    return heard.text()


def _go_on(game: Game, state: GameState, heard: Heard) -> bool:
    """Answer or read what shows; whether there was anything."""
    menu = state.menu
    if menu is not None and questions.is_question(menu) and not questions.about_learning(state, heard.text()):
        choose(game, "YES")
    elif menu is not None and (questions.is_question(menu) or _is_lesson(game, state, heard)):
        questions.answer(game, state, menu, heard.text())
    elif state.dialogue is not None and (menu is None or state.dialogue.waits):
        go_on(game, state, heard)
    else:
        game.wait(4)
        return False
    return True


def _is_lesson(game: Game, state: GameState, heard: Heard) -> bool:
    lesson, menu = questions.lesson_of(game, state, heard.text()), state.menu
    return bool(lesson and menu and lesson.forget and find_entry(menu.entries, lesson.forget) is not None)


def _spent(before: GameState, after: GameState, item: str) -> bool:
    return amount_of(before, item) > amount_of(after, item)


def _told(before: GameState, after: GameState, item: str, said: str) -> str:
    if not _spent(before, after, item) and (not said or any(words in said.casefold() for words in REFUSALS)):
        return f"not used: {said or 'nothing happened'}"
    changes = [change for change in before.diff(after) if not change.startswith(SCREEN)]
    return f"used {item}: {said or 'nothing is said'} ({'; '.join(changes[:CHANGES]) or 'nothing else changed'})"
