"""Talking: walking up to somebody, speaking to them, answering."""

from __future__ import annotations

from collections.abc import Callable

from pokerl.atlas import Place
from pokerl.play import Game

from . import maps
from .menus import await_menu, choose
from .reading import Heard, read_on
from .waiting import box_open, settle, tap
from .walking import Handler, turn, walk_through

NOBODY = "nobody answered"
TAPS, TRIES = 4, 4
DRAWN = 60
"""Frames within which a menu that follows another is drawn."""


def face(game: Game, direction: str) -> str:
    """Turn, if a direction is given."""
    return turn(game, direction) if direction else ""


def meet(game: Game, place: Place, handle: Handler) -> str:
    """Walk beside somebody (also across a counter) and face them; "" when that is done."""
    return walk_through(game, place, handle, beside=True)


def speak(game: Game) -> str:
    """Press A at what the player faces and read to the end; what was said, and what is asked if a menu opens."""
    for _ in range(TAPS):
        tap(game, "a")
        if _answered(game):
            break
    else:
        return NOBODY
    said, end = read_on(game)
    return said + asked(game, end)


def address(game: Game, find: Callable[[], Place | str], handle: Handler) -> tuple[str, str]:
    """Walk to somebody or something and speak; why it was not reached or "", and what was said.

    Args:
        find: tells where it is now, or in a sentence why that is unknown; who walks about may leave meanwhile.
    """
    for _ in range(TRIES):
        place = find()
        if isinstance(place, str):
            return place, ""
        why = meet(game, place, handle)
        said = "" if why else speak(game)
        if why or said != NOBODY:
            return why, said
        if place == find():
            return "", speak_from_elsewhere(game, place, handle)
    return "", NOBODY


def speak_from_elsewhere(game: Game, place: Place, handle: Handler) -> str:
    """Try the other sides of what did not answer: some things are only read from below."""
    here = maps.place_of(game.state())
    for side, button in maps.sides(game, place).items():
        if side != here and not walk_through(game, side, handle) and not turn(game, button):
            said = speak(game)
            if said != NOBODY:
                return said
    return NOBODY


def answer(game: Game, entry: str) -> str:
    """Choose an entry of the menu that is open and read on."""
    heard = Heard()
    heard.skip(game.state())
    problem = choose(game, entry)
    if problem:
        return problem
    game.until(limit=DRAWN)  # a B that comes before the next menu is drawn would close it
    said, end = read_on(game, heard)
    return (said or f"chose {entry}") + asked(game, end)


def asked(game: Game, end: str) -> str:
    """What a text ended on, as a remark: the entries of a menu, or "battle", or nothing."""
    menu = await_menu(game) if end == "menu" else None
    return f" [asks: {' / '.join(menu.entries)}]" if menu else f" [{end}]" if end != "free" else ""


def _answered(game: Game) -> bool:
    for _ in range(8):
        if game.byte("wFontLoaded") or game.byte("wIsInBattle") or box_open(game):
            return True
        game.wait(3)
    return settle(game) != "free"
