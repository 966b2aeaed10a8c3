"""Random players of the demo game: no hang, no corrupt state, no lost frame, whatever they press, wherever they start.

    python -m tests.trials.wandering              five million frames

A player who presses everything alike never leaves home, so players have habits, and most begin at a moment of the
recorded walkthrough: the first frame of each map, battle, menu and box on it. The same seed gives the same frames:
the digest of all memories at the ends of the legs proves it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pokerl import cartridge, shipped
from pokerl.cartridge import GameState
from pokerl.emulator import Machine
from pokerl.emulator.protocol import BUTTONS
from tests.trials.sanity import CLOCK_RUNS, HIGH, HIGH_LENGTH, WORK, WORK_LENGTH, clock, faults, state_of, ticks

ROM = "cartridges/demo/demo.gb"
WALKTHROUGH = "cartridges/demo/walkthrough.json"
LEG = 20_000
LOOK_EVERY = 40
SILENCE = 120
"""Frames in a row in which the main program must wake at least once; a map is loaded in fewer."""

HABITS: dict[str, dict[str, int]] = {
    "anything": dict.fromkeys(["", *BUTTONS], 1),
    "walking": {"up": 6, "down": 6, "left": 6, "right": 6, "a": 4, "b": 1, "start": 1, "": 1},
    "reading": {"a": 8, "b": 2, "up": 1, "down": 1, "left": 1, "right": 1, "": 1},
    "menus": {"start": 3, "a": 6, "b": 3, "up": 3, "down": 3, "left": 1, "right": 1, "select": 1, "": 1},
    "chords": {"a+b+start+select": 1, "up+down": 1, "left+right": 1, "a+up": 2, "b+down": 2, "start+a": 2, "": 1},
}


SAVED = "saved the game"


def _said(state: GameState) -> str:
    return state.dialogue.text if state.dialogue else ""


class Start(NamedTuple):
    """A moment to begin at."""

    name: str
    state: bytes


class Outcome(NamedTuple):
    """What a run of many legs showed."""

    frames: int
    legs: int
    maps: Counter[str]
    battles: int
    dialogues: int
    saved: int
    lost: int
    faults: list[str]
    digest: str


def starts(machine: Machine, until: int) -> Iterator[Start]:
    """Power-on, and the first moment of each situation of the walkthrough before a frame: map, battle, menu or box."""
    yield Start("power-on", machine.save())
    known: set[tuple[int, ...]] = set()
    log = json.loads(shipped.path(WALKTHROUGH).read_text(encoding="utf-8"))
    for mask, frames in log["runs"]:
        machine.run(mask, frames)
        if machine.frame > until:
            return
        here = _situation(machine)
        if here not in known:
            known.add(here)
            yield Start(f"frame {machine.frame}", machine.save())


def _situation(machine: Machine) -> tuple[int, ...]:
    covered = machine.byte(0xFFB0) != 144
    menu = (machine.byte(0xCC24), machine.byte(0xCC25)) if covered else (0, 0)
    return machine.byte(0xD35E), machine.byte(0xD057), covered, *menu


class Behind:
    """How far the game falls behind its clock, which counts each frame of the screen."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._last = 0

    def look(self, work: bytes) -> None:
        """Read both, once the clock runs; a new game or a saved one sets it, and the counting begins."""
        if not work[CLOCK_RUNS - WORK]:
            self._first = None
            return
        self._last = (clock(work) - ticks(work)) % 0x10000
        if self._first is None:
            self._first = self._last

    @property
    def lost(self) -> int:
        """Frames since the first look. One may be under way at either."""
        return 0 if self._first is None else max(0, (self._last - self._first + 1) % 0x10000 - 2)


class Wanderer:
    """One random player after the other on one machine."""

    def __init__(self, machine: Machine, seed: int) -> None:
        self.machine = machine
        self.chance = random.Random(seed)
        self.faults: list[str] = []
        self.maps: Counter[str] = Counter()
        self.battles = self.dialogues = self.saved = self.frames = self.lost = 0
        self.digest = hashlib.sha256()

    def leg(self, start: Start, habit: str, frames: int) -> None:
        """Play from a moment with a habit."""
        self.machine.load(start.state)
        self._keep_clock()
        behind, now = Behind(), None
        end = self.frames + frames
        while self.frames < end:
            for _ in range(max(1, LOOK_EVERY // 16)):
                self._press(habit)
            work, high = self.machine.read(WORK, WORK_LENGTH), self.machine.read(HIGH, HIGH_LENGTH)
            wrong = faults(work, high, self.machine.cartridge) + self._clock_faults(work)
            if wrong:
                self.faults.append(f"{start.name}, {habit}, frame {self.machine.frame}: {'; '.join(wrong)}")
                return
            behind.look(work)
            before, now = now, state_of(work, high, self.machine.cartridge)
            self._count(before, now)
        self.lost += behind.lost
        self.digest.update(bytes.fromhex(self.machine.ram_hash()))

    def _count(self, before: GameState | None, now: GameState) -> None:
        self.maps[now.player.map_name if now.running else "title"] += 1
        if before is None:
            return
        self.battles += now.battle is not None and before.battle is None
        self.dialogues += now.dialogue is not None and before.dialogue is None
        self.saved += SAVED in _said(now) and SAVED not in _said(before)

    def _press(self, habit: str) -> None:
        names, weights = zip(*HABITS[habit].items(), strict=True)
        keys = self.chance.choices(names, weights)[0]
        mask = sum(BUTTONS[key] for key in keys.split("+") if key)
        frames = self.chance.choice((1, 2, 3, 5, 8, 16, 17, 33, 60))
        self.machine.run(mask, frames)
        rest = self.chance.choice((0, 1, 4, 12))
        self.machine.run(0, rest)
        self.frames += frames + rest

    def _keep_clock(self) -> None:
        self._ticked, self._tick = self.machine.frame, -1

    def _clock_faults(self, work: bytes) -> list[str]:
        """Whether the main program has slept through too many frames."""
        tick = ticks(work)
        if tick != self._tick:
            self._ticked, self._tick = self.machine.frame, tick
        silent = self.machine.frame - self._ticked
        return [f"the game has stood still for {silent} frames"] if silent > SILENCE else []


def wander(frames: int, seed: int, leg: int = LEG, until: int = sys.maxsize) -> Outcome:
    """Random players for so many frames.

    Args:
        frames: of all legs together.
        seed: of every choice.
        leg: frames of one player.
        until: only moments before this frame of the walkthrough are begun at.
    """
    machine = Machine(shipped.path(ROM), cartridge.load("demo"))
    first, *later = starts(machine, until)
    random.Random(seed).shuffle(later)
    places = [first, *later]
    wanderer = Wanderer(machine, seed)
    legs = 0
    while wanderer.frames < frames:
        habit = list(HABITS)[legs % len(HABITS)]
        wanderer.leg(places[legs % len(places)], habit, min(leg, frames - wanderer.frames))
        legs += 1
    machine.close()
    digest = wanderer.digest.hexdigest()
    counts = (wanderer.battles, wanderer.dialogues, wanderer.saved, wanderer.lost)
    return Outcome(wanderer.frames, legs, wanderer.maps, *counts, wanderer.faults, digest)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    outcome = wander(given.frames, given.seed)
    said = outcome._asdict() | {"maps": len(outcome.maps), "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps(said, indent=1))
    return bool(outcome.faults or outcome.lost)


if __name__ == "__main__":
    sys.exit(main())
