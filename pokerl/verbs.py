"""What the verbs of the command line do, as functions of plain settings."""

from __future__ import annotations

import io
import math
import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from pokerl import audit as auditing
from pokerl.budget import Budget
from pokerl.cartridge import load, locate_rom
from pokerl.design.experiment import ExperimentResult, run_experiment
from pokerl.design.opening import open_run
from pokerl.design.results import attempts_of, best_attempt, version_rows
from pokerl.design.settings import ExperimentSettings, load_settings
from pokerl.display import LiveDisplay, plain
from pokerl.emulator.capability import MODES
from pokerl.errors import ConfigurationProblem, InterfaceProblem, RunFolderProblem, UsageProblem
from pokerl.play.attempt import AttemptPlan, play_attempt
from pokerl.play.interface import Interface, load_interface
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.play.versions import keep_version
from pokerl.replay import Video, VideoSettings, make_gif, open_record, render_run
from pokerl.shipped import path as shipped
from pokerl.states.shelf import put_start
from pokerl.tables import results_table, splits_table
from pokerl.timeline import StateStore, read_events
from pokerl.timeline.manifest import read_manifest

STORY = "experiments/story.toml"
TRUNK_FILM = "trunk.mp4"
AUDIT_FILE = "audit.md"

FILMED_FRAMES = 36_000
"""Frames (ten minutes of play) up to which the film of a run shows every one; longer play is shown faster."""


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


class PlayReport(Struct, frozen=True, kw_only=True):
    """What `pokerl play` ends with."""

    folder: str
    attempt: AttemptResult


class StateRow(Struct, frozen=True, kw_only=True):
    """A checkpoint of a run."""

    digest: str
    attempt: str
    machine: str
    frame: int
    label: str
    milestones: list[str]


def settings_for(
    experiment: Path | None,
    resume: Path | None = None,
    cassette: Path | None = None,
    *,
    mode: str,
    model: str,
    rom: str,
    runs: str,
    sandbox: str,
    start: str = "",
) -> ExperimentSettings:
    """The settings of an experiment's file (or of the run to resume or to repeat), changed by the command line.

    Raises:
        ConfigurationProblem: the file or an option is wrong.
    """
    if resume is not None:
        base = _settings_of(resume)
        if experiment is not None or (mode and _known_mode(mode) != base.mode):
            raise UsageProblem(
                f"The run {resume} goes on with the settings and the mode ({base.mode}) that it was begun with.",
                "Leave out the experiment's file and --mode, or begin another run.",
            )
    elif cassette is not None:
        base = msgspec.structs.replace(_settings_of(cassette), scripted="", cassette=str(cassette))
    else:
        base = load_settings(experiment or shipped(STORY))
    changes: dict[str, Any] = {
        name: value for name, value in (("rom", rom), ("runs", runs), ("sandbox", sandbox), ("start", start)) if value
    }
    if mode:
        changes["mode"] = _known_mode(mode)
    if model:
        changes |= {"scripted": "", "cassette": ""}
        changes |= {
            part: msgspec.structs.replace(getattr(base, part), model=model) for part in ("designer", "player", "scout")
        }
    return msgspec.structs.replace(base, **changes)


def _settings_of(folder: Path) -> ExperimentSettings:
    try:
        return msgspec.convert(read_manifest(folder).settings, ExperimentSettings)
    except msgspec.ValidationError as error:
        raise RunFolderProblem(
            f"The settings in the manifest of {folder} cannot be used: {error}.", "Begin another run."
        ) from None


def for_one_attempt(settings: ExperimentSettings, minutes: float | None) -> ExperimentSettings:
    """The same settings for `pokerl play`: a run of one attempt."""
    player = settings.player
    if minutes is not None:
        if not 0 < minutes < math.inf:
            raise UsageProblem(f"{minutes} are no minutes to play in.", "Give a number above 0, such as --minutes 30.")
        player = msgspec.structs.replace(player, wall=f"{minutes * 60:.3f}s")
    return msgspec.structs.replace(settings, name="play", player=player)


def run_and_watch(
    settings: ExperimentSettings, resume: Path | None, *, unsafe: bool, console: Console
) -> ExperimentResult:
    """Run an experiment with the live display."""
    return run_experiment(
        settings,
        environment=os.environ,
        resume=resume,
        unsafe=unsafe,
        watch=lambda run, budget: _display(run, budget, console),
    )


def finish(result: ExperimentResult, *, rom: str, video: bool, console: Console) -> RunReport:
    """Show what an experiment came to: results, film and audit."""
    folder = Path(result.folder)
    report = RunReport(**{name: getattr(result, name) for name in result.__struct_fields__})
    console.print(f"\nRun folder: {folder}", highlight=False, soft_wrap=True)
    console.print(results_table(version_rows(result.attempts), _milestones(folder)))
    best = best_attempt(result.attempts)
    if best is None:
        console.print(f"No attempt was made: {result.reason}", highlight=False, markup=False)
        return report
    if result.stop == "interrupted":
        console.print(f"To go on: pokerl run --resume {folder}", highlight=False, markup=False, soft_wrap=True)
        return msgspec.structs.replace(report, best=best.identifier)
    if video and best.trunk_frames:
        settings = VideoSettings(overlay=True, speed=1 + best.trunk_frames // FILMED_FRAMES)
        made = film(folder, best.identifier, None, settings, rom=rom, console=console)
        report = msgspec.structs.replace(report, best=best.identifier, video=str(made.path))
    found = audit(folder, rom=rom, console=console)
    target = folder / AUDIT_FILE
    target.write_text(auditing.to_markdown(found), encoding="utf-8")
    console.print(provenance_table(found))
    console.print(f"Audit in full: {target}", highlight=False, soft_wrap=True)
    provenance = {each.attempt: {one.name: one.verdict for one in each.provenance} for each in found.attempts}
    return msgspec.structs.replace(report, best=best.identifier, audit=str(target), provenance=provenance)


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
        with _display(run, budget, console):
            result = play_attempt(run, plan, budget)
        run.record("experiment_ended", stop=result.outcome, reason=result.reason)
        console.print(f"\nRun folder: {run.folder}", highlight=False, soft_wrap=True)
        console.print(splits_table(result))
        if result.answer:
            console.print(plain(f"The player says: {result.answer}"))
        return PlayReport(folder=str(run.folder), attempt=result)


def film(folder: Path, attempt: str, out: Path | None, settings: VideoSettings, *, rom: str, console: Console) -> Video:
    """Render an attempt's trunk to MP4 (or a short GIF of its milestones, by the ending of ``out``)."""
    place = rom_of(folder, rom)
    best = best_attempt(attempts_of(read_events(folder)))
    chosen = attempt or (best.identifier if best else "")
    target = out or folder / TRUNK_FILM
    if target.suffix == ".gif":
        return _gif(folder, place, chosen, target, console)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("replaying", total=None)
        video = render_run(
            folder,
            place,
            target,
            attempt=chosen,
            settings=settings,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    console.print(
        f"Video of attempt {chosen or 'the last'}: {target} ({video.seconds:.0f} s, {video.width}x{video.height})",
        highlight=False,
        soft_wrap=True,
    )
    return video


def _gif(folder: Path, rom: Path, attempt: str, target: Path, console: Console) -> Video:
    record = open_record(folder)
    pictures = make_gif(record, record.tree.trunk(attempt), rom, target)
    console.print(f"GIF of attempt {attempt}: {target} ({pictures} pictures)", highlight=False, soft_wrap=True)
    return Video(target, pictures, pictures, pictures / 10, 320, 288)


def audit(folder: Path, *, rom: str, console: Console) -> auditing.Audit:
    """Audit a run, with a progress bar."""
    place = rom_of(folder, rom)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("auditing", total=None)
        return auditing.audit_run(
            folder, place, progress=lambda _, done, total: bar.update(task, completed=done, total=total)
        )


def provenance_table(found: auditing.Audit) -> Table:
    """Per attempt: how many milestones were earned, glitched or written, and what was poked."""
    table = Table(title="Audit: was it earned?", title_justify="left")
    table.add_column("attempt")
    table.add_column("version")
    for name in ("earned", "glitched", "written", "claimed"):
        table.add_column(name, justify="right")
    table.add_column("won")
    table.add_column("pokes", justify="right")
    for attempt in found.attempts:
        verdicts = [one.verdict for one in attempt.provenance]
        won = next((one.verdict for one in attempt.provenance if one.name == "won"), "-")
        counts = [str(verdicts.count(name)) for name in ("earned", "glitched", "written", "claimed")]
        version = f"{attempt.version}, from a checkpoint" if attempt.start else attempt.version
        table.add_row(attempt.attempt, version, *counts, won, str(attempt.trunk_pokes))
    return table


def find_interface(name: str) -> Interface:
    """An interface by shipped name, folder, or RUN:VERSION.

    Raises:
        InterfaceProblem: there is none, or it breaks the contract.
    """
    run, _, version = name.rpartition(":")
    if run and (Path(run) / "events.jsonl").is_file():
        for event in read_events(Path(run)):
            if event.kind == "version_written" and event.data["version"] == version:
                name = str(Path(run) / "interface" / event.data["hash"])
    folder = Path(name) if Path(name).is_dir() else shipped("interfaces") / name
    if not folder.is_dir():
        known = ", ".join(sorted(each.parent.name for each in shipped("interfaces").glob("*/interface.toml")))
        raise InterfaceProblem(
            f"There is no interface {name!r}.", f"Shipped are: {known}. A folder or RUN:VERSION works too."
        )
    return load_interface(folder)


def list_interfaces(run_folder: Path | None) -> list[Interface]:
    """The shipped interfaces, or the versions of a run."""
    if run_folder is None:
        return [load_interface(found.parent) for found in sorted(shipped("interfaces").glob("*/interface.toml"))]
    read_manifest(run_folder)
    hashes = [event.data["hash"] for event in read_events(run_folder) if event.kind == "version_written"]
    return [load_interface(run_folder / "interface" / digest) for digest in hashes]


def list_states(folder: Path) -> list[StateRow]:
    """The checkpoints of a run, in order."""
    read_manifest(folder)
    rows: list[StateRow] = []
    reached: dict[str, list[str]] = {}
    for event in read_events(folder):
        if event.kind == "milestone":
            reached.setdefault(event.segment, []).append(event.data["name"])
        elif event.kind == "checkpoint":
            rows.append(
                StateRow(
                    digest=event.data["digest"],
                    attempt=event.attempt,
                    machine=event.machine,
                    frame=event.frame,
                    label=event.data["label"],
                    milestones=reached.get(event.segment, []),
                )
            )
    return rows


def states_table(rows: list[StateRow]) -> Table:
    """Checkpoints as a table."""
    table = Table()
    for name in ("checkpoint", "attempt", "machine", "frame", "label", "milestones before it"):
        table.add_column(name, justify="right" if name == "frame" else "left")
    for row in rows:
        table.add_row(
            row.digest[:12], row.attempt, row.machine, f"{row.frame:,}", plain(row.label), ", ".join(row.milestones)
        )
    return table


def draw_state(folder: Path, beginning: str, out: Path | None, *, rom: str) -> Path:
    """Write the picture of a checkpoint as PNG.

    Raises:
        UsageProblem: no checkpoint, or more than one, begins so.
    """
    from PIL import Image

    from pokerl.emulator import Machine

    found = sorted({row.digest for row in list_states(folder) if row.digest.startswith(beginning)})
    if len(found) != 1:
        raise UsageProblem(
            f"{len(found)} checkpoints of the run begin with {beginning!r}.", "`pokerl states RUN` lists them."
        )
    machine = Machine(rom_of(folder, rom), load(read_manifest(folder).cartridge))
    machine.load_stored(StateStore(folder).get(found[0]))
    # The first picture after loading is drawn by running on; a few frames hardly change what is seen.
    machine.run(0, 2, render=True)
    buffer = io.BytesIO()
    Image.fromarray(machine.screen()).resize((640, 576), Image.Resampling.NEAREST).save(buffer, "PNG")
    machine.close()
    target = out or folder / f"{found[0][:12]}.png"
    target.write_bytes(buffer.getvalue())
    return target


def rom_of(folder: Path, rom: str) -> Path:
    """The ROM to replay a run with.

    Raises:
        RomProblem: there is none, or another one.
        RunFolderProblem: the folder is no run.
    """
    cartridge = load(read_manifest(folder).cartridge)
    return locate_rom(cartridge, rom or (None if cartridge.shipped else os.environ.get("POKERL_ROM")))


def _display(run: Run, budget: Budget, console: Console) -> AbstractContextManager[object]:
    title = f"pokerl: {run.cartridge.title}, mode {run.mode}, sandbox {run.tier.name}"
    return LiveDisplay(run.folder, lambda: budget, len(run.cartridge.milestones), console, title)


def _milestones(folder: Path) -> int:
    return len(load(read_manifest(folder).cartridge).milestones)


def _known_mode(mode: str) -> str:
    if mode not in MODES:
        raise ConfigurationProblem(f"There is no mode {mode!r}.", f"The modes are {', '.join(MODES)}.")
    return mode
