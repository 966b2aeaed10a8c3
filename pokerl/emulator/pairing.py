"""A machine and the process that asks it share one core while they take turns.

Only one of the two works at a time. On two cores each would fall asleep while the other works, and to wake up a core
that sleeps takes longer than all the rest of a short act (on a virtual machine 50 µs and more, each way). On one core
the other just goes on. So a machine that is asked often stays on the core where it is and tells it to the asker, who
follows. When others want that core, too, the machine notices that it has to wait, and both are free to go anywhere
for a while: then the operating system spreads them as ever.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

ANYWHERE = -1
"""The core of those who may run on each."""

LOOK_EVERY = 128
"""Acts between two looks at how it goes: a twentieth of a second of short ones."""

PATIENCE = 100_000
"""Nanoseconds that a machine may wait for its core before an act, on the average: longer than the asker needs to fall
asleep, shorter than anybody else keeps a core."""

BUSY = 4_000_000
"""Nanoseconds between two acts, on the average, above which nobody wakes anybody often enough for it to matter."""

_STATISTICS = Path("/proc/self/schedstat")
_STATUS = Path("/proc/self/stat")
_CORE_FIELD = 39


class Pairing:
    """The machine's side: chooses where both are.

    Only Linux tells what it takes; elsewhere, and on a computer with one core, nothing is ever chosen.
    """

    def __init__(self) -> None:
        self._everywhere = os.sched_getaffinity(0)
        self._core = ANYWHERE
        self._acts = 0
        self._waited = 0
        self._looked = 0
        self._possible = len(self._everywhere) > 1 and os.access(_STATISTICS, os.R_OK)

    def after_act(self, now: int) -> int | None:
        """To be called after each act of an asker who follows.

        Args:
            now: nanoseconds of the monotonic clock.

        Returns:
            Where the asker is to be from now on: a core, or ``ANYWHERE``; None for no news.
        """
        self._acts += 1
        if self._acts % LOOK_EVERY or not self._possible:
            return None
        waited = _nanoseconds_waited()
        each, since = (waited - self._waited) // LOOK_EVERY, (now - self._looked) // LOOK_EVERY
        self._waited, self._looked = waited, now
        if each > PATIENCE or since > BUSY:
            return self._part()
        # Said again at each look: the asker may have been with another machine meanwhile.
        return self._core if self._core != ANYWHERE else self._settle()

    def _settle(self) -> int:
        self._core = _core_now()
        stay_on({self._core})
        return self._core

    def _part(self) -> int | None:
        if self._core == ANYWHERE:
            return None
        self._core = ANYWHERE
        stay_on(self._everywhere)
        return ANYWHERE


class Follower:
    """The asker's side: goes where its machine is. It acts on the thread that calls.

    One for all machines that a process asks, made before it follows any: where it might run before is where it may run
    again.
    """

    def __init__(self) -> None:
        self._everywhere = os.sched_getaffinity(0)

    def go(self, core: int) -> None:
        """Stay on the machine's core, or anywhere again."""
        stay_on(self._everywhere if core == ANYWHERE else {core})

    def leave(self) -> None:
        """Run anywhere again."""
        stay_on(self._everywhere)


def stay_on(cores: Iterable[int]) -> None:
    """Have this thread run on these cores only; where that is not allowed it runs where it did."""
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, cores)


def _nanoseconds_waited() -> int:
    """How long this process was ready to run and did not (sched-stats.rst of the Linux kernel)."""
    return int(_STATISTICS.read_text().split()[1])


def _core_now() -> int:
    """The core on which this process ran last (field 39 of proc_pid_stat(5), of which the name is the second)."""
    return int(_STATUS.read_text(errors="replace").rpartition(")")[2].split()[_CORE_FIELD - 3])
