"""Doing the steps of an act, frame by frame where a condition asks for it."""

from __future__ import annotations

from collections.abc import Callable

from pokerl.emulator.machine import Machine, Reached
from pokerl.emulator.meter import Meter
from pokerl.emulator.protocol import Condition, Hold, Until

WAIT_GRANT = 16


class Stepping:
    """What the steps of one act did so far; it stays true when a step is cut short.

    Args:
        machine: where to do them.
        meter: what may be run.
        draw: whether the picture will be wanted afterwards.
        limited: whether deadline and frame limit apply.

    Attributes:
        runs: what was held, ``[mask, frames]`` after ``[mask, frames]``.
        reached: milestones newly reached.
        met: for each Until whether its conditions came to hold.
    """

    def __init__(self, machine: Machine, meter: Meter, *, draw: bool, limited: bool) -> None:
        self.runs: list[list[int]] = []
        self.reached: list[Reached] = []
        self.met: list[bool] = []
        self._machine = machine
        self._meter = meter
        self._draw = draw
        self._limited = limited

    @property
    def frames(self) -> int:
        """Frames run so far."""
        return sum([frames for _, frames in self.runs])

    def do(self, step: Hold | Until) -> None:
        """Do one step.

        Raises:
            BudgetSpent: time or frames ran out; what ran until then is in ``runs``.
        """
        if isinstance(step, Hold):
            self._hold(step.buttons, step.frames)
        else:
            self.met.append(self._wait(step))

    def _hold(self, mask: int, frames: int) -> None:
        while frames:
            now = self._meter.allow(frames, limited=self._limited)
            self._run(mask, now, self._draw and now == frames)
            frames -= now

    def _wait(self, step: Until) -> bool:
        test = self._memory_test(step.conditions) if step.conditions else self._stillness_test()
        met = _for_so_long(test, step.stable)
        draw = self._draw or not step.conditions
        done, ran = met(), 0
        while not done and ran < step.limit:
            allowed = self._meter.allow(min(WAIT_GRANT, step.limit - ran), limited=self._limited)
            frames, reached, done = self._machine.run_until(met, step.buttons, allowed, draw)
            self._meter.used(frames)
            self._held(step.buttons, frames)
            self.reached += reached
            ran += frames
        return done

    def _run(self, mask: int, frames: int, draw: bool) -> None:
        self.reached += self._machine.run(mask, frames, draw)
        self._meter.used(frames)
        self._held(mask, frames)

    def _held(self, mask: int, frames: int) -> None:
        if self.runs and self.runs[-1][0] == mask:
            self.runs[-1][1] += frames
        elif frames:
            self.runs.append([mask, frames])

    def _memory_test(self, conditions: list[Condition]) -> Callable[[], bool]:
        tests = [_test(condition, self._machine.byte) for condition in conditions]
        return tests[0] if len(tests) == 1 else lambda: all(test() for test in tests)

    def _stillness_test(self) -> Callable[[], bool]:
        before = b""

        def still() -> bool:
            nonlocal before
            now = self._machine.picture()
            same, before = now == before, now
            return same

        return still


def _for_so_long(test: Callable[[], bool], times: int) -> Callable[[], bool]:
    """Whether a test held the last so many times that it was asked."""
    if times == 1:
        return test
    streak = 0

    def held() -> bool:
        nonlocal streak
        streak = streak + 1 if test() else 0
        return streak >= times

    return held


def _test(condition: Condition, byte: Callable[[int], int]) -> Callable[[], bool]:
    """A condition as a function, which is asked after every frame."""
    address, mask, value = condition.address, condition.mask, condition.value
    match condition.test:
        case "==":
            return lambda: byte(address) & mask == value
        case "!=":
            return lambda: byte(address) & mask != value
        case "<":
            return lambda: byte(address) & mask < value
        case ">":
            return lambda: byte(address) & mask > value
        case "changed":
            start = byte(address) & mask
            return lambda: byte(address) & mask != start
