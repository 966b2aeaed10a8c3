"""What the lines of a log must be, one by one and together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pokerl.timeline.data import (
    Checkpoint,
    Commit,
    Input,
    MachineEnded,
    MachineStarted,
    Milestone,
    Poke,
    SegmentStarted,
    data_of,
)
from pokerl.timeline.event import Event


class Open:
    """A segment as far as its lines were read."""

    def __init__(self, event: Event) -> None:
        self.machine, self.attempt = event.machine, event.attempt
        self.start = self.frame = event.frame
        self.checkpoint = ""


class Lines:
    """Takes the lines of a log in order and says what does not fit.

    Args:
        wrong: told of what is wrong: where, and what.

    Attributes:
        segments: by name.
        checkpoints: by digest, with the line and the event that made it.
        starts: states from outside the run, with the line that names them.
    """

    def __init__(self, wrong: Callable[[str, str], None]) -> None:
        self.segments: dict[str, Open] = {}
        self.checkpoints: dict[str, tuple[str, Event]] = {}
        self.starts: dict[str, str] = {}
        self._wrong = wrong
        self._machines: dict[str, bool] = {}
        self._where = ""

    def take(self, number: int, event: Event) -> None:
        """The next line."""
        self._where = f"line {number}"
        try:
            data = data_of(event)
        except msgspec.ValidationError as error:
            self._say(f"is no '{event.kind}': {error}")
            return
        if event.machine and data is not None:
            self._place(event, data)

    def _place(self, event: Event, data: Any) -> None:
        match data:
            case MachineStarted():
                if event.machine in self._machines:
                    self._say(f"machine {event.machine} begins a second time")
                self._machines[event.machine] = True
                return
            case SegmentStarted():
                self._begin(event, data)
                return
        if not self._machines.get(event.machine):
            self._say(f"machine {event.machine!r} does something while it does not run")
        segment = self.segments.get(event.segment)
        if segment is None:
            self._say(f"the segment {event.segment!r} never began")
        elif isinstance(data, Input | Poke | Checkpoint | Commit | Milestone):
            self._in_segment(event, data, segment)
        if isinstance(data, MachineEnded):
            self._machines[event.machine] = False

    def _begin(self, event: Event, data: SegmentStarted) -> None:
        if event.segment in self.segments:
            self._say(f"segment {event.segment} begins a second time")
        parent = self.segments.get(data.parent)
        if data.parent and parent is None:
            self._say(f"segment {event.segment} goes on from {data.parent}, which never began")
        elif parent is not None and parent.checkpoint != data.checkpoint:
            self._say(f"segment {event.segment} begins where {data.parent} did not end")
        elif parent is not None and parent.frame != event.frame:
            self._say(f"segment {event.segment} begins at frame {event.frame}, {data.parent} ended at {parent.frame}")
        elif parent is None and not data.checkpoint and event.frame:
            self._say(f"segment {event.segment} begins at power-on, but at frame {event.frame}")
        if data.checkpoint and data.checkpoint not in self.checkpoints:
            self.starts[data.checkpoint] = self._where
        self.segments[event.segment] = Open(event)

    def _in_segment(self, event: Event, data: Any, segment: Open) -> None:
        if (event.machine, event.attempt) != (segment.machine, segment.attempt):
            self._say(f"the segment {event.segment} is of machine {segment.machine} of attempt {segment.attempt!r}")
        if isinstance(data, Commit):
            if data.digest != segment.checkpoint:
                self._say(f"the segment {event.segment} does not end in what is committed")
            return
        if segment.checkpoint:
            self._say(f"the segment {event.segment} had ended")
        self._at_frame(event, data, segment)
        if isinstance(data, Checkpoint):
            segment.checkpoint = data.digest
            self.checkpoints[data.digest] = (self._where, event)

    def _at_frame(self, event: Event, data: Any, segment: Open) -> None:
        if isinstance(data, Milestone):
            if not segment.start < event.frame <= segment.frame:
                self._say(f"milestone {data.name} at frame {event.frame}, where the segment has not been")
            return
        if isinstance(data, Poke) and len(data.before) != len(data.after):
            self._say("what was written is not as long as what stood there")
        if isinstance(data, Input):
            segment.frame += sum(frames for _, frames in data.runs)
        if event.frame != segment.frame:
            self._say(f"frame {event.frame}, but the inputs of {event.segment} lead to {segment.frame}")
            segment.frame = event.frame

    def _say(self, what: str) -> None:
        self._wrong(self._where, what)
