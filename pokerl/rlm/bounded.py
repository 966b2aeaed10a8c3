"""Calls that end with the budget, whatever is called: a model that hangs, a hook of an extension that never returns."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from pokerl.budget import Budget
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.problems import Interrupted

Value = TypeVar("Value")

LOOK = 0.1
"""Seconds between two looks at the budget while a call is under way."""

GRACE = 0.5
"""Seconds that a call has after the deadline to come back by itself."""


def bounded(work: Callable[[], Value], budget: Budget, cancelled: Cancellation, name: str) -> Value:
    """What ``work`` returns or raises, unless the budget runs out before or ``cancelled`` is set.

    It runs on a thread of its own, which is left behind when it does not return in time.

    Raises:
        BudgetSpent: something ran out meanwhile.
        Interrupted: ``cancelled`` was set.
    """
    call = Call(work, name)
    while not call.done.wait(LOOK):
        if cancelled.is_set():
            raise Interrupted("The run was stopped.")
        if budget.exhausted() and not call.done.wait(GRACE):
            budget.check()
    return call.result()


class Call(Generic[Value]):
    """A call on a thread of its own; ``done`` is set when it has returned or raised."""

    def __init__(self, work: Callable[[], Value], name: str) -> None:
        self.done = threading.Event()
        self._work = work
        self._values: list[Value] = []
        self._error: BaseException | None = None
        threading.Thread(target=self._run, daemon=True, name=name).start()

    @property
    def problem(self) -> BaseException | None:
        """What it raised, if it did."""
        return self._error

    def result(self) -> Value:
        """What came of it, once it is done."""
        if self._error is not None:
            raise self._error
        return self._values[0]

    def _run(self) -> None:
        try:
            self._values.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again on the thread that waits for it
            self._error = error
        finally:
            self.done.set()
