"""`pokerl audit`: a run audited while a bar shows how far it is, and what was earned as a table."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from pokerl.audit import Audit, audit_run
from pokerl.audit.model import POWER_ON, AttemptAudit
from pokerl.display import plain


def audit_with_bar(folder: Path, *, rom: str, console: Console, attempt: str = "") -> Audit:
    """Audit a run, or one attempt of it, with a progress bar."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("auditing", total=None)
        return audit_run(
            folder,
            rom,
            attempt=attempt,
            progress=lambda _, done, total: bar.update(task, completed=done, total=total),
        )


def verdicts_of(found: Audit, attempt: str) -> dict[tuple[str, int], str]:
    """Name and frame of each milestone on an attempt's trunk → its provenance."""
    return {
        (one.name, one.frame): one.verdict
        for each in found.attempts
        if each.attempt == attempt
        for one in each.provenance
    }


def provenance_table(found: Audit) -> Table:
    """Per attempt: how many milestones were earned, glitched or written, and what was poked."""
    table = Table(title="Audit: was it earned?", title_justify="left", box=box.SIMPLE_HEAD)
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
        version = f"{attempt.version}{_begun(attempt)}"
        table.add_row(plain(attempt.attempt), plain(version), *counts, won, str(attempt.trunk_pokes))
    return table


def _begun(attempt: AttemptAudit) -> str:
    """Where an attempt began that did not begin at power-on."""
    if attempt.replay and attempt.replay.origin != POWER_ON:
        return ", from a start state"
    return ", from a checkpoint" if attempt.start else ""
