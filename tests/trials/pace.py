"""Does the demo game keep sixty frames a second? Frames of the recorded walkthrough in which it was not done in time.

    python -m tests.trials.pace

The clock that the game shows counts every frame of the screen; the game itself counts those that it lived through
(C001). Where the first runs ahead, frames were lost. None may be. What a frame has no time for is cut into pieces: a
turn's reckoning, pictures (eight tiles a frame), the blocks of a neighbour map (while the step onto it is made). Only a
map that is entered through a door is loaded with the screen off, when no frame is drawn and the clock stands still too.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from pokerl import shipped
from tests.trials.asleep import Runs, play

DEMO = shipped.path("cartridges/demo")
TICKS, CLOCK, CLOCK_RUNS = 0xC001, 0xDA41, 0xC000
WINDOW_TOP, BATTLE, MAP, STEPPING = 0xFFB0, 0xD057, 0xD35E, 0xD528
NO_WINDOW = 144


class Pace:
    """Frames and lost frames by what went on."""

    def __init__(self) -> None:
        self.frames: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self._before: tuple[int, int, int, int] | None = None

    def asleep(self, memory: Any) -> None:
        """Count what passed since the game slept last."""
        if not memory[CLOCK_RUNS]:
            return
        hours, _, minutes, seconds, frames = memory[CLOCK : CLOCK + 5]
        clock = ((hours * 60 + minutes) * 60 + seconds) * 60 + frames
        now = (clock, memory[TICKS] | memory[TICKS + 1] << 8, memory[MAP], memory[STEPPING])
        if self._before is not None:
            self._count(self._before, now, self._kind(self._before, now, memory))
        self._before = now

    def _count(self, before: tuple[int, ...], now: tuple[int, ...], kind: str) -> None:
        self.frames[kind] += 1
        self.lost[kind] += max(0, now[0] - before[0] - (now[1] - before[1]) % 0x10000)

    @staticmethod
    def _kind(before: tuple[int, ...], now: tuple[int, ...], memory: Any) -> str:
        if before[2] != now[2]:
            return "another map"
        if memory[BATTLE]:
            return "battle"
        if memory[WINDOW_TOP] != NO_WINDOW:
            return "menus and texts"
        return "walking" if before[3] or now[3] else "standing"


def measure(runs: Runs) -> Pace:
    """The pace of the game over these inputs."""
    pace = Pace()
    play(DEMO / "demo.gb", runs, pace.asleep)
    return pace


def walkthrough() -> list[list[int]]:
    """The recorded inputs from power-on to the Hall of Fame."""
    found: list[list[int]] = json.loads((DEMO / "walkthrough.json").read_text(encoding="utf-8"))["runs"]
    return found


def main() -> int:
    pace = measure(walkthrough())
    print(f"{'':16} frames   lost")
    for kind, frames in pace.frames.most_common():
        print(f"{kind:16} {frames:6} {pace.lost[kind]:6}")
    return int(pace.lost.total() > 0)


if __name__ == "__main__":
    sys.exit(main())
