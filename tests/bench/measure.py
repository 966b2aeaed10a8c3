"""Measuring on a computer that others use, too: in turns, and the ratio of each turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

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
    """

    name: str
    value: float
    unit: str = ""
    goal: float | None = None
    at_most: bool = False
    low: float = 0.0
    high: float = 0.0
    detail: str = ""

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
