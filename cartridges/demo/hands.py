"""Hands on a console: buttons, memory, and the log of what was pressed."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyboy import PyBoy

HERE = Path(__file__).resolve().parent
ROM = HERE / "demo.gb"
EXPORTS = HERE.parent.parent / "pokerl" / "cartridge" / "data" / "demo"
BITS = {"right": 0x10, "left": 0x20, "up": 0x40, "down": 0x80, "a": 1, "b": 2, "select": 4, "start": 8, "": 0}


class Lost(Exception):
    """Every glim of the team has fainted."""


def exported(name: str) -> Any:
    """One of the cartridge's JSON tables."""
    return json.loads((EXPORTS / f"{name}.json").read_text(encoding="utf-8"))


def start_console() -> PyBoy:
    """A console without window or sound, as fast as it goes."""
    console = PyBoy(str(ROM), window="null", sound_emulated=False, ram_file=io.BytesIO(bytes(0x8000)))
    console.set_emulation_speed(0)
    return console


def play(console: PyBoy, button: str, frames: int) -> None:
    """Holds one button (or none) for some frames."""
    if button:
        console.button_press(button)
    console.tick(frames, False)
    if button:
        console.button_release(button)


class Hands:
    """Presses buttons, reads memory, and keeps the log: which button was held for how many frames ("" for none)."""

    def __init__(self) -> None:
        self.console = start_console()
        self.log: list[tuple[str, int]] = []

    def read(self, address: int) -> int:
        """One byte."""
        return int(self.console.memory[address])

    def word(self, address: int) -> int:
        """Two bytes, the more significant first."""
        return self.read(address) << 8 | self.read(address + 1)

    @property
    def place(self) -> tuple[int, int, int]:
        """Map, y, x."""
        return self.read(0xD35E), self.read(0xD361), self.read(0xD362)

    @property
    def frames(self) -> int:
        """Frames in the log."""
        return sum(frames for _, frames in self.log)

    @property
    def level(self) -> int:
        """Level of the first glim."""
        return self.read(0xD18C)

    @property
    def health(self) -> float:
        """Share of the first glim's hit points that is left."""
        return self.word(0xD16C) / max(1, self.word(0xD18D))

    def hold(self, button: str, frames: int) -> None:
        """Holds a button (or none) for some frames."""
        play(self.console, button, frames)
        self.log.append((button, frames))

    def press(self, button: str, wait: int = 6) -> None:
        """A short press."""
        self.hold(button, 2)
        self.hold("", wait)

    def save(self) -> tuple[io.BytesIO, int]:
        """State and length of the log."""
        state = io.BytesIO()
        self.console.save_state(state)
        return state, len(self.log)

    def back_to(self, saved: tuple[io.BytesIO, int]) -> None:
        """Forgets what happened since."""
        saved[0].seek(0)
        self.console.load_state(saved[0])
        del self.log[saved[1] :]

    def with_luck(self, deed: Callable[[], None], tries: int = 12) -> int:
        """Does something that may be lost; goes back and waits a little longer until it is not. Returns the tries."""
        saved = self.save()
        for attempt in range(tries):
            self.back_to(saved)
            self.hold("", 1 + attempt * 7)
            try:
                deed()
            except Lost:
                continue
            if self.health:
                return attempt + 1
        raise Lost(f"{tries} times at {self.place}, level {self.level}")
