"""An audit as JSON, as Markdown and as tables in a terminal. All three say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from pokerl.audit.model import AttemptAudit, Audit, PokeAudit, VersionAudit

_STYLES = {"earned": "green", "glitched": "yellow", "written": "red", "claimed": "bold red"}
_POKES_SHOWN = 40


class Table(Struct, frozen=True):
    """A titled table, ``note`` below it; what the renderers share."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def to_json(audit: Audit) -> str:
    """The audit as JSON, with ``ok`` beside its fields; indented."""
    plain = {"ok": audit.ok, **msgspec.to_builtins(audit)}
    return msgspec.json.format(msgspec.json.encode(plain), indent=2).decode()


def to_markdown(audit: Audit) -> str:
    """The audit as a Markdown page."""
    parts = [f"# Audit of {_cell(audit.run)}", _cell(_headline(audit)), *(_markdown(table) for table in tables(audit))]
    return "\n\n".join(parts) + "\n"


def to_rich(audit: Audit) -> RenderableType:
    """The audit for a terminal: print it with ``rich``."""
    headline = Text(_printable(_headline(audit)), style="green" if audit.ok else "bold red")
    return Group(headline, *(part for table in tables(audit) for part in _rich(table)))


def tables(audit: Audit) -> Iterator[Table]:
    """All tables of an audit, those without a row left out."""
    yield from (table for table in _all_tables(audit) if table.rows)


def _all_tables(audit: Audit) -> Iterator[Table]:
    yield Table("Problems", ("problem",), tuple((problem,) for problem in audit.problems))
    yield _attempt_table(audit.attempts)
    for attempt in audit.attempts:
        yield _provenance_table(attempt)
        yield _finding_table(attempt)
        yield _reroll_table(attempt)
    yield _group_table(audit)
    yield _poke_table(audit.pokes)
    for version in audit.versions:
        yield _tool_table(version)
    yield Table(
        "Refused acts",
        ("attempt", "tool", "request", "capability", "times", "message"),
        tuple(
            (one.attempt, one.tool, one.request, one.capability, f"{one.times:,}", one.message)
            for one in audit.refusals
        ),
    )


def _headline(audit: Audit) -> str:
    verdict = "every replay agrees with the record" if audit.ok else f"{len(audit.problems)} problem(s): AUDIT FAILED"
    return (
        f"{audit.cartridge} (ROM {audit.rom_sha1[:12]}), mode {audit.mode or 'unknown'}, "
        f"sandbox {audit.sandbox or 'unknown'}: {verdict}."
    )


def _attempt_table(attempts: Sequence[AttemptAudit]) -> Table:
    columns = (
        "attempt",
        "version",
        "outcome",
        "replay",
        "trunk",
        "discarded",
        "branches",
        "frames",
        "time",
        "tokens",
        "dollars",
        "calls",
    )
    return Table("Attempts", columns, tuple(_attempt_row(attempt) for attempt in attempts))


def _attempt_row(attempt: AttemptAudit) -> tuple[str, ...]:
    cost, tried = attempt.resources, attempt.exploration
    return (
        attempt.attempt,
        attempt.version,
        attempt.outcome or "unfinished",
        attempt.replay.words if attempt.replay else "nothing to replay",
        f"{tried.trunk_frames:,}",
        f"{tried.discarded_frames:,}",
        f"{tried.branches:,}",
        f"{cost.frames:,}",
        "unknown" if cost.wall_seconds is None else f"{cost.wall_seconds:,.1f} s",
        f"{cost.tokens:,}",
        "unknown" if cost.dollars is None else f"{cost.dollars:.4f}",
        f"{cost.model_calls:,}",
    )


def _provenance_table(attempt: AttemptAudit) -> Table:
    rows = tuple((one.title, f"{one.frame:,}", one.verdict, one.evidence) for one in attempt.provenance)
    origin = attempt.replay.origin if attempt.replay else "power-on"
    if attempt.start and not origin.startswith(f"state {attempt.start[:12]}"):
        origin = f"checkpoint {attempt.start[:12]} of another attempt (replayed from {origin})"
    title = f"Milestones of {attempt.attempt} ({attempt.version}), from {origin}"
    return Table(title, ("milestone", "frame", "provenance", "evidence"), rows)


def _finding_table(attempt: AttemptAudit) -> Table:
    rows = tuple((one.title, f"{one.frame:,}", one.severity, one.words, one.explained) for one in attempt.findings)
    return Table(f"Findings in {attempt.attempt}", ("signature", "frame", "severity", "seen", "explained by"), rows)


def _reroll_table(attempt: AttemptAudit) -> Table:
    words = {True: "in battle", False: "not in battle", None: "unknown"}
    rows = tuple(
        (one.checkpoint[:12], f"{one.frame:,}", f"{one.times:,}", words[one.in_battle])
        for one in attempt.exploration.rerolls
    )
    columns = ("checkpoint", "frame", "continued", "battle")
    return Table(
        f"Checkpoints of {attempt.attempt} that play went on from more than once",
        columns,
        rows,
        "Exploration, not cheating.",
    )


def _group_table(audit: Audit) -> Table:
    rows = tuple(
        (one.symbol, one.meaning, f"{one.pokes:,}", f"{one.on_trunk:,}", ", ".join(one.attempts))
        for one in audit.poke_groups
    )
    return Table("Memory written, by symbol", ("symbol", "meaning", "writes", "on the trunk", "attempts"), rows)


def _poke_table(pokes: Sequence[PokeAudit]) -> Table:
    columns = ("attempt", "frame", "path", "tool", "symbol", "meaning", "before", "after", "reason given", "signature")
    rows = tuple(row for poke in pokes[:_POKES_SHOWN] for row in _poke_rows(poke))
    left_out = len(pokes) - _POKES_SHOWN
    note = f"{left_out:,} further writes are in the JSON." if left_out > 0 else ""
    named = "Tool names and reasons are what the untrusted code said of itself."
    return Table("Memory written, one by one", columns, rows, f"{named} {note}".strip())


def _poke_rows(poke: PokeAudit) -> Iterator[tuple[str, ...]]:
    path = "trunk" if poke.on_trunk else "discarded"
    signatures = ", ".join(poke.signatures)
    for change in poke.changes:
        yield (
            poke.attempt,
            f"{poke.frame:,}",
            path,
            poke.tool,
            change.symbol,
            change.meaning,
            change.before,
            change.after,
            poke.why,
            signatures,
        )


def _tool_table(version: VersionAudit) -> Table:
    rows = [(tool.signature or tool.name, tool.doc, ", ".join(tool.hint), _counts(tool.used)) for tool in version.tools]
    rows += [(name or "(code in the REPL)", "", "", _counts(used)) for name, used in version.unnamed.items()]
    declared = ", ".join(version.declared) or "nothing"
    used = _counts(version.used) or "nothing"
    title = f"Tools of {version.version} ({version.digest[:12]}): declared {declared}; used {used}"
    note = "Used: counted at the gate; the tool's name is reported by untrusted code. The hint is read off the source."
    return Table(title, ("tool", "what it says of itself", "hint", "used"), tuple(rows), note)


def _counts(used: Mapping[str, int]) -> str:
    return ", ".join(f"{capability} {count:,}" for capability, count in used.items())


def _markdown(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(_cell(cell) for cell in cells) + " |"

    rule = "|" + "---|" * len(table.columns)
    lines = [f"## {_cell(table.title)}", "", line(table.columns), rule, *(line(row) for row in table.rows)]
    return "\n".join([*lines, "", table.note] if table.note else lines)


def _cell(text: str) -> str:
    """Text of untrusted code must not break out of its cell or bring its own markup."""
    plain = _printable(text)
    for mark in "\\`*_[]<>|":
        plain = plain.replace(mark, f"\\{mark}")
    return plain


def _rich(table: Table) -> Iterator[RenderableType]:
    shown = RichTable(box=SIMPLE_HEAD)
    for column in table.columns:
        shown.add_column(column, overflow="fold")
    for row in table.rows:
        shown.add_row(*(_styled(cell) for cell in row))
    yield Text(f"\n{_printable(table.title)}", style="bold")
    yield shown
    if table.note:
        yield Text(table.note, style="dim")


def _styled(cell: str) -> Text:
    return Text(_printable(cell), style=_STYLES.get(cell, ""))


def _printable(text: str) -> str:
    """Without line ends, escape sequences and the like, which untrusted code may have put there."""
    return "".join(character if character.isprintable() else " " for character in text)
