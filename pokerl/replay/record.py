"""A run folder opened for reading: manifest, events and tree."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from pokerl.timeline.event import Event
from pokerl.timeline.manifest import Manifest, read_manifest
from pokerl.timeline.recorder import read_events
from pokerl.timeline.tree import Tree


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
    manifest = read_manifest(folder)
    events = tuple(read_events(folder))
    return Record(folder, manifest, events, Tree.from_events(events))
