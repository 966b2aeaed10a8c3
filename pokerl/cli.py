"""The command line: one small function a verb.

Exit codes: 0 ok, 1 failure, 2 usage, 3 budget spent, 4 audit failed, 130 interrupted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pokerl import __version__
from pokerl.commands.output import console_for, print_error, print_json
from pokerl.errors import BudgetSpent, PokerlError
from pokerl.states.commands import app as states_app

INTERRUPTED = 130

app = typer.Typer(
    name="pokerl",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Let a model build the interface through which a model plays a game: recorded, replayed, audited.",
)

app.add_typer(states_app, name="states")

Experiment = Annotated[
    Path | None,
    typer.Argument(
        help="An experiment's TOML file, or the name of one that ships (red, baseline); the offline story without one."
    ),
]
RunFolder = Annotated[Path, typer.Argument(help="A run folder, such as runs/20260101T120000Z-story.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Rom = Annotated[str, typer.Option("--rom", help="Your ROM; otherwise POKERL_ROM, or the demo's own.")]
Mode = Annotated[str, typer.Option("--mode", help="What interfaces may do: pixels, fair or open.")]
Model = Annotated[str, typer.Option("--model", help="Model of the OpenAI-compatible endpoint; the file's comes first.")]
Runs = Annotated[str, typer.Option("--runs", help="Where run folders are made.")]
Start = Annotated[str, typer.Option("--start", help="A start state (`pokerl states`) instead of power-on.")]
Sandbox = Annotated[str, typer.Option("--sandbox", help="A tier by name: bubblewrap, landlock or docker.")]
Unsafe = Annotated[bool, typer.Option("--unsafe-no-sandbox", help="Run model-written code without any sandbox.")]


def main() -> None:
    """Entry point: runs a verb and turns errors into one sentence and an exit code."""
    try:
        app()
    except PokerlError as error:
        print_error(error)
        sys.exit(error.exit_code)


@app.command()
def run(
    experiment: Experiment = None,
    mode: Mode = "",
    model: Model = "",
    rom: Rom = "",
    runs: Runs = "",
    start: Start = "",
    resume: Annotated[Path | None, typer.Option(help="Go on with an interrupted run.")] = None,
    cassette: Annotated[Path | None, typer.Option(help="Repeat a recorded run with its models' answers.")] = None,
    video: Annotated[bool, typer.Option(help="Make the MP4 at the end.")] = True,
    sandbox: Sandbox = "",
    unsafe: Unsafe = False,
    as_json: AsJson = False,
) -> None:
    """Run a whole experiment: a designer builds interfaces, a player plays with each."""
    from pokerl.commands import running
    from pokerl.commands.settings import settings_for

    settings = settings_for(
        experiment, resume, cassette, mode=mode, model=model, rom=rom, runs=runs, sandbox=sandbox, start=start
    )
    result = running.run_and_watch(settings, resume, unsafe=unsafe, console=console_for(as_json))
    report = running.finish(result, rom=settings.rom, video=video, console=console_for(as_json))
    if as_json:
        print_json(report)
    _leave(result.stop, result.reason)


@app.command()
def play(
    interface: Annotated[str, typer.Option(help="An interface: a shipped name, a folder, or RUN:VERSION.")] = "starter",
    experiment: Experiment = None,
    mode: Mode = "",
    model: Model = "",
    rom: Rom = "",
    runs: Runs = "",
    start: Start = "",
    minutes: Annotated[float | None, typer.Option(help="Wall clock for the attempt.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with an attempt that was interrupted.")] = None,
    sandbox: Sandbox = "",
    unsafe: Unsafe = False,
    as_json: AsJson = False,
) -> None:
    """Play one attempt with an interface."""
    from pokerl.commands.playing import play_on, play_once
    from pokerl.commands.settings import for_one_attempt, settings_for

    settings = settings_for(
        experiment, resume, mode=mode, model=model, rom=rom, runs=runs, sandbox=sandbox, start=start
    )
    if resume is not None:
        result = play_on(settings, resume, unsafe=unsafe, console=console_for(as_json))
    else:
        settings = for_one_attempt(settings, minutes)
        result = play_once(settings, interface, unsafe=unsafe, console=console_for(as_json))
    if as_json:
        print_json(result)
    _leave(result.attempt.outcome, result.attempt.reason)


@app.command()
def replay(
    folder: RunFolder,
    attempt: Annotated[str, typer.Option(help="Which attempt; the best one by default.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="The .mp4 (or .gif) to write; trunk.mp4 in the run folder by default.")
    ] = None,
    speed: Annotated[int, typer.Option(min=1, help="Show every n-th frame.")] = 1,
    branches: Annotated[bool, typer.Option(help="Show the discarded branches as branches.")] = False,
    overlay: Annotated[bool, typer.Option(help="Draw a panel with milestones, buttons and the tree.")] = False,
    scale: Annotated[int, typer.Option(min=1, max=8, help="Enlargement of the picture.")] = 4,
    rom: Rom = "",
    as_json: AsJson = False,
) -> None:
    """Render the trunk of an attempt to MP4, by replaying its inputs."""
    from pokerl.commands.films import film
    from pokerl.replay import VideoSettings

    settings = VideoSettings(scale=scale, speed=speed, overlay=overlay, branches=branches)
    video = film(folder, attempt, out, settings, rom=rom, console=console_for(as_json))
    if as_json:
        print_json(video)


@app.command()
def audit(folder: RunFolder, rom: Rom = "", as_json: AsJson = False) -> None:
    """Say which tools were generated, what they did, and whether each milestone was earned."""
    from pokerl.audit import require_ok, to_json, to_rich
    from pokerl.commands.audits import audit_with_bar

    found = audit_with_bar(folder, rom=rom, console=console_for(as_json))
    if as_json:
        print(to_json(found))
    else:
        console_for(False).print(to_rich(found))
    require_ok(found)


@app.command()
def check(folder: RunFolder, rom: Rom = "", as_json: AsJson = False) -> None:
    """Say whether the record of a run is whole: each event, the tree, each state."""
    from pokerl.commands import checking

    found = checking.check_folder(folder, rom)
    if as_json:
        print_json(found)
    checking.show_checkup(found, console_for(as_json))
    checking.require_whole(found)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what works on this machine and what is missing, each with its remedy."""
    from pokerl.commands.tables import checks_table
    from pokerl.doctor import examine

    checks = list(examine())
    if as_json:
        print_json(checks)
    else:
        console_for(as_json).print(checks_table(checks))
    if any(check.standing == "missing" for check in checks):
        raise typer.Exit(1)


@app.command()
def interfaces(
    folder: Annotated[Path | None, typer.Argument(help="A run folder, for its versions.")] = None,
    as_json: AsJson = False,
) -> None:
    """List interfaces: the shipped ones, or the versions of a run."""
    from pokerl.commands.interfaces import list_interfaces
    from pokerl.commands.tables import interfaces_list

    found = list_interfaces(folder)
    if as_json:
        print_json(found)
    else:
        console_for(as_json).print(interfaces_list(found))


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


def _leave(stop: str, reason: str) -> None:
    """The exit code of a run: what was reached is kept and shown either way."""
    if stop == "interrupted":
        console_for(as_json=True).print("Interrupted; what was recorded is kept.")
        raise typer.Exit(INTERRUPTED)
    if stop == "budget":
        raise BudgetSpent(reason)
    if stop == "failed":
        raise PokerlError(reason)
