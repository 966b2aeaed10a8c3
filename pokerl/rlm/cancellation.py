"""Stopping a run and everything below it from another thread."""

from __future__ import annotations

import threading


class Cancellation:
    """An event that is also set when the one above it is.

    Args:
        above: a :class:`threading.Event` or another cancellation.
    """

    def __init__(self, above: Cancellation | threading.Event | None = None) -> None:
        self._above = above
        self._own = threading.Event()

    def set(self) -> None:
        """Stop what watches this one and those below it."""
        self._own.set()

    def is_set(self) -> bool:
        """Whether to stop."""
        return self._own.is_set() or (self._above is not None and self._above.is_set())
