"""A run folder opened for reading: manifest, events and tree, and what happened along a path of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from pokerl.errors import RunFolderProblem
from pokerl.timeline.event import Event
from pokerl.timeline.recorder import read_events
from pokerl.timeline.tree import Poke, Run, Segment, Tree

MANIFEST = "manifest.json"
FORMAT = 1


class Manifest(Struct, frozen=True):
    """What ``manifest.json`` must say for a run to be replayed; it may say more.

    Attributes:
        format: version of the run folder's layout.
        cartridge: id of the cartridge's profile.
        rom: where the ROM was when the run was made; only a hint.
        rom_sha1: which ROM it was.
        mode, sandbox: capability mode and sandbox tier.
        pokerl, pyboy: versions that made the run.
    """

    format: int
    cartridge: str
    rom_sha1: str
    rom: str = ""
    mode: str = ""
    sandbox: str = ""
    pokerl: str = ""
    pyboy: str = ""


class Check(Struct, frozen=True):
    """A checkpoint at the end of a segment: the frame and the RAM hash that a replay must show there."""

    frame: int
    ram: str


Step = Run | Poke | Check


class Record(Struct, frozen=True):
    """A run as it is on disk."""

    folder: Path
    manifest: Manifest
    events: tuple[Event, ...]
    tree: Tree


def open_record(run_folder: Path | str) -> Record:
    """Read a run folder.

    Raises:
        RunFolderProblem: it is missing, cut short, damaged or of another layout.
    """
    folder = Path(run_folder)
    manifest = _read_manifest(folder)
    events = tuple(read_events(folder))
    return Record(folder, manifest, events, Tree.from_events(events))


def steps_of(segment: Segment) -> Iterator[Step]:
    """What happened in a segment, in order, its checkpoint last.

    Raises:
        RunFolderProblem: one of its inputs or pokes is malformed.
    """
    for act in segment.acts:
        if not (_run_fits(act) if isinstance(act, Run) else _poke_fits(act)):
            raise RunFolderProblem(
                f"Segment {segment.identifier} holds an input or poke that no machine would record.",
                "The log was changed after it was written; restore it from a copy.",
            )
        yield act
    if segment.checkpoint:
        yield Check(segment.end_frame, segment.ram)


def frames_in(path: Sequence[Segment]) -> int:
    """Frames that the inputs of a path run.

    Raises:
        RunFolderProblem: one of them is malformed.
    """
    return sum(step.frames for segment in path for step in steps_of(segment) if isinstance(step, Run))


def _run_fits(run: Run) -> bool:
    return isinstance(run.mask, int) and 0 <= run.mask <= 0xFF and isinstance(run.frames, int) and run.frames >= 0


def _poke_fits(poke: Poke) -> bool:
    return (
        isinstance(poke.address, int)
        and 0x8000 <= poke.address <= 0x10000 - len(poke.after)
        and len(poke.before) == len(poke.after) > 0
    )


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise RunFolderProblem(
            f"There is no run in {folder}: {MANIFEST} cannot be read ({error.strerror}).",
            "Give a folder that `pokerl run` made.",
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RunFolderProblem(f"{path} is damaged: {error}.", "Restore the run folder from a copy.") from error
    if manifest.format != FORMAT:
        raise RunFolderProblem(
            f"The run in {folder} has layout {manifest.format}, known is {FORMAT}.", "Use the pokerl that made it."
        )
    return manifest
