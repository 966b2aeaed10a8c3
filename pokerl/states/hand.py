"""Making a start state by playing by hand, in a window."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from pokerl.cartridge import Cartridge, locate_rom
from pokerl.emulator import Machine
from pokerl.errors import UsageProblem
from pokerl.states.shelf import Kept, keep_state

RAM_BYTES = 0x20000
KEYS = "Arrows; A and S are the buttons A and B, Return is START, Backspace is SELECT. Escape keeps the state and ends."
"""What PyBoy's window takes."""


def make_state(cartridge: Cartridge, rom: str, name: str, folder: Path | None = None) -> Kept:
    """Open a window, let the user play until it is closed, and keep where the game stands then.

    Raises:
        UsageProblem: there is no screen.
    """
    if not has_screen():
        raise UsageProblem(
            "There is no screen here to play on.", "Run this where windows can open, or use `pokerl states import`."
        )
    place = locate_rom(cartridge, rom or None)
    machine = Machine(place, cartridge)
    try:
        machine.adopt(_play(place))
        return keep_state(machine.stored(label="made by hand"), name, folder)
    finally:
        machine.close()


def has_screen() -> bool:
    """Whether a window can be opened."""
    if sys.platform in ("darwin", "win32"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"))


def _play(rom: Path) -> bytes:
    """PyBoy's own window, at the speed of the console, until it is closed (or Escape is pressed); the state then."""
    from pokerl.emulator.core import PyBoy

    console = PyBoy(io.BytesIO(rom.read_bytes()), ram_file=io.BytesIO(bytes(RAM_BYTES)), window="SDL2")
    state = io.BytesIO()
    while console.tick():
        pass
    console.save_state(state)
    console.stop(save=False)
    return state.getvalue()
