"""Where an agent stands: what it shares with those above and below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pokerl.budget import Budget
from pokerl.errors import ConfigurationProblem
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.launcher import Launcher
from pokerl.rlm.ledger import Ledger
from pokerl.rlm.messages import Model
from pokerl.rlm.problems import Interrupted
from pokerl.rlm.transcript import Transcript


@dataclass(frozen=True)
class Surroundings:
    """What an agent shares with its sub-agents, and where it stands among them.

    ``depth`` is how many generations may still follow below this agent.
    """

    path: str
    depth: int
    model: Model
    models: Mapping[str, Model]
    budget: Budget
    ledger: Ledger
    transcript: Transcript
    launcher: Launcher
    cancelled: Cancellation = field(default_factory=Cancellation)

    def check(self) -> None:
        """Give up what is under way when the run is over.

        Raises:
            BudgetSpent: something ran out.
            Interrupted: somebody stopped it.
        """
        if self.cancelled.is_set():
            raise Interrupted("The run was stopped.")
        self.budget.check()

    def choose(self, name: str) -> Model:
        """The model for a sub-call; the worker can only choose among those that the host offers.

        Args:
            name: which one; empty for the agent's own.

        Raises:
            ConfigurationProblem: there is none of that name.
        """
        if not name or name == self.model.name:
            return self.model
        if name not in self.models:
            known = ", ".join(sorted({self.model.name, *self.models}))
            raise ConfigurationProblem(f"This run has no model {name!r}.", f"Known: {known}.")
        return self.models[name]
