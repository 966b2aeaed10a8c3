"""What an agent said, did and saw: one file of JSON lines an agent, only ever appended to.

``<folder>/<agent path>.jsonl``, e.g. ``player-v3.jsonl`` and ``player-v3/scout-1.jsonl``; single queries of an agent
are in ``<agent path>/query.jsonl``; pictures are in ``<folder>/pictures/<sha256>.png``.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from pokerl.errors import RunFolderProblem
from pokerl.rlm.messages import Image, Message, Text, Usage

PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")


class Started(Struct, frozen=True, tag="started"):
    """An agent began: its whole system prompt and its opening message."""

    agent: str
    model: str
    system: str
    opening: str
    at: float


class Turn(Struct, frozen=True, tag="turn"):
    """A reply of the model.

    ``asked`` is the digest of what cannot change between runs (see
    :func:`pokerl.rlm.messages.fixed_digest`). ``prompt`` is kept of single queries only.
    """

    turn: int
    text: str
    model: str
    usage: Usage
    seconds: float
    waited: float
    asked: str
    at: float
    prompt: str = ""
    error: str = ""


class Block(Struct, frozen=True, tag="block"):
    """A block of code that was run: all its output, its traceback, why the worker was lost, if it was,
    and what stood in ``answer`` after it, if that changed."""

    number: int
    turn: int
    code: str
    output: str
    error: str
    seconds: float
    lost: str = ""
    answer: dict[str, Any] | None = None
    at: float = 0.0


class Observed(Struct, frozen=True, tag="observed"):
    """What the model was told after a turn; ``pictures`` are names of files, in order."""

    turn: int
    text: str
    pictures: list[str] = []
    at: float = 0.0


class Resumed(Struct, frozen=True, tag="resumed"):
    """The agent was taken up again from this transcript; ``note`` is what it was told."""

    note: str
    at: float


class Ended(Struct, frozen=True, tag="ended"):
    """How the run ended."""

    stop: str
    reason: str
    content: Any
    ready: bool
    at: float


Record = Started | Turn | Block | Observed | Resumed | Ended
Kind = TypeVar("Kind", bound=Struct)


class Transcript:
    """The transcripts of a run.

    Args:
        folder: where they are; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._children: dict[str, int] = {}

    def of(self, agent: str) -> AgentTranscript:
        """The transcript of one agent.

        Raises:
            RunFolderProblem: the path of the agent is not usable as one.
        """
        if not PATH.fullmatch(agent):
            raise RunFolderProblem(f"{agent!r} cannot name an agent.", "Use letters, digits, '-', '_' and '/'.")
        return AgentTranscript(self.folder, agent)

    def child_path(self, agent: str, name: str) -> str:
        """A path for a new sub-agent, e.g. ``player-v3/scout-2``; each is given once, also after a resume."""
        stem = f"{agent}/{name}"
        with self._lock:
            if stem not in self._children:
                self._children[stem] = self._highest(stem)
            self._children[stem] += 1
            return f"{stem}-{self._children[stem]}"

    def family(self, agent: str) -> list[AgentTranscript]:
        """The transcripts of an agent and of all below it, its single queries among them."""
        files = [*self.folder.glob(f"{agent}.jsonl"), *sorted(self.folder.glob(f"{agent}/**/*.jsonl"))]
        return [self.of(file.relative_to(self.folder).as_posix().removesuffix(".jsonl")) for file in files]

    def _highest(self, stem: str) -> int:
        """The highest number that a sub-agent of this name has had so far."""
        numbers = [file.stem.rpartition("-")[2] for file in self.folder.glob(f"{stem}-*.jsonl")]
        return max((int(number) for number in numbers if number.isdecimal()), default=0)


class AgentTranscript:
    """The transcript of one agent: append, and read what is there."""

    def __init__(self, folder: Path, agent: str) -> None:
        self.agent = agent
        self.file = folder / f"{agent}.jsonl"
        self._pictures = folder / "pictures"
        self._lock = threading.Lock()

    @property
    def exists(self) -> bool:
        """Whether something was written before."""
        return self.file.exists() and self.file.stat().st_size > 0

    def append(self, record: Record) -> int:
        """Write one record as one line, which survives ``kill -9``; where it begins in the file."""
        line = msgspec.json.encode(record) + b"\n"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                position = os.fstat(descriptor).st_size
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        return position

    def at(self, position: int) -> Record:
        """The record that begins at a position."""
        with self.file.open("rb") as file:
            file.seek(position)
            record: Record = msgspec.json.decode(file.readline(), type=Record)
            return record

    def observe(self, turn: int, message: Message) -> None:
        """Write what the model is told; pictures go into files of their own."""
        names = [self._keep(part.png) for part in message.parts if isinstance(part, Image)]
        self.append(Observed(turn, message.text, names, now()))

    def picture(self, name: str) -> bytes:
        """A picture by its file name.

        Raises:
            RunFolderProblem: it is not there.
        """
        try:
            return (self._pictures / Path(name).name).read_bytes()
        except FileNotFoundError as error:
            raise RunFolderProblem(f"The picture {name} of {self.agent} is missing.") from error

    def records(self) -> Iterator[Record]:
        """All records, in order; a last line cut short is left out.

        Raises:
            RunFolderProblem: a line is damaged.
        """
        return (record for _, record in self.positions())

    def positions(self) -> Iterator[tuple[int, Record]]:
        """All records, each with where it begins in the file."""
        if not self.file.exists():
            return
        decoder = msgspec.json.Decoder(Record)
        position = 0
        with self.file.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield position, decoder.decode(line)
                except msgspec.DecodeError as error:
                    raise RunFolderProblem(f"{self.file}, line {number}, is damaged: {error}.") from error
                position += len(line)

    def mend(self) -> None:
        """Cut off a last line that was not written to its end, so that the next one is whole."""
        if not self.exists:
            return
        data = self.file.read_bytes()
        if not data.endswith(b"\n"):
            os.truncate(self.file, data.rfind(b"\n") + 1)

    def of_kind(self, kind: type[Kind]) -> list[Kind]:
        """All records of one kind."""
        return [record for record in self.records() if isinstance(record, kind)]

    def message(self, observed: Observed) -> Message:
        """The message that an observation was."""
        pictures = [Image(self.picture(name)) for name in observed.pictures]
        return Message("user", (Text(observed.text), *pictures))

    def _keep(self, png: bytes) -> str:
        name = hashlib.sha256(png).hexdigest() + ".png"
        self._pictures.mkdir(parents=True, exist_ok=True)
        if not (self._pictures / name).exists():
            (self._pictures / name).write_bytes(png)
        return name


def now() -> float:
    """Unix time in seconds."""
    return time.time()
