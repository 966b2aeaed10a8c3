"""Every call of a model goes through one place: bounded in time, charged to a budget, reported."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from msgspec import Struct

from pokerl.budget import Budget
from pokerl.errors import BudgetSpent, ConfigurationProblem, ModelProblem, PokerlError
from pokerl.rlm.bounded import bounded
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.messages import Completion, Model, ModelRequest, Usage, estimate_tokens, total
from pokerl.rlm.problems import CutShort, Interrupted, NotTaken


class ModelCall(Struct, frozen=True):
    """One call, answered or not. ``seconds`` is wall clock, of which ``waited`` for rate limits."""

    agent: str
    turn: int
    model: str
    usage: Usage
    seconds: float
    waited: float = 0.0
    error: str = ""


class Ledger:
    """The record of all model calls of a run, its sub-agents included.

    Args:
        report: called with each :class:`ModelCall`, from the thread that made the call.
        before: what the agents of a resumed run used before.
    """

    def __init__(
        self, report: Callable[[ModelCall], None] | None = None, before: Mapping[str, Usage] | None = None
    ) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._by_agent: dict[str, Usage] = dict(before or {})
        self._unpriced: set[str] = set()
        self._calls = 0

    @property
    def calls(self) -> int:
        """How many calls were made since this ledger was opened."""
        return self._calls

    def usage(self, agent: str = "") -> Usage:
        """What an agent and everything below it used; without a name, all of it."""
        with self._lock:
            used = [
                usage
                for path, usage in self._by_agent.items()
                if not agent or path == agent or path.startswith(f"{agent}/")
            ]
        return total(used)

    def ask(self, model: Model, request: ModelRequest, budget: Budget, cancelled: Cancellation) -> Completion:
        """Call a model; never longer than the budget lasts, whatever the model does.

        Raises:
            BudgetSpent: something ran out while it thought.
            ConfigurationProblem: dollars are limited, and what the model costs is not known.
            Interrupted: ``cancelled`` was set.
            ModelProblem: there is no answer.
        """
        budget.check()
        if cancelled.is_set():
            raise Interrupted("The run was stopped.")
        self._require_price(model.name, budget)
        begun = time.monotonic()
        try:
            completion = bounded(lambda: complete(model, request), budget, cancelled, f"model {request.agent}")
        except PokerlError as error:
            usage = cost_of(error, request)
            self._enter(request, model.name, usage, time.monotonic() - begun, 0.0, error.message, budget)
            budget.check()
            raise
        self._enter(
            request, completion.model or model.name, completion.usage, completion.seconds, completion.waited, "", budget
        )
        if completion.usage.dollars is None:
            self._unpriced.add(model.name)
            self._require_price(model.name, budget)
        return completion

    def _require_price(self, model: str, budget: Budget) -> None:
        """A limit that cannot be watched is refused at the first call, not found out from the bill."""
        if model in self._unpriced and budget.remaining("dollars") is not None:
            raise ConfigurationProblem(
                f"Dollars are limited, but what {model} costs is not known.",
                "Set POKERL_INPUT_PRICE and POKERL_OUTPUT_PRICE, or limit tokens in place of dollars.",
            )

    def _enter(
        self, request: ModelRequest, model: str, usage: Usage, seconds: float, waited: float, error: str, budget: Budget
    ) -> None:
        budget.charge("tokens", usage.tokens)
        if usage.dollars is not None:
            budget.charge("dollars", usage.dollars)
        with self._lock:
            self._calls += 1
            before = self._by_agent.get(request.agent)
            self._by_agent[request.agent] = usage if before is None else before + usage
        if self._report is not None:
            self._report(ModelCall(request.agent, request.turn, model, usage, seconds, waited, error))


def cost_of(error: PokerlError, request: ModelRequest) -> Usage:
    """What a call cost that has no reply; of one that was left behind only the input can be estimated."""
    if isinstance(error, CutShort):
        return error.usage
    if isinstance(error, NotTaken):
        return Usage(dollars=0.0)
    if isinstance(error, BudgetSpent | Interrupted):
        return Usage(estimate_tokens(request.messages), 0, estimated=True)
    return Usage()


def complete(model: Model, request: ModelRequest) -> Completion:
    """Ask a model; a defect of its client becomes a problem of the model.

    Raises:
        ModelProblem: there is no answer.
    """
    try:
        return model.complete(request)
    except PokerlError:
        raise
    except Exception as error:  # a defect of a client must not end the program that runs the agent
        raise ModelProblem(f"The client of {model.name} failed: {type(error).__name__}: {error}") from error
