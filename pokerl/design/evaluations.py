"""The attempts of an experiment: begun for the designer, gone on with after a break, ended with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pokerl.budget import Budget, Limits, least
from pokerl.design.settings import ExperimentSettings
from pokerl.errors import UsageProblem
from pokerl.play.attempt import AttemptPlan, plan_to_go_on, play_attempt
from pokerl.play.away import Away
from pokerl.play.cut import Cut
from pokerl.play.interface import Interface
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.extension import Function
from pokerl.rlm.queries import take

MAXIMUM_PLAYING = 8
"""Attempts that may go on at once; more where the executor that plays them has more cores."""

CLOSING_SECONDS = 60.0
"""How long attempts may take to end once nobody waits for them any more."""

Name = Annotated[str, Meta(max_length=200)]


class _Evaluation(Struct, forbid_unknown_fields=True):
    version: Name
    minutes: Annotated[float, Meta(gt=0)] | None = None
    frames: Annotated[int, Meta(gt=0)] | None = None
    start: Name = ""
    attempts: Annotated[int, Meta(ge=1, le=1000)] = 1


class Evaluations:
    """Plays attempts for the designer, here or where the run plays them.

    Args:
        run: the run.
        settings: the experiment's.
        budget: the experiment's; every attempt draws on it.
        keep: freezes an interface version.
        start: where attempts begin unless the designer says otherwise; empty for power-on.

    Attributes:
        gone_on: what the designer is told of attempts that were under way when the run was cut off.
    """

    def __init__(
        self, run: Run, settings: ExperimentSettings, budget: Budget, keep: Callable[[str], Interface], start: str
    ) -> None:
        self.gone_on = ""
        self._run = run
        self._settings = settings
        self._budget = budget
        self._keep = keep
        self._start = start
        self._over = Cancellation(run.cancelled)
        self._away = Away(run, run.away) if run.away else None
        self._most = max(MAXIMUM_PLAYING, run.away.cores if run.away else 0)
        self._playing = threading.Condition()
        self._attempts = 0
        self._numbering = threading.Lock()
        self._numbered = 0

    def functions(self) -> dict[str, Function]:
        """What the designer's worker may ask."""
        return {"evaluate": lambda arguments: self._evaluate(arguments)[0], "evaluate_batched": self._evaluate}

    def go_on(self, cuts: Sequence[Cut]) -> None:
        """Play the attempts to their end that were under way when the run was cut off, all at once."""
        with ThreadPoolExecutor(self._most, thread_name_prefix="attempt") as pool:
            ended = list(pool.map(self._go_on, cuts))
        if ended:
            told = ", ".join(f"{result.identifier} ({result.outcome})" for result in ended)
            self.gone_on = f"Attempts that were under way were played to their end: {told}; see `attempts`."

    def close(self) -> None:
        """End the attempts that still go on, each with its record."""
        self._over.set()
        with self._playing:
            self._playing.wait_for(lambda: not self._attempts, timeout=CLOSING_SECONDS)
        if self._away is not None:
            self._away.close()

    def _evaluate(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """As many attempts with one version at once as were asked for; their results as plain data."""
        wanted = take(arguments, _Evaluation)
        with self._more(wanted.attempts):
            interface = self._keep(wanted.version)
            if wanted.start:
                self._run.states.get(wanted.start)
            with ThreadPoolExecutor(wanted.attempts, thread_name_prefix="attempt") as pool:
                results = list(pool.map(lambda _: self._try(wanted, interface), range(wanted.attempts)))
        return [msgspec.to_builtins(result) for result in results]

    def _try(self, wanted: _Evaluation, interface: Interface) -> AttemptResult:
        plan = AttemptPlan(
            identifier=self._next_identifier(),
            version=wanted.version,
            interface=interface,
            player=self._settings.player,
            scout=self._settings.scout,
            start=wanted.start or self._start,
        )
        limits = self._limits(wanted)
        if self._away is not None:
            return self._away.play(plan, limits, self._budget, self._over)
        return self._play(plan, self._budget.child(limits, name=f"attempt {plan.identifier}"))

    def _go_on(self, cut: Cut) -> AttemptResult:
        plan = plan_to_go_on(self._run, cut, self._settings.player, self._settings.scout)
        with self._more(1):
            return self._play(plan, cut.budget(self._budget))

    def _play(self, plan: AttemptPlan, budget: Budget) -> AttemptResult:
        return play_attempt(replace(self._run, cancelled=self._over), plan, budget)

    @contextmanager
    def _more(self, count: int) -> Iterator[None]:
        """Further attempts go on; the designer may be gone before they end.

        Raises:
            UsageProblem: too many go on at once.
        """
        with self._playing:
            if self._attempts + count > self._most:
                raise UsageProblem(f"{self._attempts} attempts go on at once already.", f"{self._most} may.")
            self._attempts += count
        try:
            yield
        finally:
            with self._playing:
                self._attempts -= count
                self._playing.notify_all()

    def _limits(self, wanted: _Evaluation) -> Limits:
        """The player's limits, or less where the designer asks for less, or where little is left for several."""
        limits = self._settings.player.limits()
        left = self._budget.remaining("frames") if wanted.attempts > 1 else None
        seconds = None if wanted.minutes is None else wanted.minutes * 60
        return msgspec.structs.replace(
            limits,
            wall_seconds=least(limits.wall_seconds, seconds),
            frames=least(limits.frames, wanted.frames, None if left is None else max(1.0, left // wanted.attempts)),
        )

    def _next_identifier(self) -> str:
        with self._numbering:
            begun = sum(event.kind == "attempt_started" for event in self._run.events())
            self._numbered = max(self._numbered, begun) + 1
            return f"a{self._numbered:03}"
