"""`pokerl play`: one attempt with an interface, in a run folder of its own."""

from __future__ import annotations

import os

from msgspec import Struct
from rich.console import Console

from pokerl.budget import Budget
from pokerl.commands.interfaces import find_interface
from pokerl.commands.tables import splits_table
from pokerl.commands.watching import display
from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings
from pokerl.display import plain
from pokerl.play.attempt import AttemptPlan, play_attempt
from pokerl.play.result import AttemptResult
from pokerl.play.versions import keep_version
from pokerl.states.shelf import put_start


class PlayReport(Struct, frozen=True, kw_only=True):
    """What `pokerl play` ends with."""

    folder: str
    attempt: AttemptResult


def play_once(settings: ExperimentSettings, interface: str, *, unsafe: bool, console: Console) -> PlayReport:
    """One attempt with an interface, in a run folder of its own."""
    chosen = find_interface(interface)
    with open_run(settings, environment=os.environ, unsafe=unsafe) as run:
        kept = keep_version(run, chosen.folder, chosen.manifest.name)
        budget = Budget(settings.player.limits(), name="the attempt")
        plan = AttemptPlan(
            identifier="a001",
            version=kept.manifest.name,
            interface=kept,
            player=settings.player,
            scout=settings.scout,
            start=put_start(run.states, settings.start),
        )
        run.record("experiment_started", name=settings.name, cartridge=run.cartridge.identifier, mode=run.mode)
        with display(run, budget, console):
            result = play_attempt(run, plan, budget)
        run.record("experiment_ended", stop=result.outcome, reason=result.reason)
        console.print(f"\nRun folder: {run.folder}", highlight=False, soft_wrap=True)
        console.print(splits_table(result))
        if result.answer:
            console.print(plain(f"The player says: {result.answer}"))
        return PlayReport(folder=str(run.folder), attempt=result)
