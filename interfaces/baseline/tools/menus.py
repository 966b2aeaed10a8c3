"""Menus by the text of their entries."""

from __future__ import annotations

from typing import Protocol

from pokerl.cartridge import STEADY, GameState
from pokerl.cartridge.screen import Menu
from pokerl.cartridge.standing import NO_WINDOW
from pokerl.play import Game

from .waiting import tap

TRIES = 90
LOOKS = 40
CURSOR = "▶"
BAG_WORDS, TEAM_WORDS = ("ITEM", "BAG"), ("POKéMON", "PKMN", "TEAM", "PARTY")
"""What games call these in their menus."""


class Hearing(Protocol):
    """Keeps what is said."""

    def take(self, state: GameState) -> None:
        """Keep what the box says now."""


def find_entry(entries: tuple[str, ...], wanted: str) -> int | None:
    """Which entry is meant: the same text, else one that begins with it, else one that contains it."""
    named, goal = [plain(entry) for entry in entries], plain(wanted)
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for index, entry in enumerate(named):
            if fits(entry, goal):
                return index
    return None


def point_at(game: Game, wanted: str) -> str:
    """Move the cursor to an entry, scrolling if need be; "" if it is there now, else why not."""
    seen: list[str] = []
    button, stuck = "down", 0
    for _ in range(TRIES):
        menu = await_menu(game)
        if menu is None:
            return "there is no menu"
        seen += [entry for entry in menu.entries if entry not in seen]
        goal = find_entry(menu.entries, wanted)
        if goal == menu.cursor:
            return ""
        before = _mark(menu)
        tap(game, ("down" if goal > menu.cursor else "up") if goal is not None else button)
        after = game.state().menu
        stuck = stuck + 1 if after is not None and _mark(after) == before else 0
        if stuck > 2 and goal is None:
            if button == "up":
                break
            button, stuck = "up", 0
    return f"no entry {wanted!r}; there are {', '.join(seen)}"


def choose(game: Game, *wanted: str) -> str:
    """Choose entries, one menu after another; "" if all were chosen, else what went wrong."""
    for entry in wanted:
        problem = point_at(game, entry)
        if problem:
            return problem
        choose_here(game)
    return ""


def choose_one_of(game: Game, words: tuple[str, ...]) -> str:
    """Choose the first of these words that the menu has; "" or what went wrong."""
    menu = await_menu(game)
    entries = menu.entries if menu else ()
    return choose(game, next((word for word in words if find_entry(entries, word) is not None), words[0]))


def choose_here(game: Game) -> str:
    """Press A where the cursor is and wait until the screen answers; ""."""
    before = game.state()
    tap(game, "a")
    for _ in range(LOOKS):
        if _changed(before, game.state()):
            break
        game.wait(2)
    else:
        tap(game, "a")
    return ""


def all_entries(game: Game) -> list[str]:
    """Every entry of a list that scrolls, from where the cursor is down to its end."""
    seen: list[str] = []
    for _ in range(TRIES):
        menu = await_menu(game)
        if menu is None:
            break
        seen += [entry for entry in menu.entries if entry not in seen]
        tap(game, "down")
        after = game.state().menu
        if after is None or _mark(after) == _mark(menu) or after.cursor < menu.cursor:
            break
    return seen


def await_menu(game: Game, looks: int = LOOKS) -> Menu | None:
    """The menu on the screen, waiting a moment for one that is being drawn."""
    for _ in range(looks):
        menu = game.state().menu
        if menu is not None and menu.entries:
            return menu
        game.wait(3)
    return None


def leave_menus(game: Game, heard: Hearing | None = None) -> None:
    """Press B until neither menu nor text is open; what is said meanwhile goes to ``heard``."""
    for _ in range(TRIES):
        if game.until(*NO_WINDOW, limit=2 * STEADY, stable=STEADY):
            return
        state = game.state()
        if state.battle:
            return
        if heard:
            heard.take(state)
        tap(game, "b")


def choose_in_grid(game: Game, word: str) -> str:
    """Choose a word of a menu with two columns, by where it and the cursor are on the screen; "" if it was chosen."""
    for _ in range(TRIES):
        rows = game.state().text
        goal, cursor = _find(rows, word), _find(rows, CURSOR)
        if goal is None or cursor is None:
            return f"there is no {word!r} on the screen"
        if goal[0] != cursor[0]:
            tap(game, "down" if goal[0] > cursor[0] else "up")
        elif goal[1] < cursor[1]:
            tap(game, "left")
        elif goal[1] > cursor[1] + 1:
            tap(game, "right")
        else:
            return choose_here(game)
    return f"the cursor does not reach {word!r}"


def _mark(menu: Menu) -> tuple[object, ...]:
    return menu.entries, menu.row, menu.column, menu.scroll


def _changed(before: GameState, now: GameState) -> bool:
    return now.menu is None or before.text != now.text


def plain(text: str) -> str:
    """A name as menus, bags and people spell it alike."""
    return " ".join(text.casefold().replace("é", "e").replace("_", " ").split())


def _find(rows: tuple[str, ...], word: str) -> tuple[int, int] | None:
    """Row and column of a word on the screen, the lowest one."""
    return next(((y, rows[y].rfind(word)) for y in reversed(range(len(rows))) if word in rows[y]), None)
