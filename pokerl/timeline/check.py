"""Checking a run folder: whether it is what this version writes, whole and of one piece.

A replay proves that the record is true (``pokerl.replay``); this only tells whether it can be read, and needs no
emulator for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from pokerl.errors import PokerlError, RunFolderProblem
from pokerl.timeline.event import Event
from pokerl.timeline.files import open_file, read_file
from pokerl.timeline.line import Lines
from pokerl.timeline.manifest import MANIFEST, read_manifest
from pokerl.timeline.recorder import LOG_NAME, LONGEST_LINE
from pokerl.timeline.states import FOLDER, MAXIMUM_SIZE, SUFFIX, StoredState, read_state_file

MOST_FINDINGS = 200
"""Findings that are kept; the rest are only counted."""

LoadState = Callable[[StoredState], None]


class Finding(Struct, frozen=True):
    """Something that is wrong: where (a file, a line of the log), and what."""

    where: str
    what: str


class Checkup(Struct, frozen=True, kw_only=True):
    """What a check of a run folder gave.

    Attributes:
        folder: the run.
        ok: nothing is wrong.
        events, segments, checkpoints, states: how many there are.
        loaded: states that were loaded into an emulator, where their RAM hash was compared.
        findings: what is wrong, at most ``MOST_FINDINGS``; ``wrong`` is how many there are in all.
        notes: what is no fault: what killed writers left behind.
    """

    folder: str
    ok: bool
    events: int
    segments: int
    checkpoints: int
    states: int
    loaded: int
    wrong: int
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]


def check_run(run_folder: Path | str, load: LoadState | None = None) -> Checkup:
    """Check a run folder from end to end.

    Args:
        run_folder: the run.
        load: loads a state into an emulator and compares its RAM hash; raises a :class:`PokerlError` if that is wrong.
            Without it the RAM hash in each state is only compared with the log's.

    Raises:
        RunFolderProblem: it is no run folder at all.
    """
    folder = Path(run_folder)
    if not (folder / LOG_NAME).is_file():
        raise RunFolderProblem(f"{folder} holds no {LOG_NAME}.", "Give the folder of a run.")
    return _Check(folder, load).run()


class _Check:
    """One check under way."""

    def __init__(self, folder: Path, load: LoadState | None) -> None:
        self.folder = folder
        self.load = load
        self.findings: list[Finding] = []
        self.notes: list[Finding] = []
        self.wrong = 0
        self.loaded = 0
        self.rom_sha1 = ""

    def run(self) -> Checkup:
        """Look through everything, the manifest first."""
        self._manifest()
        lines = Lines(self._wrong)
        events = 0
        for number, event in self._events():
            lines.take(number, event)
            events += 1
        checkpoints = lines.checkpoints
        for digest, (where, event) in checkpoints.items():
            self._state(digest, where, event)
        for digest, where in lines.starts.items():
            self._state(digest, where, None)
        states = self._folder({*checkpoints, *lines.starts})
        return Checkup(
            folder=str(self.folder),
            ok=not self.wrong,
            events=events,
            segments=len(lines.segments),
            checkpoints=len(checkpoints),
            states=states,
            loaded=self.loaded,
            wrong=self.wrong,
            findings=tuple(self.findings),
            notes=tuple(self.notes),
        )

    def _manifest(self) -> None:
        try:
            self.rom_sha1 = read_manifest(self.folder).rom_sha1
        except RunFolderProblem as problem:
            self._wrong(MANIFEST, problem.message)

    def _events(self) -> Iterator[tuple[int, Event]]:
        decoder = msgspec.json.Decoder(Event)
        with open_file(self.folder / LOG_NAME) as log:
            for number, line in enumerate(iter(lambda: log.readline(LONGEST_LINE), b""), 1):
                if not line.endswith(b"\n"):
                    self._note(f"line {number}", f"{len(line)} bytes of a line that a killed writer did not finish")
                    return
                try:
                    yield number, decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    self._wrong(f"line {number}", f"is no event: {error}")

    def _state(self, digest: str, where: str, event: Event | None) -> None:
        """One state of the log: there, whole, and what the log says of it."""
        try:
            stored = read_state_file(self.folder / FOLDER / f"{digest}{SUFFIX}", digest)
            if self.load is not None:
                self.load(stored)
                self.loaded += 1
        except PokerlError as problem:
            self._wrong(where, problem.message)
            return
        if self.rom_sha1 and stored.rom_sha1 != self.rom_sha1:
            self._wrong(where, f"the state {digest[:16]} is of another ROM than the run")
        if event is not None:
            self._compare(stored, where, event)

    def _compare(self, stored: StoredState, where: str, event: Event) -> None:
        for name, said, kept in (
            ("RAM hash", event.data["ram"], stored.ram),
            ("frame", event.frame, stored.frame),
            ("segment", event.segment, stored.segment),
            ("attempt", event.attempt, stored.attempt),
            ("machine", event.machine, stored.machine),
        ):
            if said != kept:
                self._wrong(where, f"the log says {name} {said}, the state {kept}")

    def _folder(self, known: set[str]) -> int:
        """What lies in ``states/``; a state of which the log knows nothing must still be whole."""
        states = sorted((self.folder / FOLDER).glob("*"))
        for path in states:
            digest = path.name.removesuffix(SUFFIX)
            if path.name.startswith(".writing-"):
                self._note(path.name, "a state that a killed writer did not finish")
            elif digest not in known:
                self._unknown(path, digest)
        return sum(path.suffix == SUFFIX for path in states)

    def _unknown(self, path: Path, digest: str) -> None:
        try:
            whole = path.suffix == SUFFIX and hashlib.sha256(read_file(path, MAXIMUM_SIZE)).hexdigest() == digest
        except OSError:
            whole = False
        if whole:
            self._note(path.name, "a whole state that the log does not know; its writer was killed before it told")
        else:
            self._wrong(path.name, "is no state, or damaged")

    def _wrong(self, where: str, what: str) -> None:
        self.wrong += 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(where, what))

    def _note(self, where: str, what: str) -> None:
        self.notes.append(Finding(where, what))
