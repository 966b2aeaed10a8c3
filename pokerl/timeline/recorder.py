"""Writing and reading ``events.jsonl``, the truth of a run."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from pokerl.errors import PokerlError, RunFolderProblem
from pokerl.timeline.data import data_of
from pokerl.timeline.event import Event
from pokerl.timeline.files import open_file

LOG_NAME = "events.jsonl"
LONGEST_LINE = 64 * 1024 * 1024


class Recorder:
    """Appends events to a run's log, from any thread of any process.

    An event is one line and one ``write``; when :meth:`append` returned, the event survives ``kill -9`` of its writer
    (and, after :meth:`sync`, the loss of power). A writer that is killed in the middle of a line leaves a torn one,
    which was never acknowledged: the next writer cuts it off, and a reader ignores it at the end of the file.

    Args:
        run_folder: the run's folder; it must exist.

    Raises:
        PokerlError: the log cannot be opened for writing.
    """

    def __init__(self, run_folder: Path | str) -> None:
        self.path = Path(run_folder) / LOG_NAME
        self._encoder = msgspec.json.Encoder()
        self._thread_lock = threading.Lock()
        self._end = 0
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._problem(error) from error

    def append(self, event: Event) -> None:
        """Write one event.

        Raises:
            PokerlError: it could not be written whole (disk full, read-only); then nothing of it stays in the log.
        """
        line = self._encoder.encode(event) + b"\n"
        with self._thread_lock:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX)
                try:
                    self._write(line)
                finally:
                    fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            except OSError as error:
                raise self._problem(error) from error

    def sync(self) -> None:
        """Have the operating system put everything appended so far on the disk."""
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise self._problem(error) from error

    def close(self) -> None:
        """Close the log; what was appended stays."""
        with self._thread_lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, line: bytes) -> None:
        end = self._whole_end()
        try:
            written = os.write(self._descriptor, line)
        except OSError:
            os.ftruncate(self._descriptor, end)
            raise
        if written != len(line):
            os.ftruncate(self._descriptor, end)
            raise OSError(f"only {written} of {len(line)} bytes fitted")
        self._end = end + written

    def _whole_end(self) -> int:
        """Where the log ends, after cutting off what a killed writer left of its line."""
        size = os.lseek(self._descriptor, 0, os.SEEK_END)
        if size in (0, self._end) or os.pread(self._descriptor, 1, size - 1) == b"\n":
            return size
        torn = _after_last_newline(self._descriptor, size)
        os.ftruncate(self._descriptor, torn)
        return torn

    def _problem(self, error: OSError) -> PokerlError:
        return PokerlError(
            f"The log {self.path} cannot be written: {error.strerror or error}.",
            "Make sure that its disk has space left and that the folder is writable.",
        )


def read_events(run_folder: Path | str) -> Iterator[Event]:
    """The events of a run in the order in which they were written.

    A torn last line (a writer was killed in the middle of it) is left out.

    Raises:
        RunFolderProblem: there is no log, or a line of it is no event, or its data are not those of its kind.
    """
    path = Path(run_folder) / LOG_NAME
    decoder = msgspec.json.Decoder(Event)
    try:
        with open_file(path) as log:
            for number, line in enumerate(iter(lambda: log.readline(LONGEST_LINE), b""), 1):
                if len(line) == LONGEST_LINE:
                    raise RunFolderProblem(f"Line {number} of {path} is too long to be an event.", "Restore the log.")
                if not line.endswith(b"\n"):
                    return
                yield _decode(decoder, line, path, number)
    except OSError as error:
        raise RunFolderProblem(
            f"The log {path} cannot be read: {error.strerror}.", "Give the folder of a run, the one with manifest.json."
        ) from error


def _decode(decoder: msgspec.json.Decoder[Event], line: bytes, path: Path, number: int) -> Event:
    try:
        event = decoder.decode(line)
        data_of(event)
        return event
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RunFolderProblem(
            f"Line {number} of {path} is no event: {error}.",
            "The log was changed or damaged after it was written; restore it from a copy.",
        ) from error


def _after_last_newline(descriptor: int, size: int) -> int:
    step = 65536
    end = size
    while end > 0:
        start = max(0, end - step)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
