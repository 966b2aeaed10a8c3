"""Killing a scripted attempt at random moments and going on: the machine, the host, or Ctrl-C.

    python -m tests.trials.kills                    200 kills (half of the machine, half of the host), 50 interrupts

One attempt is disturbed again and again until it has met them all, then compared with the same attempt undisturbed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pokerl import shipped
from pokerl.timeline import Tree, read_events
from pokerl.timeline.check import check_run
from pokerl.timeline.manifest import FORMAT, Manifest, write_manifest
from tests.trials.player import spent_in

STEPS_A_LIFE = 40
"""Steps of the attempt for each disturbance, so that all of them find it alive."""

ROM = "cartridges/demo/demo.gb"
LIMIT = 100_000_000


@dataclass
class Outcome:
    """What came of a disturbed attempt.

    Attributes:
        disturbed: how often, by kind.
        acknowledged: steps whose answer arrived.
        lost: steps that were acknowledged and done again, or missing in the log.
        unknown: steps that were done but whose answer never arrived.
        wrong: what differs from the undisturbed attempt; empty if nothing does.
    """

    disturbed: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: int = 0
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)
    frames: int = 0
    frames_done_again: int = 0
    seconds: float = 0.0


class Life:
    """One process that plays, from its start to its end."""

    def __init__(self, folder: Path, steps: int, seed: int) -> None:
        words = [str(folder), str(shipped.path(ROM)), "demo", str(steps), str(seed), str(LIMIT)]
        command = [sys.executable, "-m", "tests.trials.player", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.machine = 0
        self.ended = ""

    def steps(self) -> Iterator[tuple[int, int]]:
        """Number and frame of each step, when it was acknowledged."""
        for line in self.process.stdout or ():
            first, *rest = line.split()
            if not line.endswith("\n"):
                return
            if first == "pids":
                self.machine = int(rest[1])
            elif first == "end":
                self.ended = line
            elif first.isdecimal():
                yield int(first), int(rest[0])


def undisturbed(folder: Path, steps: int, seed: int) -> tuple[dict[int, int], str]:
    """The frame after each step, and the last line."""
    folder.mkdir()
    life = Life(folder, steps, seed)
    with life.process:
        frames = dict(life.steps())
    return frames, life.ended


def disturbed(folder: Path, kinds: list[str], seed: int) -> Outcome:
    """Play, disturb in the order of ``kinds``, go on until the end, compare.

    Args:
        folder: where both attempts are kept.
        kinds: "machine" and "host" are killed, "interrupt" is Ctrl-C.
        seed: of the moments and of the attempt.
    """
    began, steps = time.monotonic(), STEPS_A_LIFE * len(kinds) + 50
    expected, end = undisturbed(folder / "undisturbed", steps, seed)
    run = folder / "disturbed"
    run.mkdir()
    sha1 = hashlib.sha1(shipped.path(ROM).read_bytes(), usedforsecurity=False).hexdigest()
    write_manifest(run, Manifest(format=FORMAT, cartridge="demo", rom_sha1=sha1))
    trial = _Trial(run, steps, seed, expected)
    trial.play(kinds)
    trial.compare(end)
    trial.outcome.seconds = time.monotonic() - began
    return trial.outcome


class _Trial:
    def __init__(self, run: Path, steps: int, seed: int, expected: dict[int, int]) -> None:
        self.run, self.steps, self.seed, self.expected = run, steps, seed, expected
        self.chance = random.Random(seed)
        self.outcome = Outcome()
        self.last = -1
        self.end = ""

    def play(self, kinds: list[str]) -> None:
        left = list(reversed(kinds))
        while not self.end:
            self._live(left)

    def _live(self, left: list[str]) -> None:
        life = Life(self.run, self.steps, self.seed)
        machine, at = 0, 0.0
        with life.process:
            for number, frame in life.steps():
                self._acknowledge(number, frame)
                if life.machine != machine:
                    machine, at = life.machine, self._moment()
                if left and time.monotonic() >= at:
                    self._disturb(left.pop(), life)
                    at = float("inf")
        self.end = life.ended
        if not self.end and life.process.returncode not in (-signal.SIGKILL, 130):
            raise RuntimeError(f"the player ended with {life.process.returncode}")

    def _moment(self) -> float:
        return time.monotonic() + self.chance.uniform(0, 0.04)

    def _disturb(self, kind: str, life: Life) -> None:
        time.sleep(self.chance.uniform(0, 0.003))
        self.outcome.disturbed[kind] += 1
        if kind == "machine":
            os.kill(life.machine, signal.SIGKILL)
        else:
            life.process.send_signal(signal.SIGKILL if kind == "host" else signal.SIGINT)

    def _acknowledge(self, number: int, frame: int) -> None:
        self.outcome.acknowledged += 1
        if number <= self.last:
            self.outcome.lost += 1
        self.outcome.unknown += max(0, number - self.last - 1)
        if number > self.last + 2:
            self.outcome.wrong.append(f"after step {self.last} came step {number}")
        if self.expected[number] != frame:
            self.outcome.wrong.append(f"step {number} ended at frame {frame}, not {self.expected[number]}")
        self.last = number

    def compare(self, end: str) -> None:
        """The end, and what the log says of all of it."""
        (_, ram, frame, ran), (_, ram_here, frame_here, spent) = end.split(), self.end.split()
        if (ram, frame) != (ram_here, frame_here):
            self.outcome.wrong.append(f"it ended with {self.end}, not with {end}")
        tree = Tree.from_events(read_events(self.run))
        if spent_in(tree) != int(spent):
            self.outcome.wrong.append(f"the log holds {spent_in(tree)} frames, the budget counted {spent}")
        self.outcome.frames, self.outcome.frames_done_again = int(spent), int(spent) - int(ran)
        self.outcome.wrong += [f"{one.where}: {one.what}" for one in check_run(self.run).findings]
        self._compare_trunk(tree)

    def _compare_trunk(self, tree: Tree) -> None:
        """Every step stands once on the trunk, in order."""
        tools = [act.tool for segment in tree.trunk("a001") for act in segment.acts if act.tool]
        numbers = [int(tool.split()[1]) for tool in tools]
        done = list(dict.fromkeys(numbers))
        if done != list(range(self.steps)) or numbers != sorted(numbers):
            self.outcome.wrong.append("the trunk does not hold each step once, in order")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--interrupts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kinds = [*["machine", "host"] * (given.kills // 2), *["interrupt"] * given.interrupts]
    random.Random(given.seed).shuffle(kinds)
    with tempfile.TemporaryDirectory() as folder:
        outcome = disturbed(Path(folder), kinds, given.seed)
    print(json.dumps(vars(outcome), indent=1))
    return bool(outcome.wrong or outcome.lost)


if __name__ == "__main__":
    sys.exit(main())
