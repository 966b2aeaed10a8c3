"""Getting the party whole again: at a nurse, or out of the bag."""

from __future__ import annotations

from pokerl.play import Game

from . import maps, services
from .bag import use_item
from .medicine import cure_for, healer_for
from .menus import find_entry
from .reading import read_on
from .talking import answer, meet, speak
from .walking import Handler

HEALED = "everyone is healed"
WORDS = ("HEAL", "YES")
QUESTIONS = 4
DOSES = 12


def heal_party(game: Game, handle: Handler) -> str:
    """Go to the nearest nurse and have everyone healed; ``HEALED``, or why not."""
    place, reason = services.nearest(game, services.nurses(game))
    if place is None:
        return f"no nurse can be reached: {reason}"
    problem = meet(game, place, handle)
    if problem:
        return f"stopped on the way to {maps.world(game).maps[place.map].name}: {problem}"
    said = speak(game)
    for _ in range(QUESTIONS):
        menu = game.state().menu
        if menu is None:
            break
        wanted = next((word for word in WORDS if find_entry(menu.entries, word) is not None), menu.entries[0])
        said = answer(game, wanted)
    read_on(game)
    whole = all(one.hp == one.maximum_hp and not one.status for one in game.state().party)
    return HEALED if whole else f"not healed: {said}"


def mend_party(game: Game, below: float, whom: int = 6) -> list[str]:
    """Give medicine from the bag to the first ``whom`` creatures: for a condition, or if HP are below a share.

    Returns:
        What each dose did; empty if nobody needed one or the bag has none.
    """
    done: list[str] = []
    for slot in range(whom):
        for _ in range(DOSES):
            item, nickname = _needed(game, slot, below)
            if not item:
                break
            done.append(use_item(game, item, nickname))
            if not done[-1].startswith("used"):
                return done
    return done


def _needed(game: Game, slot: int, below: float) -> tuple[str, str]:
    """The medicine for a creature of the party, and its name; "" if it needs none or there is none."""
    state = game.state()
    if slot >= len(state.party) or not state.party[slot].hp:
        return "", ""
    one = state.party[slot]
    weak = one.hp < below * one.maximum_hp
    return cure_for(state, one) or (healer_for(state, one) if weak else ""), one.nickname
