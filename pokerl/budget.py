"""The one budget type: a tree in which every child draws on its parent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import msgspec

from pokerl.errors import BudgetSpent

Resource = Literal["wall_seconds", "working_seconds", "tokens", "dollars", "frames", "sub_calls"]
RESOURCES: tuple[Resource, ...] = get_args(Resource)
Charged = Literal["tokens", "dollars", "frames", "sub_calls"]

ENDING: tuple[Resource, ...] = tuple(resource for resource in RESOURCES if resource != "sub_calls")
"""The resources without which work cannot go on. Without sub-calls it can: only further sub-calls are refused."""


class Limits(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What may be spent. ``None`` means: no limit of its own, only the parent's.

    Seconds of ``working_seconds`` leave out the time in which somebody below waited for a rate limit, however many
    waited at once. ``tokens`` counts input and output together. ``frames`` counts emulated frames (59.73 a second of
    play) of all machines together. ``sub_calls`` counts queries and sub-agents; when none are left only these are
    refused.
    """

    wall_seconds: float | None = None
    working_seconds: float | None = None
    tokens: float | None = None
    dollars: float | None = None
    frames: float | None = None
    sub_calls: float | None = None


class Budget:
    """A node of the budget tree.

    Charging a node charges every ancestor; what remains is the least that remains on the way to the root. Safe to use
    from several threads.

    Args:
        limits: what this node may spend.
        parent: the node that this one draws on.
        name: who spends, for messages ("attempt a002").
        spent: what was spent before (a resumed run); without ``working_seconds`` all of its wall clock was work.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        parent: Budget | None = None,
        name: str = "run",
        spent: dict[Resource, float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self.parent = parent
        self.name = name
        self._clock: Callable[[], float] = parent._clock if parent else clock
        self._spent: dict[Resource, float] = dict.fromkeys(RESOURCES, 0.0) | (spent or {})
        self._started = self._clock() - self._spent["wall_seconds"]
        self._waited = self._spent["wall_seconds"] - (spent or {}).get("working_seconds", self._spent["wall_seconds"])
        self._waiting = 0
        self._waiting_since = 0.0
        self._lock: threading.RLock = parent._lock if parent else threading.RLock()

    def child(self, limits: Limits | None = None, *, name: str) -> Budget:
        """A node that draws on this one, its clock starting now."""
        return Budget(limits, parent=self, name=name)

    def charge(self, resource: Charged, amount: float) -> None:
        """Add ``amount`` to what this node and every ancestor spent. Never raises: what is spent is spent."""
        with self._lock:
            for node in self._lineage():
                node._spent[resource] += amount

    def take(self, resource: Charged, amount: float = 1) -> None:
        """Charge ``amount`` if so much is left, in one step: threads that take at once never overspend.

        Raises:
            BudgetSpent: less is left, or something ran out without which work cannot go on; nothing was charged.
        """
        with self._lock:
            self.check()
            left = self.remaining(resource)
            if left is not None and left < amount:
                raise self._refusal(resource)
            self.charge(resource, amount)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Time inside is wall clock but not working time (rate limits, retries).

        Of several threads that wait at once each node counts the union, so that working time never runs backwards.
        """
        self._begin_waiting()
        try:
            yield
        finally:
            self._end_waiting()

    def spent(self, resource: Resource) -> float:
        """What this node spent of a resource, its children included."""
        if resource == "wall_seconds":
            return self._clock() - self._started
        if resource == "working_seconds":
            with self._lock:
                now = self._clock()
                waited = self._waited + (now - self._waiting_since if self._waiting else 0.0)
                return now - self._started - waited
        return self._spent[resource]

    def remaining(self, resource: Resource) -> float | None:
        """What may still be spent here, the ancestors' limits included; ``None`` without any limit."""
        left = [
            limit - node.spent(resource)
            for node in self._lineage()
            if (limit := getattr(node.limits, resource)) is not None
        ]
        return min(left) if left else None

    @property
    def deadline(self) -> float | None:
        """When the wall clock ends, in the clock's seconds; ``None`` without a limit."""
        left = self.remaining("wall_seconds")
        return None if left is None else self._clock() + left

    def exhausted(self) -> Resource | None:
        """The first resource with nothing left, if any, of those without which work cannot go on (``ENDING``)."""
        for resource in ENDING:
            left = self.remaining(resource)
            if left is not None and left <= 0:
                return resource
        return None

    def check(self) -> None:
        """Raise :class:`~pokerl.errors.BudgetSpent` when something of ``ENDING`` ran out."""
        resource = self.exhausted()
        if resource is not None:
            raise self._refusal(resource)

    def snapshot(self) -> dict[str, dict[str, float | None]]:
        """``{resource: {"spent": …, "remaining": …}}`` as plain data, for a model or a display."""
        return {
            resource: {"spent": round(self.spent(resource), 4), "remaining": self.remaining(resource)}
            for resource in RESOURCES
        }

    def _refusal(self, resource: Resource) -> BudgetSpent:
        return BudgetSpent(f"The budget of {self.name} is spent: no {resource} left.")

    def _begin_waiting(self) -> None:
        with self._lock:
            now = self._clock()
            for node in self._lineage():
                if node._waiting == 0:
                    node._waiting_since = now
                node._waiting += 1

    def _end_waiting(self) -> None:
        with self._lock:
            now = self._clock()
            for node in self._lineage():
                node._waiting -= 1
                if node._waiting == 0:
                    node._waited += now - node._waiting_since

    def _lineage(self) -> Iterator[Budget]:
        node: Budget | None = self
        while node is not None:
            yield node
            node = node.parent


def least(*limits: float | None) -> float | None:
    """The smallest of some limits; ``None`` when none of them limits anything."""
    return min((limit for limit in limits if limit is not None), default=None)
