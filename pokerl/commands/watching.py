"""A run as people watch it while it goes on."""

from __future__ import annotations

from contextlib import AbstractContextManager

from rich.console import Console

from pokerl.budget import Budget
from pokerl.display import LiveDisplay
from pokerl.play.run import Run


def display(run: Run, budget: Budget, console: Console) -> AbstractContextManager[object]:
    """The live display of a run, as a context: shown while it lasts."""
    title = f"pokerl: {run.cartridge.title}, mode {run.mode}, sandbox {run.tier.name}"
    return LiveDisplay(run.folder, lambda: budget, len(run.cartridge.milestones), console, title)
