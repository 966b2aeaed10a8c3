"""From power-on to the first step."""

from __future__ import annotations

from pokerl.play import Game

from .menus import choose, find_entry
from .waiting import settle

PRESSES = 900


def begin_game(game: Game) -> str:
    """Through title and introduction, with the names that the game proposes."""
    for turn in range(PRESSES):
        state = game.state()
        if state.running and not state.dialogue and not state.menu and settle(game) == "free":
            player = state.player
            return f"the game began: {player.map_name} ({player.x}, {player.y})"
        entries = state.menu.entries if state.menu else ()
        if find_entry(entries, "NEW GAME") is not None:
            choose(game, "NEW GAME")
        elif entries[:1] == ("NEW NAME",):
            choose(game, entries[1])
        else:
            game.press("start" if turn % 4 == 0 else "a", hold=4, wait=12)
    return "no game began"
