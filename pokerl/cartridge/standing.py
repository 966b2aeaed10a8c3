"""When the player may be moved, as conditions for ``game.until`` (games with Red's memory)."""

from __future__ import annotations

from typing import Literal

Conditions = tuple[tuple[str, Literal["=="], int], ...]

NO_WINDOW: Conditions = (("hWY", "==", 144), ("wFontLoaded", "==", 0))
"""Nothing is drawn over the map: the window layer, which carries menus and text, lies below the screen."""

STANDING: Conditions = (
    *NO_WINDOW,
    ("wIsInBattle", "==", 0),
    ("wCurOpponent", "==", 0),
    ("wJoyIgnore", "==", 0),
    ("wSimulatedJoypadStatesIndex", "==", 0),
    ("wWalkCounter", "==", 0),
)
"""All of these hold while the player stands on a map and may be moved: no text, no menu, no battle that is about to
begin, no story that moves the player."""

STEADY = 14
"""Frames for which they must hold: a story that moves the player lets go of the buttons between two steps."""
