"""`pokerl play`: one attempt with an interface, in a run folder of its own."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct
from rich.console import Console

from pokerl.budget import Budget
from pokerl.commands.interfaces import find_interface
from pokerl.commands.tables import splits_table
from pokerl.commands.watching import display
from pokerl.design.opening import open_run, scripted_folder
from pokerl.design.settings import ExperimentSettings
from pokerl.display import plain
from pokerl.errors import UsageProblem
from pokerl.play.attempt import AttemptPlan, plan_to_go_on, play_attempt
from pokerl.play.cut import cut_attempts
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.play.versions import keep_version
from pokerl.rlm.models.scripted import ScriptedModel
from pokerl.states.shelf import put_start
from pokerl.timeline import Log


class PlayReport(Struct, frozen=True, kw_only=True):
    """What `pokerl play` ends with."""

    folder: str
    attempt: AttemptResult


def play_once(settings: ExperimentSettings, interface: str, *, unsafe: bool, console: Console) -> PlayReport:
    """One attempt with an interface, in a run folder of its own."""
    chosen = find_interface(interface)
    with open_run(settings, environment=os.environ, unsafe=unsafe, work="attempt") as run:
        _require_turns(settings, chosen.manifest.name)
        kept = keep_version(run, chosen.folder, chosen.manifest.name)
        plan = AttemptPlan(
            identifier="a001",
            version=kept.manifest.name,
            interface=kept,
            player=settings.player,
            scout=settings.scout,
            start=put_start(run.states, settings.start),
        )
        run.record("experiment_started", name=settings.name, cartridge=run.cartridge.identifier, mode=run.mode)
        return _play(run, plan, Budget(settings.player.limits(), name="the attempt"), console)


def play_on(settings: ExperimentSettings, folder: Path, *, unsafe: bool, console: Console) -> PlayReport:
    """Go on with the attempt of a run folder that was cut off.

    Raises:
        UsageProblem: there is none, or it came to its end.
    """
    with open_run(settings, environment=os.environ, resume=folder, unsafe=unsafe, work="attempt") as run:
        cuts = cut_attempts(Log(folder))
        if not cuts:
            raise UsageProblem(f"There is no attempt to go on with in {folder}.", "Begin another one.")
        run.record("experiment_resumed", name=settings.name, cartridge=run.cartridge.identifier, mode=run.mode)
        plan = plan_to_go_on(run, cuts[0], settings.player, settings.scout)
        return _play(run, plan, cuts[0].budget(), console)


def _require_turns(settings: ExperimentSettings, version: str) -> None:
    """Raise :class:`~pokerl.errors.UsageProblem` when the player is scripted, but not for this interface."""
    if settings.scripted and not ScriptedModel(scripted_folder(settings.scripted)).begins(f"player-{version}"):
        raise UsageProblem(
            f"The scripted player of {Path(settings.scripted).name!r} has no turns with the interface {version!r}.",
            "Give --model NAME for a real model, or another experiment: `pokerl play baseline --interface baseline`.",
        )


def _play(run: Run, plan: AttemptPlan, budget: Budget, console: Console) -> PlayReport:
    with display(run, budget, console):
        result = play_attempt(run, plan, budget)
    run.record("experiment_ended", stop=result.outcome, reason=result.reason)
    console.print(f"\nRun folder: {run.folder}", highlight=False, markup=False, soft_wrap=True)
    console.print(splits_table(result))
    if result.answer:
        console.print(plain(f"The player says: {result.answer}"))
    if result.outcome == "interrupted":
        console.print(f"To go on: pokerl play --resume {run.folder}", highlight=False, markup=False, soft_wrap=True)
    return PlayReport(folder=str(run.folder), attempt=result)
