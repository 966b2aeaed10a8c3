"""`pokerl run`: an experiment from its settings to its results, film and audit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from rich.console import Console

from pokerl.audit import to_markdown
from pokerl.cartridge import load
from pokerl.commands.audits import audit_with_bar, provenance_table
from pokerl.commands.films import film
from pokerl.commands.tables import results_table
from pokerl.commands.watching import display
from pokerl.design.experiment import ExperimentResult, run_experiment
from pokerl.design.results import best_attempt, version_rows
from pokerl.design.settings import ExperimentSettings
from pokerl.play.result import AttemptResult
from pokerl.replay import VideoSettings
from pokerl.replay.stills import complete
from pokerl.timeline.manifest import read_manifest

AUDIT_FILE = "audit.md"

FILMED_FRAMES = 7_200
"""Frames (two minutes of play) up to which the film of a run shows every one; longer play is shown faster."""


class RunReport(Struct, frozen=True, kw_only=True):
    """What `pokerl run` ends with.

    Attributes:
        folder, stop, reason, answer, attempts: of the experiment.
        best: id of the attempt that is reported; empty if there is none.
        video: the MP4 of its trunk; empty if none was made.
        audit: the audit as a Markdown file.
        provenance: by attempt, the verdict on each milestone.
    """

    folder: str
    stop: str
    reason: str
    answer: Any
    attempts: list[AttemptResult]
    best: str = ""
    video: str = ""
    audit: str = ""
    provenance: dict[str, dict[str, str]] = {}


def run_and_watch(
    settings: ExperimentSettings, resume: Path | None, *, unsafe: bool, console: Console
) -> ExperimentResult:
    """Run an experiment with the live display."""
    return run_experiment(
        settings,
        environment=os.environ,
        resume=resume,
        unsafe=unsafe,
        watch=lambda run, budget: display(run, budget, console),
    )


def finish(result: ExperimentResult, *, rom: str, video: bool, console: Console) -> RunReport:
    """Show what an experiment came to: results, film and audit."""
    folder = Path(result.folder)
    report = RunReport(**{name: getattr(result, name) for name in result.__struct_fields__})
    console.print(f"\nRun folder: {folder}", highlight=False, markup=False, soft_wrap=True)
    console.print(results_table(version_rows(result.attempts), _milestones(folder)))
    best = best_attempt(result.attempts)
    if best is None:
        console.print(f"No attempt was made: {result.reason}", highlight=False, markup=False)
        return report
    if result.stop == "interrupted":
        console.print(f"To go on: pokerl run --resume {folder}", highlight=False, markup=False, soft_wrap=True)
        return msgspec.structs.replace(report, best=best.identifier)
    found = audit_with_bar(folder, rom=rom, console=console)
    if video and best.trunk_frames:
        settings = VideoSettings(overlay=True, speed=1 + best.trunk_frames // FILMED_FRAMES)
        made = film(folder, best.identifier, None, settings, rom=rom, console=console, audit=found)
        report = msgspec.structs.replace(report, best=best.identifier, video=str(made.path))
        console.print(_also_won(result.attempts, best, folder), end="", highlight=False, markup=False, soft_wrap=True)
    target = folder / AUDIT_FILE
    with complete(target) as draft:
        draft.write_text(to_markdown(found), encoding="utf-8")
    console.print(provenance_table(found))
    console.print(f"Audit in full: {target}", highlight=False, markup=False, soft_wrap=True)
    provenance = {each.attempt: {one.name: one.verdict for one in each.provenance} for each in found.attempts}
    return msgspec.structs.replace(report, best=best.identifier, audit=str(target), provenance=provenance)


def _also_won(attempts: Sequence[AttemptResult], filmed: AttemptResult, folder: Path) -> str:
    """A line for each other win: it is not in the film, but can be."""
    lines = (
        f"{each.identifier} with {each.version} won too{', by pokes' if each.trunk_pokes else ''}: "
        f"pokerl replay {folder} --attempt {each.identifier} --out {each.identifier}.mp4\n"
        for each in attempts
        if each.won and each is not filmed
    )
    return "".join(lines)


def _milestones(folder: Path) -> int:
    return len(load(read_manifest(folder).cartridge).milestones)
