"""The order of the party."""

from __future__ import annotations

from pokerl.cartridge.words import creature_words
from pokerl.play import Game

from .menus import TEAM_WORDS, choose, choose_one_of, leave_menus
from .waiting import settle, tap


def put_first(game: Game, name: str) -> str:
    """Exchange the first creature of the party with another, by nickname; how the party stands, or why it did not."""
    kind = settle(game)
    if kind != "free":
        return f"not changed: {kind} comes first"
    first = game.state().party[:1]
    problem = "there is no party" if not first else ""
    if not problem and first[0].nickname != name:
        tap(game, "start")
        problem = choose_one_of(game, TEAM_WORDS) or choose(game, name, "SWITCH") or choose(game, first[0].nickname)
        leave_menus(game)
        settle(game)
    party = "; ".join(creature_words(one) for one in game.state().party)
    return f"not changed: {problem}" if problem else f"Party: {party}"
