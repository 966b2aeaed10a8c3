"""Shops: going to a clerk, looking at the list, buying and selling."""

from __future__ import annotations

import re

from pokerl.cartridge import GameState
from pokerl.play import Game

from . import maps, services
from .medicine import amount_of
from .menus import all_entries, await_menu, choose, find_entry, leave_menus
from .reading import Heard
from .talking import meet, speak
from .waiting import tap, waits
from .walking import Handler

LOOKS = 110
AMOUNT = re.compile("[\N{MULTIPLICATION SIGN}x]([0-9]{2})")
FULL_AMOUNT = 99


def enter_shop(game: Game, handle: Handler, where: str = "") -> str:
    """Have a clerk's BUY / SELL menu open: the one that is, or that of the nearest clerk (of a map); "" or why not."""
    if _offers(game.state()):
        return ""
    clerks = {place: name for place, name in services.clerks(game).items() if not where or where.upper() in name}
    here = {place: name for place, name in clerks.items() if place.map == game.byte("wCurMap")}
    place, reason = services.nearest(game, here or clerks)
    if place is None:
        return f"no clerk can be reached: {reason}"
    problem = meet(game, place, handle)
    if problem:
        return f"stopped on the way to {maps.world(game).maps[place.map].name}: {problem}"
    said = speak(game)
    return "" if _offers(game.state()) else f"the clerk sells nothing now: {said}"


def wares(game: Game) -> str:
    """What the clerk sells, with prices; the shop is left."""
    problem = choose(game, "BUY") or _await_list(game)
    found = [] if problem else all_entries(game)
    leave_menus(game)
    return problem or f"for sale: {', '.join(entry for entry in found if entry != 'CANCEL')}"


def trade(game: Game, what: str, item: str, count: int) -> str:
    """ "BUY" or "SELL" so many pieces at the open menu, then leave; what was traded, or why nothing was."""
    before = game.state()
    heard = Heard()
    problem = (
        choose(game, what)
        or _await_list(game)
        or choose(game, item)
        or _set_amount(game, count, heard)
        or _confirm(game, heard)
    )
    leave_menus(game, heard)
    after = game.state()
    traded = abs(amount_of(after, item) - amount_of(before, item))
    if not traded:
        return f"nothing traded: {problem or heard.text()}"
    paid = abs(before.player.money - after.player.money)
    done = "bought" if what == "BUY" else "sold"
    return f"{done} {traded} {item} for {paid}; money {after.player.money}"


def _offers(state: GameState) -> bool:
    return state.menu is not None and find_entry(state.menu.entries, "BUY") is not None


def _await_list(game: Game) -> str:
    """Wait until the list of things is there."""
    for _ in range(LOOKS):
        state = game.state()
        if state.menu is not None and not _offers(state):
            return "" if await_menu(game) else "the list is empty"
        if waits(state):
            return f"the clerk says: {state.dialogue.text if state.dialogue else ''}"
        game.wait(4)
    return "the clerk shows no list"


def _set_amount(game: Game, count: int, heard: Heard) -> str:
    for _ in range(LOOKS):
        state = game.state()
        heard.take(state)
        shown = AMOUNT.findall("\n".join(state.text))
        if not shown:
            if waits(state):
                return f"the clerk says: {heard.text()}"
            game.wait(4)
            continue
        now = int(shown[-1])
        if now == count:
            tap(game, "a")
            return ""
        tap(game, "up" if now < count else "down")
    return f"{count} cannot be chosen (1 to {FULL_AMOUNT}, or as many as there are)"


def _confirm(game: Game, heard: Heard) -> str:
    """Say YES, and read what the clerk says then."""
    for _ in range(LOOKS):
        state = game.state()
        heard.take(state)
        if state.menu is not None and find_entry(state.menu.entries, "YES") is not None:
            heard.lines.clear()
            return choose(game, "YES")
        if waits(state):
            tap(game, "b")
        game.wait(4)
    return f"the clerk did not ask: {heard.text()}"
