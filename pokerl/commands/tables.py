"""Results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pokerl.design.results import VersionRow
from pokerl.display import plain
from pokerl.emulator.capability import CAPABILITIES
from pokerl.play.interface import Interface
from pokerl.play.result import AttemptResult
from pokerl.words import clock

if TYPE_CHECKING:
    from pokerl.doctor import Check

MARKS = {"ok": "[green]ok[/]", "missing": "[red]missing[/]", "optional": "[yellow]optional[/]"}


def results_table(rows: Iterable[VersionRow], milestones_total: int) -> Table:
    """One row an interface version: its best attempt."""
    rows = list(rows)
    priced = any(row.best.dollars is not None for row in rows)
    begun_elsewhere = any(not row.best.from_power_on for row in rows)
    table = Table(
        title="Results: the best attempt of each interface version",
        caption="* begun from a checkpoint: no full run" if begun_elsewhere else None,
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("version", no_wrap=True)
    table.add_column("capabilities", min_width=12)
    table.add_column("milestones", min_width=14)
    for name in ("outcome", "time", "frames", "tokens", *(("dollars",) if priced else ())):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        best = row.best
        cells = [
            row.version if best.from_power_on else f"{row.version} *",
            " ".join(name for name in CAPABILITIES if name in best.capabilities),
            reached(best, milestones_total),
            f"[green]{best.outcome}[/]" if best.won else best.outcome,
            clock(best.seconds),
            f"{best.frames:,}",
            f"{best.tokens:,}",
        ]
        table.add_row(*cells, *((_dollars(best.dollars),) if priced else ()))
    return table


def _dollars(amount: float | None) -> str:
    return "unknown" if amount is None else f"${amount:,.2f}"


def reached(attempt: AttemptResult, total: int) -> str:
    """How many milestones, and under it the last of them."""
    last = f"\n{attempt.milestones[-1].title}" if attempt.milestones else ""
    return f"{len(attempt.milestones)}/{total}{last}"


def splits_table(attempt: AttemptResult) -> Table:
    """The milestones of one attempt."""
    table = Table(
        title=f"Attempt {attempt.identifier} with {attempt.version}: {attempt.outcome}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("milestone")
    for name in ("frame", "wall clock", "tokens"):
        table.add_column(name, justify="right")
    for split in attempt.milestones:
        table.add_row(split.title, f"{split.frame:,}", clock(split.seconds), f"{split.tokens:,}")
    return table


def checks_table(checks: Sequence[Check]) -> Table:
    """What the doctor found."""
    table = Table(box=None, show_header=False)
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        table.add_row(MARKS[check.standing], check.name, plain(f"{check.detail}\n{check.remedy}".strip()))
    return table


def interfaces_list(interfaces: Iterable[Interface]) -> Group:
    """Interfaces, each with what it may do, what it is and its tools, a line each."""
    return Group(*(line for interface in interfaces for line in _interface_lines(interface)))


def _interface_lines(interface: Interface) -> Iterator[RenderableType]:
    manifest = interface.manifest
    yield Text(f"{manifest.name} ({', '.join(manifest.capabilities)})", style="bold")
    yield Padding(plain(manifest.description), (0, 0, 0, 2))
    for tool in interface.tools:
        yield Padding(plain(tool.signature), (0, 0, 0, 4))
    yield Text()
