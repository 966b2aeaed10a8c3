"""A log of days in little memory: inputs that follow each other, millions of them, are told as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pokerl.timeline.event import Event
from pokerl.timeline.recorder import read_events


class Log:
    """The events of a run, read anew whenever they are gone through; nothing is kept.

    Args:
        run_folder: the run.

    Going through them raises what :func:`~pokerl.timeline.recorder.read_events` raises.
    """

    def __init__(self, run_folder: Path | str) -> None:
        self._folder = run_folder

    def __iter__(self) -> Iterator[Event]:
        return read_events(self._folder)


def thinned(events: Iterable[Event]) -> Iterator[Event]:
    """The same events, but of an attempt's inputs between two other events only the last, with the frames of them all.

    Which buttons they held is lost; when they were, and how many frames they ran, is not.
    """
    waiting: dict[str, Event] = {}
    for event in events:
        if event.kind == "input":
            waiting[event.attempt] = _joined(waiting.get(event.attempt), event)
        else:
            yield from waiting.values()
            waiting.clear()
            yield event
    yield from waiting.values()


def _joined(before: Event | None, event: Event) -> Event:
    frames = _frames(event) + (_frames(before) if before else 0)
    return msgspec.structs.replace(event, data={"runs": [[0, frames]], "tool": ""})


def _frames(event: Event) -> int:
    return sum(frames for _, frames in event.data["runs"])
