"""Errands: talking across a map, healing, shopping, using things."""

from __future__ import annotations

import re

from pokerl.atlas import Place
from pokerl.cartridge import GameState
from pokerl.play import Game

from . import maps
from .menus import await_menu, choose, find_entry, leave_menus
from .reading import Heard, read_on
from .waiting import box_open, settle, tap, waits
from .walking import Handler, turn, walk_through

CENTRE_NAMES = ("POKECENTER", "CENTRE", "CENTER")
HEAL_WORDS = ("HEAL", "YES")
AMOUNT = re.compile("[\N{MULTIPLICATION SIGN}x]([0-9]{2})")
TRIES = 110


def speak(game: Game) -> str:
    """Press A at what the player faces and read to the end; what was said, and what is asked if a menu opens."""
    for _ in range(4):
        tap(game, "a")
        if _answered(game):
            break
    else:
        return "nobody answered"
    said, end = read_on(game)
    return said + _asked(game, end)


def answer(game: Game, entry: str) -> str:
    """Choose an entry of the menu that is open and read on."""
    problem = choose(game, entry)
    if problem:
        return problem
    said, end = read_on(game)
    return (said or f"chose {entry}") + _asked(game, end)


def meet(game: Game, place: Place, handle: Handler) -> str:
    """Walk beside somebody (also across a counter) and face them; "" when that is done."""
    return walk_through(game, place, handle, beside=True)


def nearest_centre(game: Game) -> tuple[Place | None, str]:
    """Where the nurse of the nearest healing centre stands, or why none can be reached."""
    state = game.state()
    nurses = [
        Place(one.identifier, nurse.x, nurse.y)
        for one in maps.world(game).maps.values()
        if any(one.name.endswith(name) for name in CENTRE_NAMES) and one.people and "SAFARI" not in one.name
        for nurse in [min(one.people, key=lambda person: person.slot)]
    ]
    path = maps.find_path(game, state, nurses, beside=True)
    there = [nurse for nurse in nurses if nurse.map == path.end.map]
    return (there[0], "") if path and there else (None, path.reason)


def heal_party(game: Game, handle: Handler) -> str:
    """Go to the nearest centre and have everyone healed."""
    place, reason = nearest_centre(game)
    if place is None:
        return f"no centre can be reached: {reason}"
    problem = meet(game, place, handle)
    if problem:
        return f"stopped on the way to the centre at {maps.world(game).maps[place.map].name}: {problem}"
    said = speak(game)
    for _ in range(4):
        menu = game.state().menu
        if menu is None:
            break
        wanted = next((word for word in HEAL_WORDS if find_entry(menu.entries, word) is not None), menu.entries[0])
        said = answer(game, wanted)
    read_on(game)
    state = game.state()
    whole = all(one.hp == one.maximum_hp for one in state.party)
    return "everyone is healed" if whole else f"not healed: {said}"


def buy_item(game: Game, item: str, count: int) -> str:
    """Buy at the clerk whom the player faces."""
    before = game.state()
    had, money = amount_of(before, item), before.player.money
    if before.menu is None:
        speak(game)
    problem = choose(game, "BUY")
    if not problem and await_menu(game) is not None:
        _read_to_menu(game)
        problem = choose(game, item) or _set_amount(game, count) or _confirm(game)
    _close(game)
    after = game.state()
    got = amount_of(after, item) - had
    if got:
        return f"bought {got} {item} for {money - after.player.money}; {after.player.money} left"
    return f"bought nothing: {problem or 'the clerk refused (money or room in the bag?)'}"


def sell_or_use(game: Game, item: str, target: str = "") -> str:
    """Use an item out of the bag while walking about."""
    before = game.state()
    tap(game, "start")
    problem = choose(game, "ITEM", item, "USE")
    heard = Heard()
    for _ in range(TRIES):
        if problem:
            break
        state = game.state()
        heard.take(state)
        menu = state.menu
        if menu is not None and any(find_entry(menu.entries, one.nickname) is not None for one in state.party):
            problem = choose(game, target or state.party[0].nickname)
        elif menu is not None and find_entry(menu.entries, "YES") is not None:
            problem = choose(game, "YES")
        elif menu is not None or (state.dialogue is None and settle(game) == "free"):
            break
        else:
            tap(game, "b")
    leave_menus(game)
    settle(game)
    after = game.state()
    used = amount_of(before, item) - amount_of(after, item)
    return f"used {item}: {heard.text()} {'; '.join(before.diff(after)[:4])}" if used or not problem else problem


def amount_of(state: GameState, item: str) -> int:
    """How many of an item are in the bag."""
    names = tuple(each.name for each in state.bag)
    index = find_entry(names, item)
    return 0 if index is None else state.bag[index].quantity


def face(game: Game, direction: str) -> str:
    """Turn, if a direction is given."""
    return turn(game, direction) if direction else ""


def _answered(game: Game) -> bool:
    for _ in range(8):
        if game.byte("wFontLoaded") or game.byte("wIsInBattle") or box_open(game):
            return True
        game.wait(3)
    return settle(game) != "free"


def _asked(game: Game, end: str) -> str:
    menu = await_menu(game) if end == "menu" else None
    return f" [asks: {' / '.join(menu.entries)}]" if menu else f" [{end}]" if end != "free" else ""


def _read_to_menu(game: Game) -> None:
    for _ in range(TRIES):
        menu = game.state().menu
        if menu is not None and find_entry(menu.entries, "BUY") is None:
            return
        game.wait(4)


def _set_amount(game: Game, count: int) -> str:
    for _ in range(TRIES):
        shown = AMOUNT.findall("\n".join(game.state().text))
        if not shown:
            game.wait(4)
            continue
        now = int(shown[-1])
        if now == count:
            tap(game, "a")
            return ""
        tap(game, "up" if now < count else "down")
    return f"the shop does not offer {count}"


def _confirm(game: Game) -> str:
    for _ in range(TRIES):
        state = game.state()
        if state.menu is not None and find_entry(state.menu.entries, "YES") is not None:
            return choose(game, "YES")
        if waits(state):
            tap(game, "b")
        game.wait(4)
    return "the clerk did not ask"


def _close(game: Game) -> None:
    for _ in range(TRIES):
        state = game.state()
        if state.menu is None and state.dialogue is None and not game.byte("wFontLoaded"):
            break
        tap(game, "b")
    settle(game)
