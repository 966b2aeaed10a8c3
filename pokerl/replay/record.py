"""A run folder opened for reading: manifest, events and tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from pokerl.timeline.event import Event
from pokerl.timeline.manifest import Manifest, read_manifest
from pokerl.timeline.recorder import read_events
from pokerl.timeline.tree import Tree


class Record(Struct, frozen=True):
    """A run as it is on disk.

    Attributes:
        folder: where.
        manifest: of what.
        events: all but inputs, of which there are millions in a run of days; they are in the tree, in little space.
        tree: what happened on the machines.
    """

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
    events: list[Event] = []
    tree = Tree.from_events(_but_inputs_kept(read_events(folder), events))
    return Record(folder, manifest, tuple(events), tree)


def _but_inputs_kept(events: Iterable[Event], kept: list[Event]) -> Iterator[Event]:
    """The same events; all but inputs are put on a list on the way."""
    for event in events:
        if event.kind != "input":
            kept.append(event)
        yield event
