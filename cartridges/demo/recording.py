"""A way through the game as a log of buttons: made by playing, proved by playing the log again on a fresh console."""

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hands import BITS, ROM, play, start_console
from pyboy import PyBoy
from walker import Walker

Deed = Callable[[Walker], None]


@dataclass(frozen=True)
class Recording:
    """One recorded way.

    Attributes:
        log: the JSON file: frames, memory at the end, the ROM that it was played on, and runs of [button mask, frames].
        story: named deeds, in order; one that is lost is tried again with other luck.
        reached: whether a console at the end of it stands where the story leads.
        goal: that in words.
    """

    log: Path
    story: tuple[tuple[str, Deed], ...]
    reached: Callable[[PyBoy], bool]
    goal: str

    def make(self) -> None:
        """Plays the whole story and writes the log."""
        player = Walker()
        for name, deed in self.story:
            tries = player.with_luck(lambda deed=deed: deed(player), 40)  # type: ignore[misc]
            print(f"{name}: {player.frames} frames, level {player.level}, try {tries}, at {player.place}", flush=True)
        runs = runs_of(player.log)
        log = {"frames": player.frames, "ram": ram_hash(replay(runs)), "rom": rom_hash(), "runs": runs}
        self.log.write_text(json.dumps(log, separators=(",", ":")) + "\n", encoding="utf-8")

    def check(self) -> int:
        """Plays the log on a fresh console; returns 0 if it still leads there with the same memory, else 1."""
        log = json.loads(self.log.read_text(encoding="utf-8"))
        console = replay(log["runs"])
        same = ram_hash(console) == log["ram"] and self.reached(console)
        print(f"{log['frames']} frames; {self.goal} with the same memory: {same}")
        if not same:
            played_on = "this demo.gb" if log["rom"] == rom_hash() else f"another demo.gb (SHA-1 {log['rom'][:12]})"
            print(
                f"{self.log.name} is stale: it was played on {played_on}. Play it again: make recordings",
                file=sys.stderr,
            )
        return 0 if same else 1


def rom_hash() -> str:
    """SHA-1 of the ROM."""
    return hashlib.sha1(ROM.read_bytes()).hexdigest()


def ram_hash(console: PyBoy) -> str:
    """SHA-256 of WRAM and HRAM."""
    memory = bytes(console.memory[0xC000:0xE000]) + bytes(console.memory[0xFF80:0xFFFF])
    return hashlib.sha256(memory).hexdigest()


def runs_of(log: list[tuple[str, int]]) -> list[list[int]]:
    """The log as [mask, frames], neighbours of one mask joined."""
    runs: list[list[int]] = []
    for button, frames in log:
        if runs and runs[-1][0] == BITS[button]:
            runs[-1][1] += frames
        else:
            runs.append([BITS[button], frames])
    return runs


def replay(runs: list[list[int]]) -> PyBoy:
    """Plays runs on a fresh console."""
    console, names = start_console(), {mask: button for button, mask in BITS.items()}
    for mask, frames in runs:
        play(console, names[mask], frames)
    return console


def main(*recordings: Recording) -> int:
    """Plays and proves them; with `--check` among the program's arguments only proves the logs that are there."""
    if "--check" not in sys.argv:
        for recording in recordings:
            recording.make()
    return max([recording.check() for recording in recordings])
