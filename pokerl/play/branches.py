"""The branches that one worker opened, which end with it."""

from __future__ import annotations

import threading
from typing import Any

from pokerl.play.machines import MachinePark
from pokerl.rlm.extension import Function, Reply


class Branches:
    """Opens and closes branches for one agent's worker.

    Args:
        park: where the machines come from.
    """

    def __init__(self, park: MachinePark) -> None:
        self._park = park
        self._open: set[str] = set()
        self._lock = threading.Lock()

    def functions(self) -> dict[str, Function]:
        """What the worker may ask about branches."""
        return self._park.functions() | {"open_branch": self.open, "close_branch": self.close}

    def open(self, arguments: dict[str, Any]) -> Reply:
        """Host function ``open_branch``: a machine at a checkpoint."""
        reply = self._park.branch(arguments)
        with self._lock:
            self._open.add(reply.value)
        return reply

    def close(self, arguments: dict[str, Any]) -> dict[str, Any] | None:
        """Host function ``close_branch``."""
        with self._lock:
            self._open.discard(str(arguments.get("machine")))
        return self._park.close_branch(arguments)

    def drop(self) -> None:
        """Close those of a worker that was lost."""
        with self._lock:
            left, self._open = self._open, set()
        for machine in left:
            self._park.close_branch({"machine": machine})
