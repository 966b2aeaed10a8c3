"""The checkpoints of a run, as `pokerl states RUN` lists and draws them."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from rich import box
from rich.table import Table

from pokerl.cartridge import load
from pokerl.display import plain
from pokerl.errors import UsageProblem
from pokerl.replay.rom import rom_of
from pokerl.replay.stills import complete
from pokerl.states.shelf import picture_of_state
from pokerl.timeline import StateStore, read_events
from pokerl.timeline.manifest import read_manifest
from pokerl.timeline.states import StoredState


class Checkpoint(Struct, frozen=True, kw_only=True):
    """A checkpoint of a run."""

    digest: str
    attempt: str
    machine: str
    frame: int
    label: str
    milestones: list[str]


def list_checkpoints(folder: Path) -> list[Checkpoint]:
    """The checkpoints of a run, in order."""
    read_manifest(folder)
    rows: list[Checkpoint] = []
    reached: dict[str, list[str]] = {}
    for event in read_events(folder):
        if event.kind == "milestone":
            reached.setdefault(event.segment, []).append(event.data["name"])
        elif event.kind == "checkpoint":
            rows.append(
                Checkpoint(
                    digest=event.data["digest"],
                    attempt=event.attempt,
                    machine=event.machine,
                    frame=event.frame,
                    label=event.data["label"],
                    milestones=reached.get(event.segment, []),
                )
            )
    return rows


def checkpoints_table(rows: list[Checkpoint]) -> Table:
    """Checkpoints as a table."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("checkpoint", "attempt", "machine", "frame", "label", "milestones before it"):
        table.add_column(name, justify="right" if name == "frame" else "left")
    for row in rows:
        table.add_row(
            row.digest[:12],
            plain(row.attempt),
            plain(row.machine),
            f"{row.frame:,}",
            plain(row.label),
            plain(", ".join(row.milestones)),
        )
    return table


def find_checkpoint(folder: Path, beginning: str) -> tuple[str, StoredState]:
    """Digest and state of the one checkpoint of a run whose digest begins so.

    Raises:
        UsageProblem: no checkpoint, or more than one, begins so.
    """
    found = sorted({row.digest for row in list_checkpoints(folder) if row.digest.startswith(beginning)})
    if len(found) != 1:
        raise UsageProblem(
            f"{len(found)} checkpoints of the run begin with {beginning!r}.", "`pokerl states RUN` lists them."
        )
    return found[0], StateStore(folder).get(found[0])


def draw_checkpoint(folder: Path, beginning: str, out: Path | None, *, rom: str) -> Path:
    """Write the picture of a checkpoint as PNG; into the run folder by default.

    Raises:
        UsageProblem: no checkpoint, or more than one, begins so.
    """
    digest, stored = find_checkpoint(folder, beginning)
    target = out or folder / f"{digest[:12]}.png"
    with complete(target) as draft:
        picture_of_state(stored, rom_of(folder, rom), load(read_manifest(folder).cartridge), draft)
    return target
