"""Measuring on a computer that others use, too: in turns, and the ratio of each turn."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

Clock = Callable[[], float]


class Figure(Struct, frozen=True, kw_only=True):
    """One line of the result.

    Attributes:
        name: what was measured.
        value, unit: the median of all turns; for a ratio the unit is "".
        goal: what it should reach; ``at_most`` if it should stay below. None for what is only told.
        low, high: the second lowest and second highest turn.
        detail: the two times behind it, in words.
        needs_all_cores: whether it says something only where nobody else works.
    """

    name: str
    value: float
    unit: str = ""
    goal: float | None = None
    at_most: bool = False
    low: float = 0.0
    high: float = 0.0
    detail: str = ""
    needs_all_cores: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None without one."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def in_turns(
    first: Callable[[], object], second: Callable[[], object], turns: int, clock: Clock = time.perf_counter
) -> tuple[list[float], list[float]]:
    """The seconds of both, measured one after the other; each turn begins with the other one."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns):
        order = ((0, first), (1, second)) if turn % 2 else ((1, second), (0, first))
        for place, work in order:
            began = clock()
            work()
            times[place].append(clock() - began)
    return times


class Took(Struct, frozen=True):
    """What some work took: on the clock, and of the processors along the longest path through its processes.

    The second is what it would take on the clock of a computer on which nobody else works, but for waking up.
    """

    clock: float
    path: float


def free_cores(seconds: float = 1.0) -> float:
    """How many cores nobody used for some seconds."""

    def idle() -> float:
        words = Path("/proc/stat").read_text().split("\n", 1)[0].split()
        return (int(words[4]) + int(words[5])) / os.sysconf("SC_CLK_TCK")

    before = idle()
    time.sleep(seconds)
    return (idle() - before) / seconds


def processor_seconds(pid: int) -> float:
    """Processor time of a running process."""
    return time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED, as clock_getcpuclockid(3) makes it


def took_in_turns(first: Callable[[], Took], second: Callable[[], Took], turns: int) -> tuple[list[Took], list[Took]]:
    """Like :func:`in_turns`, for work that measures itself."""
    found: tuple[list[Took], list[Took]] = ([], [])
    for turn in range(turns):
        for place in (0, 1) if turn % 2 else (1, 0):
            found[place].append((first, second)[place]())
    return found


def ratios(
    name: str, took: tuple[list[Took], list[Took]], goal: float, *, share: float, unit: str, scale: float = 1
) -> list[Figure]:
    """Two figures: by the clock, and by the processors' time."""
    clock = ([one.clock for one in took[0]], [one.clock for one in took[1]])
    path = ([one.path for one in took[0]], [one.path for one in took[1]])
    by_clock = ratio(f"{name} (clock)", clock, goal, share=share, unit=unit, scale=scale)
    return [
        msgspec.structs.replace(by_clock, needs_all_cores=True),
        ratio(f"{name} (processor time)", path, goal, share=share, unit=unit, scale=scale),
    ]


def ratio(
    name: str, times: tuple[list[float], list[float]], goal: float | None, *, share: float, unit: str, scale: float = 1
) -> Figure:
    """How fast the second is beside the first (1: as fast).

    Args:
        name: of the figure.
        times: of :func:`in_turns`.
        goal: what it should reach.
        share: how many units of work a turn did, for the detail.
        unit: of that work, in words.
        scale: what to multiply the ratio with.
    """
    each = sorted(scale * one / other for one, other in zip(*times, strict=True))
    first, second = (statistics.median(one) / share * 1e6 for one in times)
    edge = min(1, len(each) // 3)
    return Figure(
        name=name,
        value=statistics.median(each),
        goal=goal,
        low=each[edge],
        high=each[-1 - edge],
        detail=f"{first:,.0f} and {second:,.0f} µs {unit}",
    )
