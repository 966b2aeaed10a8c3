"""Plays the demo cartridge from power-on to the Hall of Fame with buttons alone: python cartridges/demo/walkthrough.py

Luck is re-rolled on the way by going back to a saved state and waiting a little longer, but the buttons that led to
the end are one linear log: they are played again on a fresh console to prove it.
"""

import io
import json
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyboy import PyBoy

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "pokerl" / "cartridge" / "data" / "demo"
MOVES = {"down": (1, 0), "up": (-1, 0), "left": (0, -1), "right": (0, 1)}
SOLID = "#~v"
Square = tuple[int, int]
Log = list[tuple[str, int]]


def _data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def start_console() -> PyBoy:
    """A console without window or sound, as fast as it goes."""
    console = PyBoy(str(HERE / "demo.gb"), window="null", sound_emulated=False, ram_file=io.BytesIO(bytes(0x8000)))
    console.set_emulation_speed(0)
    return console


class Player:
    """Presses buttons, reads memory, and keeps the log: which button was held for how many frames ("" for none)."""

    def __init__(self) -> None:
        self.console = start_console()
        self.log: Log = []
        self.collision, self.warps = _data("collision"), _data("warps")

    def read(self, address: int) -> int:
        """One byte."""
        return int(self.console.memory[address])

    @property
    def place(self) -> tuple[int, int, int]:
        """Map, y, x."""
        return self.read(0xD35E), self.read(0xD361), self.read(0xD362)

    @property
    def frames(self) -> int:
        """Frames in the log."""
        return sum(frames for _, frames in self.log)

    def hold(self, button: str, frames: int) -> None:
        """Holds a button (or none) for some frames."""
        play(self.console, button, frames)
        self.log.append((button, frames))

    def press(self, button: str, wait: int = 8) -> None:
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

    # ---------------------------------------------------------------- walking

    def _people(self) -> set[Square]:
        slots = [0xC100 + 16 * slot for slot in range(1, self.read(0xD4E1) + 1)]
        return {(self.read(slot + 0x104) - 4, self.read(slot + 0x105) - 4) for slot in slots if self.read(slot)}

    def _next(self, at: Square) -> Iterator[tuple[str, Square]]:
        rows = self.collision[f"{self.read(0xD35E):02X}"]
        for button, (down, right) in MOVES.items():
            y, x = at[0] + down, at[1] + right
            if not (0 <= y < len(rows) and 0 <= x < len(rows[0])):
                continue
            if rows[y][x] == "v" and button == "down":
                yield button, (y + 1, x)
            elif rows[y][x] not in SOLID:
                yield button, (y, x)

    def path(self, goal: Square) -> list[str]:
        """Buttons to a square of this map, around people and other doors."""
        here = self.place
        doors = {(w["y"], w["x"]) for w in self.warps[f"{here[0]:02X}"]["warps"] if w["kind"] == "door"}
        blocked = (self._people() | doors) - {goal}
        came: dict[Square, tuple[Square, str]] = {}
        queue = deque([(here[1], here[2])])
        while queue and goal not in came:
            at = queue.popleft()
            for button, to in self._next(at):
                if to not in came and to not in blocked and to != (here[1], here[2]):
                    came[to] = (at, button)
                    queue.append(to)
        buttons: list[str] = []
        while goal in came:
            goal, button = came[goal]
            buttons.append(button)
        return buttons[::-1]

    def step(self, button: str) -> None:
        """Holds a direction until the place changes; wild glims are fought on the way."""
        before = self.place
        for _ in range(60):
            self.hold(button, 1)
            if self.place != before or self.read(0xD057):
                break
        self.hold("", 3)
        if self.read(0xD057):
            self.fight()

    def walk(self, y: int, x: int) -> None:
        """To a square of this map."""
        here = self.place[0]
        for _ in range(500):
            if self.place == (here, y, x) or self.place[0] != here:
                return
            self._one_step(y, x)
        raise RuntimeError(f"stuck at {self.place}")

    def _one_step(self, y: int, x: int) -> None:
        buttons = self.path((y, x))
        if not buttons:
            raise RuntimeError(f"no way from {self.place} to {y}, {x}")
        self.step(buttons[0])

    def leave(self, y: int, x: int, button: str) -> None:
        """Through a door, a mat or an edge."""
        here = self.place[0]
        self.walk(y, x)
        while self.place[0] == here:
            self.step(button)
        self.hold("", 40)

    # ---------------------------------------------------------------- talking and fighting

    def press_until(self, button: str, address: int, mask: int, most: int = 4000) -> bool:
        """Presses until a bit of memory is set."""
        for _ in range(most):
            if self.read(address) & mask:
                return True
            self.press(button, 5)
        return False

    def dismiss(self) -> None:
        """Closes what is still being said: presses B until the window layer is gone."""
        self.hold("", 30)
        for _ in range(200):
            if self.read(0xFFB0) == 144:
                break
            self.press("b", 5)
        self.hold("", 10)

    def fight(self) -> None:
        """First move, again and again."""
        while self.read(0xD057):
            self.press("a", 5)
        self.hold("", 60)
        self.dismiss()

    def duel(self, event: tuple[int, int]) -> bool:
        """Talks to a leader in front of the player and fights; True if that set the event."""
        home = self.place[0]
        self.press("a", 10)
        for _ in range(6000):
            if self.read(event[0]) & event[1]:
                self.dismiss()
                return True
            if self.place[0] != home:
                return False
            self.press("a", 5)
        return False

    def duel_with_luck(self, event: tuple[int, int], tries: int = 60) -> int:
        """Waits one frame longer each time until the duel is won; returns the number of tries."""
        saved = self.save()
        for wait in range(tries):
            self.back_to(saved)
            self.hold("", 1 + wait * 7)
            if self.duel(event):
                return wait + 1
        raise RuntimeError("no luck")


def play(console: PyBoy, button: str, frames: int) -> None:
    """Holds one button for some frames."""
    if button:
        console.button_press(button)
    console.tick(frames, False)
    if button:
        console.button_release(button)


def to_leader(player: Player) -> None:
    """Power-on to the square in front of the gym's leader."""
    player.hold("", 90)
    player.press("start", 20)
    while player.read(0xD3AE) == 0 or player.place[0] != 0x26:
        player.press("a", 5)
    player.hold("", 20)
    player.leave(1, 7, "up")
    player.leave(7, 2, "down")
    player.leave(12, 13, "up")
    player.walk(4, 7)
    player.hold("up", 3)
    player.press_until("a", 0xD74B, 0x10)
    player.dismiss()
    player.leave(11, 4, "down")
    player.leave(0, 10, "up")
    player.leave(0, 10, "up")
    player.leave(11, 15, "up")
    player.walk(2, 4)
    player.hold("up", 3)
    player.hold("", 5)


def heal_in_lobby(player: Player) -> None:
    """The nurse of the league stands at the side; she is spoken to from the left."""
    player.walk(7, 7)
    player.hold("right", 3)
    player.press("a", 10)
    for _ in range(40):
        player.press("a", 5)
        if player.read(0xD719) == 0xAE:
            break
    player.dismiss()


def to_champion(player: Player) -> None:
    """From the leader to the square in front of the champion."""
    player.leave(13, 4, "down")
    player.leave(4, 10, "up")
    heal_in_lobby(player)
    player.leave(1, 4, "up")
    player.walk(4, 4)
    player.hold("up", 3)
    player.hold("", 5)


def to_hall(player: Player) -> None:
    """From the champion to the end."""
    player.leave(1, 4, "up")
    player.press_until("a", 0xD5A2, 0xFF)
    player.hold("", 120)


def replay(log: Log) -> PyBoy:
    """Plays a log on a fresh console."""
    console = start_console()
    for button, frames in log:
        play(console, button, frames)
    return console


def main() -> int:
    """The whole way, then the proof."""
    player = Player()
    to_leader(player)
    print(f"in front of the leader after {player.frames} frames, level {player.read(0xD18C)}")
    tries = player.duel_with_luck((0xD755, 0x80))
    print(f"leader beaten after {player.frames} frames, in try {tries}, level {player.read(0xD18C)}")
    to_champion(player)
    tries = player.duel_with_luck((0xD867, 0x02))
    print(f"champion beaten after {player.frames} frames, in try {tries}, level {player.read(0xD18C)}")
    to_hall(player)
    print(f"Hall of Fame after {player.frames} frames")
    again = replay(player.log)
    same = bytes(again.memory[0xC000:0xE000]) == bytes(player.console.memory[0xC000:0xE000])
    print(f"replayed from power-on: same memory: {same}, teams in the hall: {again.memory[0xD5A2]}")
    return 0 if same and again.memory[0xD5A2] else 1


if __name__ == "__main__":
    sys.exit(main())
