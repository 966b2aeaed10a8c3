"""What the game is doing, and waiting until that is over: conditions in memory, never a number of frames."""

from __future__ import annotations

from collections.abc import Callable

from pokerl.cartridge import STANDING, STEADY, GameState
from pokerl.play import Game

BOX_ROW = 12
BOX_CORNER = 0x79
GLANCE = 24
PATIENCE = 100


def settle(game: Game, patience: int = PATIENCE, see: Callable[[GameState], None] | None = None) -> str:
    """Wait until the player can act, and say on what: "free", "battle", "menu", "text", or "busy" if it never comes.

    "text" is only said of text that waits, or that has stood still. ``see`` is shown each state on the way.
    """
    before: tuple[str, ...] = ()
    for _ in range(patience):
        if game.until(*STANDING, limit=GLANCE, stable=STEADY) and not box_open(game):
            return "free"
        state = game.state()
        if see:
            see(state)
        kind = situation(state)
        if kind in ("battle", "menu") or (kind == "text" and (state.text == before or waits(state))):
            return kind
        before = state.text
    return "busy"


def situation(state: GameState) -> str:
    """What a state shows: "battle", "menu", "text", or "map"."""
    if state.battle:
        return "battle"
    if state.menu:
        return "menu"
    return "text" if state.dialogue else "map"


def waits(state: GameState) -> bool:
    """Whether a text box asks for a button."""
    return state.dialogue is not None and state.dialogue.waits


def box_open(game: Game) -> bool:
    """Whether the text box at the bottom is drawn."""
    return game.byte(game.address("wTileMap") + BOX_ROW * 20) == BOX_CORNER


def tap(game: Game, button: str) -> None:
    """Press a button as briefly as every menu and text box notices."""
    game.press(button, hold=3, wait=5)
