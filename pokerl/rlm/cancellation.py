"""Stopping a run and everything below it from another thread."""

from __future__ import annotations

import threading


class Cancellation:
    """An event that is also set when one of those above it is.

    Args:
        above: :class:`threading.Event` objects and other cancellations; ``None`` stands for nothing.
    """

    def __init__(self, *above: Cancellation | threading.Event | None) -> None:
        self._above = [each for each in above if each is not None]
        self._own = threading.Event()

    def set(self) -> None:
        """Stop what watches this one and those below it."""
        self._own.set()

    def is_set(self) -> bool:
        """Whether to stop."""
        return self._own.is_set() or any(each.is_set() for each in self._above)
