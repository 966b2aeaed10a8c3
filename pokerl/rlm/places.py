"""How many sub-calls of one agent may run at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from pokerl.budget import Budget
from pokerl.errors import PokerlError
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.problems import Interrupted

LOOK = 0.1
"""Seconds between two looks at the budget while a sub-call waits for its turn."""


class Places:
    """The places of one agent for one kind of sub-call.

    Args:
        count: how many there are.
        budget: the agent's.
        life: cancelled when the worker that calls is gone.
    """

    def __init__(self, count: int, budget: Budget, life: Callable[[], Cancellation]) -> None:
        self._count = count
        self._budget = budget
        self._life = life
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for one of the agent's places: however its code asks, no more run at once than in a batch.

        Raises:
            BudgetSpent: something ran out meanwhile.
            Interrupted: the worker that asked is gone.
        """
        life = self._life()
        while not self._free.acquire(timeout=LOOK):
            if life.is_set():
                raise Interrupted("The worker that asked is gone.")
            self._budget.check()
        try:
            yield
        finally:
            self._free.release()

    def together(self, work: Callable[[Any], Any], jobs: Sequence[Any]) -> list[tuple[Any, str | None]]:
        """Do jobs at once, with the agent's limit; (value, error) for each, in order."""

        def guarded(job: Any) -> tuple[Any, str | None]:
            try:
                return work(job), None
            except (PokerlError, TypeError, ValueError) as error:
                return None, str(error)

        if not jobs:
            return []
        with ThreadPoolExecutor(min(self._count, len(jobs))) as pool:
            return list(pool.map(guarded, jobs))
