"""What limits the acts of a machine: a deadline and the frames of its attempt."""

from __future__ import annotations

import time

from pokerl.emulator.frames import FrameCounter
from pokerl.errors import BudgetSpent

MAXIMUM_RECORDS = 4_000_000
"""Pokes, checkpoints and restores of an attempt, all machines together: its host keeps half a kilobyte of each."""

GRANT = 256
"""Frames taken from the counter at once, which is also how often the deadline is looked at: every few milliseconds."""


class Meter:
    """Takes frames from the shared counter before they are run.

    Args:
        counter: the attempt's frames.
        slot: this machine's slot in it.
        deadline: seconds of the monotonic clock after which nothing runs; 0 for none.
        own_limit: frames that this machine alone may run; 0 for no limit of its own.
    """

    def __init__(self, counter: FrameCounter, slot: int, deadline: float, own_limit: int = 0) -> None:
        self._counter = counter
        self._slot = slot
        self._deadline = deadline
        self._own_limit = own_limit
        self._left = 0

    @property
    def total(self) -> int:
        """Frames that this machine ran."""
        return self._counter.of(self._slot) - self._left

    def check(self) -> None:
        """Raise :class:`~pokerl.errors.BudgetSpent` when nothing may run any more."""
        if self._deadline and time.monotonic() >= self._deadline:
            raise BudgetSpent("The time of this attempt is over.", "What was reached until now is kept.")
        if self._counter.limit and not self._left and self._counter.total >= self._counter.limit:
            raise self._no_frames()
        if self._own_limit and not self._left and self._counter.of(self._slot) >= self._own_limit:
            raise BudgetSpent(f"The {self._own_limit} frames of this branch are spent.", "Where it stands is kept.")

    def record(self) -> None:
        """Count a poke, a checkpoint or a restore.

        Raises:
            BudgetSpent: the attempt has made so many that no more are recorded.
        """
        if self._counter.record() > MAXIMUM_RECORDS:
            raise BudgetSpent(
                f"The {MAXIMUM_RECORDS} checkpoints, restores and pokes of an attempt are used up.",
                "Play on from here.",
            )

    def allow(self, wanted: int, *, limited: bool) -> int:
        """How many frames may be run now: at least 1, at most ``wanted`` and ``GRANT``.

        Args:
            wanted: frames that the caller would like to run.
            limited: whether deadline and limit apply (not to the host's own acts, which are only counted).

        Raises:
            BudgetSpent: none.
        """
        if self._left < min(wanted, GRANT):
            if limited:
                self.check()
            self._take(min(wanted, GRANT) - self._left, limited=limited)
        return min(wanted, self._left)

    def used(self, frames: int) -> None:
        """Frames of those allowed were run."""
        self._left -= frames

    def settle(self) -> None:
        """Give back what was allowed but not run."""
        if self._left:
            self._counter.give_back(self._slot, self._left)
            self._left = 0

    def _take(self, missing: int, *, limited: bool) -> None:
        if limited and self._own_limit:
            missing = min(missing, self._own_limit - self._counter.of(self._slot))
        self._left += self._counter.take(self._slot, missing, limited=limited)
        if not self._left:
            raise self._no_frames()

    def _no_frames(self) -> BudgetSpent:
        return BudgetSpent(
            f"The {self._counter.limit} frames of this attempt are spent.", "What was reached until now is kept."
        )
