"""Dialogue: pressing on through text boxes and keeping what they say."""

from __future__ import annotations

from pokerl.cartridge import GameState
from pokerl.play import Game

from .waiting import settle, tap, waits

PATIENCE = 90
"""Presses that may change nothing on the screen before the game counts as busy with itself."""
GLANCES = 4
"""Looks in which the text beside a menu must not change: the arrow of a text that waits blinks."""
WHILE = 8
"""Glances after which a picture without a text box is taken for one that wants a button (a page of the dex)."""
LINES = (14, 16)
"""Rows of the text box in which text stands."""
PAUSE = 5
"""Looks without a change after which a text that shows no arrow wants a button all the same."""
CHANGING = ("is evolving", "is changing")
"""Said while a creature changes its shape, which B would stop."""


class Heard:
    """Lines of dialogue in the order in which they came; a box that scrolls repeats a line, which is kept once.

    Attributes:
        lines: what was said.
        unchanged: for how many looks the screen has shown the same.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.unchanged = 0
        self._shown: list[str] = []
        self._screen: tuple[str, ...] = ()

    def take(self, state: GameState) -> None:
        """Keep what the box says now."""
        self.unchanged = self.unchanged + 1 if state.text == self._screen else 0
        self._screen = state.text
        if state.dialogue is None:
            self._shown = []
            return
        now = _lines(state)
        for line in now:
            if line in self._shown or (self.lines and self.lines[-1].startswith(line)):
                continue
            if self.lines and line.startswith(self.lines[-1]):  # the same line, typed out further
                self.lines[-1] = line
            else:
                self.lines.append(line)
        self._shown = now

    def skip(self, state: GameState) -> None:
        """Take what the box says now for known."""
        self._shown = _lines(state)

    def text(self) -> str:
        """All of it."""
        return " ".join(self.lines)


def read_on(game: Game, heard: Heard | None = None) -> tuple[str, str]:
    """Press B through text until it ends, a menu asks something or a battle begins.

    B goes on like A but neither talks again nor chooses anything.

    Returns:
        What was said, and on what it ended: "free", "menu", "battle", or "busy" if the game does not go on.
    """
    heard = heard or Heard()
    before, still = game.state().text, 0
    while still < PATIENCE:
        state = game.state()
        heard.take(state)
        if state.battle:
            return heard.text(), "battle"
        if _asks(game, state):
            return heard.text(), "menu"
        end = settle(game, WHILE, heard.take) if state.dialogue is None else ""
        if end in ("free", "battle"):
            return heard.text(), end
        if end in ("", "busy") and (state.menu is None or waits(state)):
            go_on(game, state, heard)
        still = still + 1 if state.text == before else 0
        before = state.text
    return heard.text(), "busy"


def _asks(game: Game, state: GameState) -> bool:
    """Whether a menu is there for good: an old one may still stand beside a text that grows or waits for a button."""
    if state.menu is None or waits(state):
        return False
    for _ in range(GLANCES if state.dialogue else 0):
        game.wait(10)
        now = game.state()
        if now.text != state.text or waits(now):
            return False
    return True


def go_on(game: Game, state: GameState, heard: Heard) -> None:
    """Press B if the text grows, which hurries it, or waits; else give what follows a moment to be drawn.

    A B that meets the next menu would close it, and one while a creature changes its shape would stop that.
    """
    said = state.dialogue.text.casefold() if state.dialogue and not waits(state) else ""
    changing = any(words in said for words in CHANGING)
    if changing or (said and 0 < heard.unchanged <= PAUSE):
        game.wait(8)
    else:
        tap(game, "b")


def _lines(state: GameState) -> list[str]:
    return [line for row in LINES if (line := _line(state.text[row]))]


def _line(row: str) -> str:
    return row.strip(" │─┌┐└┘▼").strip()
