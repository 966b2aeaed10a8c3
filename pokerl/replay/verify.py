"""Replaying a path on a fresh machine and comparing it with the record.

The recorded inputs, pokes and start state determine everything, so a replay must show the same RAM hash at every
checkpoint and the same milestones at the same frames. Without the pokes it proves what the inputs reach by themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from pokerl.cartridge import load
from pokerl.emulator.machine import WATCH_EVERY, Machine
from pokerl.errors import RomProblem
from pokerl.replay.record import Record
from pokerl.timeline.states import StateStore
from pokerl.timeline.steps import Check, Step, frames_in, steps_of
from pokerl.timeline.tree import Poke, Run, Segment

SAMPLE_EVERY = WATCH_EVERY
"""Frames between two samples; like the milestone watch it goes by the frame count of the path."""

_STEPS_BETWEEN = 256


class Disagreement(Struct, frozen=True):
    """Where a replay first differs from the record: ``what`` is "start", "frame", "ram", "poke" or "milestone"."""

    what: str
    segment: str
    frame: int
    recorded: str
    replayed: str

    def __str__(self) -> str:
        return (
            f"at frame {self.frame:,} (segment {self.segment or 'unknown'}) "
            f"the record says {self.what} {self.recorded}, the replay shows {self.replayed}"
        )


class Reached(Struct, frozen=True):
    """A milestone that a replay reached, and the frame at which it was noticed."""

    name: str
    title: str
    frame: int


class Replay(Struct, frozen=True):
    """What a replay showed.

    Attributes:
        agrees: nothing differed from the record, as far as it was compared.
        disagreement: the first difference.
        reached: milestones in order.
        frames: frames run; ``end`` is the frame of the path at which it ended.
        checks: RAM hashes compared; ``last_check`` is the frame of the last one (0 for none).
        pokes: writes on the path, done or left out.
        without_pokes: whether they were left out; then nothing is compared after the first of them.
        origin: digest of the start state, "" for power-on.
        seconds: how long it took.
    """

    agrees: bool
    disagreement: Disagreement | None
    reached: tuple[Reached, ...]
    frames: int
    end: int
    checks: int
    last_check: int
    pokes: int
    without_pokes: bool
    origin: str
    seconds: float


def replay(
    record: Record,
    path: Sequence[Segment],
    rom: Path | str,
    *,
    without_pokes: bool = False,
    sample: Callable[[Machine], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Replay a path on a fresh machine from power-on, or from the start state that the path begins with.

    Args:
        record: the run.
        path: segments from the root on, e.g. ``record.tree.trunk("a001")``.
        rom: the ROM file.
        without_pokes: leave the pokes out: what is still reached is reached by inputs alone.
        sample: called with the machine at the start and every ``SAMPLE_EVERY`` frames.
        progress: called now and then with the frames done and the frames of the whole path.

    Raises:
        RomProblem: the ROM is not the one of the run.
        RunFolderProblem: the run's log is damaged.
        StateRejected: the start state is missing, damaged or of another version.
    """
    whole = frames_in(path)
    machine = open_machine(record, rom)
    try:
        origin = begin(machine, record, path)
        return _Comparison(machine, path, origin, without_pokes).run(whole, sample, progress)
    finally:
        machine.close()


def open_machine(record: Record, rom: Path | str) -> Machine:
    """A machine at power-on with the run's cartridge.

    Raises:
        RomProblem: the ROM is not the one of the run.
    """
    machine = Machine(rom, load(record.manifest.cartridge))
    if machine.rom_sha1 != record.manifest.rom_sha1:
        machine.close()
        raise RomProblem(
            f"The ROM {rom} has the SHA-1 {machine.rom_sha1}, the run was made with {record.manifest.rom_sha1}.",
            "Give the ROM that the run was made with.",
        )
    return machine


def begin(machine: Machine, record: Record, path: Sequence[Segment]) -> str:
    """Put a machine where a path begins; returns the digest of the start state, "" for power-on."""
    digest = path[0].start if path else ""
    if digest:
        machine.load_stored(StateStore(record.folder).get(digest))
    return digest


class _Comparison:
    """One replay under way."""

    def __init__(self, machine: Machine, path: Sequence[Segment], origin: str, without_pokes: bool) -> None:
        self.machine = machine
        self.path = path
        self.origin = origin
        self.without_pokes = without_pokes
        self.first: Disagreement | None = None
        self.reached: list[Reached] = []
        self.checks = 0
        self.last_check = 0
        self.diverged = False

    def run(
        self, whole: int, sample: Callable[[Machine], None] | None, progress: Callable[[int, int], None] | None
    ) -> Replay:
        """Do the path again and compare; the arguments are those of :func:`replay`."""
        begun, start = time.monotonic(), self.machine.frame
        if sample:
            sample(self.machine)
        for place, segment in enumerate(self.path):
            self._check_start(segment, self.path[place - 1] if place else None)
            for number, step in enumerate(steps_of(segment)):
                self._do(step, segment.identifier, sample)
                if progress and not number % _STEPS_BETWEEN:
                    progress(self.machine.frame - start, whole)
        if progress:
            progress(whole, whole)
        if not self.diverged:
            self._compare_milestones()
        return self._result(self.machine.frame - start, time.monotonic() - begun)

    def _do(self, step: Step, segment: str, sample: Callable[[Machine], None] | None) -> None:
        if isinstance(step, Run):
            for frames in pieces(self.machine.frame, step.frames) if sample else (step.frames,):
                self._run(step.mask, frames)
                if sample and not self.machine.frame % SAMPLE_EVERY:
                    sample(self.machine)
        elif isinstance(step, Check):
            self._check(step, segment)
        elif self.without_pokes:
            self.diverged = True
        else:
            self._write(step, segment)

    def _run(self, mask: int, frames: int) -> None:
        for milestone, frame in self.machine.run(mask, frames):
            self.reached.append(Reached(milestone.name, milestone.title, frame))

    def _write(self, poke: Poke, segment: str) -> None:
        before = self.machine.write(poke.address, poke.after)
        if before != poke.before:
            self._disagree("poke", segment, f"{poke.before.hex()} before it at {poke.address:04X}", before.hex())

    def _check_start(self, segment: Segment, parent: Segment | None) -> None:
        """A segment must begin where the one before it ended; a replay only follows inputs and would not notice."""
        if parent and segment.start != parent.checkpoint:
            self._disagree(
                "start", segment.identifier, segment.start[:16] or "power-on", parent.checkpoint[:16] or "none"
            )

    def _check(self, check: Check, segment: str) -> None:
        if self.diverged:
            return
        if self.machine.frame != check.frame:
            self._disagree("frame", segment, f"{check.frame:,}", f"{self.machine.frame:,}")
        ram = self.machine.ram_hash()
        if ram != check.ram:
            self._disagree("ram", segment, check.ram[:16], ram[:16])
        self.checks += 1
        self.last_check = self.machine.frame

    def _compare_milestones(self) -> None:
        said = {name: (frame, segment.identifier) for segment in self.path for name, frame in segment.milestones}
        shown = {one.name: one.frame for one in self.reached}
        for name in [*said, *(name for name in shown if name not in said)]:
            frame, segment = said.get(name, (None, ""))
            seen = shown.get(name)
            if frame != seen:
                self._disagree("milestone", segment, _at(name, frame), _at(name, seen), frame or seen)
                return

    def _disagree(self, what: str, segment: str, recorded: str, replayed: str, frame: int | None = None) -> None:
        at = self.machine.frame if frame is None else frame
        self.first = self.first or Disagreement(what, segment, at, recorded, replayed)

    def _result(self, frames: int, seconds: float) -> Replay:
        return Replay(
            agrees=self.first is None,
            disagreement=self.first,
            reached=tuple(self.reached),
            frames=frames,
            end=self.machine.frame,
            checks=self.checks,
            last_check=self.last_check,
            pokes=sum(len(segment.pokes) for segment in self.path),
            without_pokes=self.without_pokes,
            origin=self.origin,
            seconds=seconds,
        )


def pieces(frame: int, frames: int) -> Iterator[int]:
    """Cut a stretch so that every multiple of ``SAMPLE_EVERY`` on the path is an end."""
    end = frame + frames
    while frame < end:
        stop = min(end, frame - frame % SAMPLE_EVERY + SAMPLE_EVERY)
        yield stop - frame
        frame = stop


def _at(name: str, frame: int | None) -> str:
    return f"{name} not reached" if frame is None else f"{name} at {frame:,}"
