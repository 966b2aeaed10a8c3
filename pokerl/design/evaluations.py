"""The attempts of an experiment: begun for the designer, gone on with after a break, ended with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pokerl.budget import Budget, Limits, least
from pokerl.design.settings import ExperimentSettings
from pokerl.design.underway import Entry, Underway
from pokerl.errors import UsageProblem
from pokerl.play.attempt import AttemptPlan, plan_to_go_on, play_attempt
from pokerl.play.away import Away
from pokerl.play.cut import Cut
from pokerl.play.interface import Interface
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.rlm.arguments import take
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.extension import Function

MAXIMUM_PLAYING = 8
"""Attempts that may go on at once; more where the executor that plays them has more cores."""

Name = Annotated[str, Meta(max_length=200)]


class _Evaluation(Struct, forbid_unknown_fields=True):
    version: Name
    minutes: Annotated[float, Meta(gt=0)] | None = None
    frames: Annotated[int, Meta(gt=0)] | None = None
    start: Name = ""
    attempts: Annotated[int, Meta(ge=1, le=1000)] = 1
    background: bool = False


class _Wait(Struct, forbid_unknown_fields=True):
    attempt: Name
    seconds: Annotated[float, Meta(ge=0, le=threading.TIMEOUT_MAX)] | None = None


class _Stop(Struct, forbid_unknown_fields=True):
    attempt: Name


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
        underway: the attempts that go on.
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
        most = max(MAXIMUM_PLAYING, run.away.cores if run.away else 0)
        self.underway = Underway(run, most, self._over.is_set)
        self._numbered = 0

    def functions(self) -> dict[str, Function]:
        """What the designer's worker may ask."""
        return {"evaluate": self._evaluate, "attempt_wait": self._wait, "attempt_stop": self._stop}

    def watching(self) -> dict[str, Function]:
        """What the designer's helpers may ask, too."""
        return {
            "attempts_underway": lambda _: msgspec.to_builtins(self.underway.progress()),
            "attempt_wait": lambda arguments: self._wait(arguments, tells=False),
        }

    def go_on(self, cuts: Sequence[Cut]) -> None:
        """Have the attempts go on that were under way when the run was cut off, all at once.

        Those that the designer waited for are played to their end before this returns.
        """
        plans = [plan_to_go_on(self._run, cut, self._settings.player, self._settings.scout) for cut in cuts]
        entries = [
            Entry(plan=plan, limits=cut.begun.limits, budget=cut.budget(self._budget))
            for plan, cut in zip(plans, cuts, strict=True)
        ]
        self.underway.go_on(entries, self._play)
        ended = [self.underway.wait(plan.identifier) for plan in plans if not plan.background]
        told = ", ".join(f"{result.identifier} ({result.outcome})" for result in ended if result)
        going = ", ".join(plan.identifier for plan in plans if plan.background)
        self.gone_on = " ".join(
            [f"Attempts that were under way were played to their end: {told}; see `attempts`."] * bool(told)
            + [f"Attempts that were under way in the background go on: {going}; see `attempts.running`."] * bool(going)
        )

    def close(self) -> None:
        """End the attempts that still go on, each with its record."""
        self._over.set()
        self.underway.close()
        if self._away is not None:
            self._away.close()

    def _evaluate(self, arguments: dict[str, Any]) -> list[str]:
        """Begin as many attempts with one version at once as are asked for; their identifiers."""
        wanted = take(arguments, _Evaluation)
        interface = self._keep(wanted.version)
        if wanted.start:
            self._run.states.get(wanted.start)
        return self.underway.begin(
            wanted.attempts,
            lambda promised: self._draft(wanted, interface, self._limits(wanted, promised)),
            self._play,
        )

    def _wait(self, arguments: dict[str, Any], *, tells: bool = True) -> dict[str, Any] | None:
        """The result of an attempt as plain data; ``None`` if it still goes on after so many seconds."""
        wanted = take(arguments, _Wait)
        result = self.underway.wait(wanted.attempt, wanted.seconds, tells=tells)
        return None if result is None else msgspec.to_builtins(result)

    def _stop(self, arguments: dict[str, Any]) -> None:
        """End an attempt early."""
        self.underway.stop(take(arguments, _Stop).attempt)

    def _draft(self, wanted: _Evaluation, interface: Interface, limits: Limits) -> Entry:
        plan = AttemptPlan(
            identifier=self._next_identifier(),
            version=wanted.version,
            interface=interface,
            player=self._settings.player,
            scout=self._settings.scout,
            start=wanted.start or self._start,
            background=wanted.background,
        )
        # One that is played elsewhere keeps its own clock there, and its frames are counted there.
        here = limits if self._away is None else msgspec.structs.replace(limits, wall_seconds=None, frames=None)
        return Entry(plan=plan, limits=limits, budget=self._budget.child(here, name=f"attempt {plan.identifier}"))

    def _play(self, entry: Entry, stop: threading.Event) -> AttemptResult:
        if self._away is not None and entry.plan.cut is None:
            return self._away.play(entry.plan, entry.limits, entry.budget, self._over, stop)
        return play_attempt(replace(self._run, cancelled=self._over), entry.plan, entry.budget, stop)

    def _limits(self, wanted: _Evaluation, promised: float) -> Limits:
        """The player's limits, or less where the designer asks for less, or where little is left for several.

        Raises:
            UsageProblem: all frames that are left are promised to attempts under way.
        """
        limits = self._settings.player.limits()
        left = self._budget.remaining("frames")
        share = None if left is None else (left - promised) // wanted.attempts
        if share is not None and share < 1 and promised:
            raise UsageProblem(
                "The frames that are left are set aside for the attempts under way.",
                "Give those a limit by `frames=` when you begin them, or wait for one to end.",
            )
        seconds = None if wanted.minutes is None else wanted.minutes * 60
        return msgspec.structs.replace(
            limits,
            wall_seconds=least(limits.wall_seconds, seconds),
            frames=least(limits.frames, wanted.frames, None if share is None else max(1.0, share)),
        )

    def _next_identifier(self) -> str:
        begun = sum(event.kind == "attempt_started" for event in self._run.events())
        self._numbered = max(self._numbered, begun) + 1
        return f"a{self._numbered:03}"
