"""The main job: a designer builds interfaces, a player plays with each, and what happened is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pokerl.budget import Budget, Resource
from pokerl.design.desk import Desk
from pokerl.design.opening import open_run
from pokerl.design.results import attempts_of
from pokerl.design.settings import ExperimentSettings
from pokerl.emulator.capability import MODES, Mode
from pokerl.play.cut import Cut, cut_attempts
from pokerl.play.prompts import agent_folder, duration, game_values, in_words, paced
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.play.spent import spent_by_experiment
from pokerl.rlm import AgentSpec, Result, load_agent
from pokerl.rlm import run as run_agent
from pokerl.rlm.agent import agent_limits
from pokerl.timeline import Log

MODE_NOTES: dict[Mode, str] = {
    "open": " Writing into memory is allowed here, and counted apart.",
    "fair": " Writing into memory (`ram.write`) is refused.",
    "pixels": " Only the picture and the buttons: reading or writing memory is refused.",
}

Watch = Callable[[Run, Budget], AbstractContextManager[object]]
"""Something that looks on while a run goes, such as the live display."""


class ExperimentResult(Struct, frozen=True, kw_only=True):
    """The end of an experiment.

    Attributes:
        folder: the run folder.
        stop: why the designer ended: ``answered``, ``budget``, ``turns``, ``failed`` or ``interrupted``.
        reason: one sentence more.
        answer: the designer's last word.
        attempts: all of them, in order.
    """

    folder: str
    stop: str
    reason: str
    answer: Any
    attempts: list[AttemptResult]


def run_experiment(
    settings: ExperimentSettings,
    *,
    environment: Mapping[str, str],
    resume: Path | None = None,
    unsafe: bool = False,
    watch: Watch = lambda _run, _budget: nullcontext(),
) -> ExperimentResult:
    """Run a whole experiment, or go on with one.

    Args:
        settings: what it is to be.
        environment: where POKERL_ROM is looked up.
        resume: the folder of an interrupted run.
        unsafe: allow running model-written code without a sandbox.
        watch: looks on, e.g. a display.

    Raises:
        UsageProblem: something is missing or wrong; found before anything starts.
    """
    with open_run(settings, environment=environment, resume=resume, unsafe=unsafe) as run:
        resumed = bool(run.events())
        spent, cuts = _before(run)
        designer = _designer(run, settings)
        budget = Budget(settings.designer.limits(), name="the experiment", spent=spent)
        run.record("experiment_resumed" if resumed else "experiment_started", **_heading(settings, run))
        with watch(run, budget), closing(Desk(run, settings, budget)) as desk:
            desk.evaluations.go_on(cuts)
            result = _design(run, settings, designer, desk, budget, resume=resumed)
        run.record("experiment_ended", stop=result.stop, reason=result.reason)
        return ExperimentResult(
            folder=str(run.folder),
            stop=result.stop,
            reason=result.reason,
            answer=result.content,
            attempts=attempts_of(run.events()),
        )


def _before(run: Run) -> tuple[dict[Resource, float], list[Cut]]:
    """What was spent until now, and the attempts that were cut off."""
    log = Log(run.folder)
    return spent_by_experiment(log), cut_attempts(log)


def _design(
    run: Run, settings: ExperimentSettings, designer: AgentSpec, desk: Desk, budget: Budget, *, resume: bool
) -> Result:
    """Let the designer work until it answers or the budget ends."""
    return run_agent(
        designer,
        _context(run, settings),
        task=f"Build the interface with which a player beats {run.cartridge.title}.",
        model=run.model["designer"],
        models=run.models,
        budget=budget,
        tier=run.tier,
        transcript=run.transcript,
        extension=desk.extension(),
        ledger=run.ledger(),
        path="designer",
        resume=resume,
        cancelled=run.cancelled,
    )


def _designer(run: Run, settings: ExperimentSettings) -> AgentSpec:
    player = paced(agent_limits(agent_folder(settings.player.agent)), settings.player.limits())
    values = {
        **game_values(run.cartridge, run.mode, MODES[run.mode], run.goal),
        "mode_note": MODE_NOTES[run.mode],
        "experiment_limits": in_words(settings.designer.limits()),
        "attempt_limits": in_words(settings.player.limits()),
        "player_block": duration(player.cell_seconds),
    }
    return paced(load_agent(agent_folder(settings.designer.agent), **values), settings.designer.limits())


def _context(run: Run, settings: ExperimentSettings) -> dict[str, Any]:
    return {
        "goal": run.goal,
        "game": run.cartridge.title,
        "mode": run.mode,
        "capabilities": sorted(MODES[run.mode]),
        "experiment_limits": msgspec.to_builtins(settings.designer.limits()),
        "attempt_limits": msgspec.to_builtins(settings.player.limits()),
        "milestones": [{"name": each.name, "title": each.title} for each in run.cartridge.milestones],
        "versions_and_attempts_so_far": len(attempts_of(run.events())),
    }


def _heading(settings: ExperimentSettings, run: Run) -> dict[str, Any]:
    return {"name": settings.name, "cartridge": run.cartridge.identifier, "mode": run.mode, "sandbox": run.tier.name}
