"""Reading a log while it grows."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pokerl.timeline.event import Event
from pokerl.timeline.recorder import LOG_NAME

INPUT_LINE = b'{"kind":"input"'
"""How the line of an input begins: by far the most lines of a log, and what few readers need."""

SEGMENT_KEY = b'"segment":"'

FRAME_KEY = b'"frame":'

DIGITS = re.compile(rb"\d+")

KEPT_BYTES = 64

CHUNK = 16 * 1024 * 1024


class Follower:
    """Reads the events appended to a run's log since the last look, whole lines only.

    Args:
        run_folder: the run.
    """

    def __init__(self, run_folder: Path) -> None:
        self._path = run_folder / LOG_NAME
        self._offset = 0
        self._decoder = msgspec.json.Decoder(Event)

    def new_events(self) -> list[Event]:
        """The events appended since the last call, in order."""
        return [self._decoder.decode(line) for line in self.new_lines()]

    def new_lines(self) -> Iterator[bytes]:
        """The same, not yet decoded."""
        while lines := self._next_lines():
            yield from lines

    def _next_lines(self) -> list[bytes]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as log:
            log.seek(self._offset)
            data = log.read(CHUNK)
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole.splitlines()


class History:
    """Everything in a run's log but inputs and long writes, kept up to date cheaply; safe to use from several threads.

    Args:
        run_folder: the run.
    """

    def __init__(self, run_folder: Path) -> None:
        self._follower = Follower(run_folder)
        self._decoder = msgspec.json.Decoder(Event)
        self._events: list[Event] = []
        self._last_frames: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def events(self) -> list[Event]:
        """All events so far except inputs."""
        with self._lock:
            self._read()
            return list(self._events)

    def last_frame(self, segment: str) -> int:
        """The frame after the last input of a segment; 0 if it has none."""
        with self._lock:
            self._read()
            return self._last_frames.get(segment.encode(), 0)

    def _read(self) -> None:
        for line in self._follower.new_lines():
            if line.startswith(INPUT_LINE):
                segment = line.partition(SEGMENT_KEY)[2].partition(b'"')[0]
                self._last_frames[segment] = _number(line.partition(FRAME_KEY)[2])
            else:
                self._events.append(_without_bytes(self._decoder.decode(line)))


def _number(text: bytes) -> int:
    found = DIGITS.match(text)
    return int(found[0]) if found else 0


def _without_bytes(event: Event) -> Event:
    """A poke's event without what was written, if that is much: thousands of them are kept in memory."""
    if event.kind != "poke" or len(event.data["after"]) <= KEPT_BYTES:
        return event
    return msgspec.structs.replace(event, data=event.data | {"before": "", "after": ""})
