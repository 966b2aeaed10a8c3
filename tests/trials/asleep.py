"""The demo game at the moments at which it sleeps: its work for a frame is done and nothing changes until the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pokerl.emulator.core import PyBoy
from pokerl.emulator.protocol import BUTTONS

SLEEP = bytes.fromhex("3E01E0D67600")
"""How the game's routine begins that waits for the next frame."""

Runs = Iterable[Iterable[int]]
"""Buttons and for how many frames, one after the other."""


def play(rom: Path, runs: Runs, asleep: Callable[[Any], None]) -> None:
    """Play from power-on.

    Args:
        rom: the demo game or a copy of it.
        runs: the inputs.
        asleep: called with PyBoy's memory whenever the game goes to sleep.
    """
    console: Any = PyBoy(str(rom), window="null", sound_emulated=False)
    console.set_emulation_speed(0)
    console.hook_register(0, rom.read_bytes().index(SLEEP), asleep, console.memory)
    held = 0
    for mask, frames in runs:
        for name, bit in BUTTONS.items():
            if (mask ^ held) & bit:
                (console.button_press if mask & bit else console.button_release)(name)
        held = mask
        console.tick(frames, False)
    console.stop(save=False)
