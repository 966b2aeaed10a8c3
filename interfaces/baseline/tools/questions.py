"""What the game asks on its own: names, new moves, who comes next."""

from __future__ import annotations

import re
from typing import NamedTuple

from pokerl.cartridge import GameState
from pokerl.cartridge.creature import Creature
from pokerl.cartridge.screen import Menu
from pokerl.play import Game

from .menus import choose, find_entry, plain, point_at
from .moves import lasting_worth
from .waiting import tap

ANSWERS = (("nickname", "NO"), ("use next", "YES"), ("change", "NO"))
"""What to say to a question that contains such words; NO to any other."""
MAKE_ROOM, GIVE_UP = ("make room", "forget one"), "abandon"
LEARNING = re.compile(r"(\S+) (?:is trying|wants) to learn ([^!,]+)[!,]")
RECENT = 60
"""Letters of what was heard that may belong to the question."""
KEPT = ("CUT", "FLY", "SURF", "STRENGTH", "FLASH")
"""Moves that Red never lets go."""


class Lesson(NamedTuple):
    """A move that a creature could learn, and the one that should go for it; "" if none should."""

    move: str
    forget: str


def answer(game: Game, state: GameState, menu: Menu, heard: str) -> None:
    """Answer what is asked in a battle or after it, knowing what was heard before."""
    if is_question(menu):
        choose(game, _reply(game, state, heard))
    elif shows_party(state, menu):
        _send_next(game, state)
    elif (lesson := lesson_of(game, state, heard)) and find_entry(menu.entries, lesson.forget or "-") is not None:
        choose(game, lesson.forget)
    else:
        tap(game, "b")


def is_question(menu: Menu) -> bool:
    """Whether a menu asks for YES or NO."""
    return find_entry(menu.entries, "YES") is not None and find_entry(menu.entries, "NO") is not None


def shows_party(state: GameState, menu: Menu) -> bool:
    """Whether a menu's entries are the creatures of the party."""
    return bool(state.party) and all(find_entry(menu.entries, one.nickname) is not None for one in state.party)


def about_learning(state: GameState, heard: str) -> bool:
    """Whether what is asked is about a new move; the question may have scrolled on."""
    said = heard[-RECENT:].casefold()
    return GIVE_UP in _said(state) or any(words in said for words in MAKE_ROOM)


def lesson_of(game: Game, state: GameState, heard: str) -> Lesson | None:
    """What is to be learned, by the last words about it."""
    found = LEARNING.findall(heard)
    if not found:
        return None
    who, move = found[-1]
    pupil = next((one for one in state.party if one.nickname == who), state.party[0])
    return Lesson(move, _weakest(game, pupil, move))


def _weakest(game: Game, pupil: Creature, new: str) -> str:
    """The move that is worth less than the new one and least of all; "" if there is none."""
    number = next((number for number, name in game.cartridge.moves.items() if plain(name) == plain(new)), 0)
    worth = {
        move.name: lasting_worth(game, move.identifier, pupil.types) for move in pupil.moves if move.name not in KEPT
    }
    least = min(worth, key=lambda name: worth[name], default="")
    return least if least and worth[least] < lasting_worth(game, number, pupil.types) else ""


def _reply(game: Game, state: GameState, heard: str) -> str:
    said = _said(state)
    if about_learning(state, heard):
        lesson = lesson_of(game, state, heard)
        return "YES" if (GIVE_UP in said) != bool(lesson and lesson.forget) else "NO"
    return next((reply for words, reply in ANSWERS if words in said), "NO")


def _said(state: GameState) -> str:
    return state.dialogue.text.casefold() if state.dialogue else " ".join(state.text).casefold()


def _send_next(game: Game, state: GameState) -> None:
    """The strongest of those who can still fight."""
    able = [one for one in state.party if one.hp] or list(state.party)
    point_at(game, max(able, key=lambda one: one.level * one.hp).nickname)
    tap(game, "a")
    game.wait(20)
    menu = game.state().menu
    if menu is not None and find_entry(menu.entries, "SWITCH") is not None:
        choose(game, "SWITCH")
