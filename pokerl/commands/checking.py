"""Checking a run folder with the emulator at hand, and showing what came of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from rich import box
from rich.console import Console
from rich.table import Table

from pokerl.cartridge import load
from pokerl.display import plain
from pokerl.errors import AuditFailed, ConfigurationProblem, PokerlError, RomProblem, RunFolderProblem, StateRejected
from pokerl.replay.rom import rom_of
from pokerl.timeline.check import Checkup, LoadState, check_run
from pokerl.timeline.manifest import read_manifest
from pokerl.words import counted

MOST_SHOWN = 30

LONGEST_LOAD = 20
"""Seconds after which the emulator hangs over a state; loading one takes milliseconds."""


def check_folder(folder: Path, rom: str = "") -> Checkup:
    """Check a run folder, and load its states where the ROM is at hand.

    Args:
        folder: the run.
        rom: the ROM's path; without it POKERL_ROM or, if the run is of that game, the one that comes with pokerl.

    Raises:
        RunFolderProblem: it is no run folder.
        RomProblem: the ROM that was given cannot be used.
    """
    return check_run(folder, _loader(folder, rom))


def require_whole(checkup: Checkup) -> None:
    """Raise :class:`~pokerl.errors.AuditFailed` when something is wrong."""
    if not checkup.ok:
        raise AuditFailed(
            f"The record in {checkup.folder} is damaged in {counted(checkup.wrong, 'place')}.",
            "Restore it from a copy.",
        )


def show_checkup(checkup: Checkup, console: Console) -> None:
    """How much was looked at, and what is wrong, place by place."""
    loaded = f"{checkup.loaded} loaded" if checkup.loaded else "none loaded"
    verdict = "[green]whole[/]" if checkup.ok else f"[red]{counted(checkup.wrong, 'fault')}[/]"
    seen = (counted(checkup.events, "event"), counted(checkup.segments, "segment"), counted(checkup.states, "state"))
    counts = f"{', '.join(seen)} ({loaded})"
    console.print(f"{counts}: {verdict}", highlight=False)
    if checkup.findings or checkup.notes:
        console.print(_table(checkup))


def _table(checkup: Checkup) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("", "where", "what"):
        table.add_column(name)
    for mark, findings in (("[red]fault[/]", checkup.findings), ("note", checkup.notes)):
        for finding in findings[:MOST_SHOWN]:
            table.add_row(mark, plain(finding.where), plain(finding.what))
    return table


def _loader(folder: Path, rom: str) -> LoadState | None:
    try:
        place, cartridge = rom_of(folder, rom), load(read_manifest(folder).cartridge)
    except RomProblem:
        if rom:
            raise
        return None
    except (RunFolderProblem, ConfigurationProblem):
        return None  # The check itself tells what is wrong with the manifest.
    from pokerl.emulator import Machine

    machine = Machine(place, cartridge)
    return lambda stored: _load_apart(lambda: machine.load_stored(stored))


def _load_apart(load: Callable[[], None]) -> None:
    """Load a state in a process that may die or hang over it: the run may have come from anybody.

    Raises:
        StateRejected: it does, or the state is not what it says.
    """
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(here)
        _load_and_tell(load, there)
    os.close(there)
    with os.fdopen(here, "rb") as told:
        problem = told.read().decode()
    _, status = os.waitpid(child, 0)
    if problem:
        raise StateRejected(problem)
    if status:
        raise StateRejected("The emulator dies or hangs over this state.", "Restore it from a copy.")


def _load_and_tell(load: Callable[[], None], there: int) -> NoReturn:
    status = 1
    try:
        signal.alarm(LONGEST_LOAD)
        load()
        status = 0
    except PokerlError as problem:
        os.write(there, problem.message.encode()[:4096])
    finally:
        os._exit(status)
