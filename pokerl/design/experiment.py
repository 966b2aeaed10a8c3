"""The main job: a designer builds interfaces, a player plays with each, and what happened is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pokerl.budget import Budget
from pokerl.cartridge import progress
from pokerl.design.desk import Desk
from pokerl.design.opening import open_run, spent_before
from pokerl.design.results import attempts_of
from pokerl.design.settings import ExperimentSettings
from pokerl.emulator.capability import MODES, Mode
from pokerl.play.prompts import agent_folder, game_values, in_words, paced
from pokerl.play.result import AttemptResult, dollars_spent, refusals, tokens_used, trunk_splits
from pokerl.play.run import Run
from pokerl.rlm import AgentSpec, Result, load_agent
from pokerl.rlm import run as run_agent
from pokerl.timeline import Event, Tree, read_events

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
        designer = _designer(run, settings)
        spent = spent_before(read_events(run.folder)) if resumed else None
        budget = Budget(settings.designer.limits(), name="the experiment", spent=spent)
        run.record("experiment_resumed" if resumed else "experiment_started", **_heading(settings, run))
        _close_cut_attempts(run)
        with watch(run, budget), closing(Desk(run, settings, budget)) as desk:
            result = _design(run, settings, designer, desk, budget, resume=resumed)
        run.record("experiment_ended", stop=result.stop, reason=result.reason)
        return ExperimentResult(
            folder=str(run.folder),
            stop=result.stop,
            reason=result.reason,
            answer=result.content,
            attempts=attempts_of(run.events()),
        )


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
    values = {
        **game_values(run.cartridge, run.mode, MODES[run.mode], run.goal),
        "mode_note": MODE_NOTES[run.mode],
        "experiment_limits": in_words(settings.designer.limits()),
        "attempt_limits": in_words(settings.player.limits()),
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


def _close_cut_attempts(run: Run) -> None:
    """Attempts that were going on when the run was cut off are ended as interrupted."""
    events = list(read_events(run.folder))
    ended = {event.attempt for event in events if event.kind == "attempt_ended"}
    for event in events:
        if event.kind == "attempt_started" and event.attempt not in ended:
            run.record("attempt_ended", attempt=event.attempt, **msgspec.to_builtins(_cut(run, event, events)))


def _cut(run: Run, started: Event, events: list[Event]) -> AttemptResult:
    """The result of an attempt that was cut off: what the log has of it."""
    attempt, milestones = started.attempt, run.cartridge.milestones
    own = [event for event in events if event.attempt == attempt]
    splits = trunk_splits(events, attempt, milestones)
    trunk = Tree.from_events(events).trunk(attempt)
    return AttemptResult(
        identifier=attempt,
        version=started.data["version"],
        outcome="interrupted",
        reason="The run was cut off during this attempt.",
        capabilities=started.data["capabilities"],
        milestones=splits,
        progress=progress(milestones, {split.name for split in splits}),
        frames=sum(frames for event in own if event.kind == "input" for _, frames in event.data["runs"]),
        trunk_frames=trunk[-1].end_frame if trunk else 0,
        trunk_pokes=sum(len(segment.pokes) for segment in trunk),
        seconds=own[-1].at - started.at,
        tokens=tokens_used(events, attempt),
        dollars=dollars_spent(events, attempt),
        refusals=refusals(events, attempt),
        end=next((segment.checkpoint for segment in reversed(trunk) if segment.checkpoint), ""),
        from_power_on=not started.data["start"],
    )
