"""The audit of a run folder: replays every attempt's trunk and sets it beside the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from pokerl.audit import measures
from pokerl.audit.catalogue import Signature, load_catalogue
from pokerl.audit.detectors import Sighting, Watcher
from pokerl.audit.exploration import explore
from pokerl.audit.glimpse import Glimpse, take_glimpse
from pokerl.audit.model import POWER_ON, AttemptAudit, Audit, Finding, PokeAudit, Provenance, ReplayAudit
from pokerl.audit.pokes import group_pokes, list_pokes
from pokerl.audit.provenance import explain, judge
from pokerl.cartridge import Cartridge, load
from pokerl.emulator.capability import MODES
from pokerl.emulator.machine import Machine
from pokerl.errors import AuditFailed, RunFolderProblem, StateRejected
from pokerl.replay.record import Record, open_record
from pokerl.replay.rom import rom_of
from pokerl.replay.verify import Replay, replay
from pokerl.timeline.check import check_run
from pokerl.timeline.recorder import LOG_NAME
from pokerl.timeline.states import StateStore
from pokerl.timeline.tree import Segment
from pokerl.words import counted

Progress = Callable[[str, int, int], None]


def audit_run(
    run_folder: Path | str, rom: Path | str | None = None, *, attempt: str = "", progress: Progress | None = None
) -> Audit:
    """Audit a run: replay the trunk of each attempt with and without its pokes, and set it beside the record.

    Args:
        run_folder: the run.
        rom: the ROM that it was made with; by default the one that ``pokerl.replay.rom`` finds.
        attempt: audit only this one; all by default.
        progress: called with the attempt's id, the frames replayed and the frames to replay.

    Raises:
        RunFolderProblem: it is no run folder at all.
        AuditFailed: the record is so damaged that it cannot be read.
        RomProblem: the ROM is missing or another one.
    """
    folder = Path(run_folder)
    if not (folder / LOG_NAME).is_file():
        raise RunFolderProblem(
            f"There is no run in {folder}: it holds no {LOG_NAME}.",
            "Give a folder that `pokerl run` or `pokerl play` made.",
        )
    try:
        return _audit(folder, str(rom or ""), attempt, progress)
    except RunFolderProblem as problem:
        raise AuditFailed(problem.message, problem.remedy) from problem


def _audit(folder: Path, rom: str, only: str, progress: Progress | None) -> Audit:
    record = open_record(folder)
    cartridge = load(record.manifest.cartridge)
    catalogue = load_catalogue()
    attempts = tuple(name for name in measures.attempts_of(record.events) if only in ("", name))
    trunks = {attempt: record.tree.trunk(attempt) for attempt in attempts}
    pokes = list_pokes(record, cartridge, catalogue, trunks)
    auditor = _Auditor(record, cartridge, catalogue, pokes, rom_of(folder, rom), progress)
    audited = tuple(auditor.attempt(attempt, trunks[attempt]) for attempt in attempts)
    return Audit(
        run=record.folder.resolve().name,
        cartridge=cartridge.identifier,
        rom_sha1=record.manifest.rom_sha1,
        mode=record.manifest.mode,
        sandbox=record.manifest.sandbox,
        versions=measures.versions(record.events),
        attempts=audited,
        pokes=pokes,
        poke_groups=group_pokes(pokes),
        refusals=measures.refusals(record.events),
        problems=(*auditor.problems, *_damage(folder)),
    )


def require_ok(audit: Audit) -> None:
    """Raise when the audit found a problem.

    Raises:
        AuditFailed: a replay disagrees with the record; the message is the first problem.
    """
    if not audit.ok:
        raise AuditFailed(
            f"The audit of {audit.run} failed: {audit.problems[0]}.",
            "The run folder was changed, or made by another version; do not trust its results.",
        )


def _damage(folder: Path) -> tuple[str, ...]:
    """What ``pokerl check`` finds wrong with the record, as one problem."""
    checkup = check_run(folder)
    if checkup.ok:
        return ()
    first = checkup.findings[0]
    return (f"the record is damaged in {counted(checkup.wrong, 'place')}; {first.where}: {first.what}",)


class _Seen(Struct, frozen=True):
    replay: Replay
    sightings: tuple[Sighting, ...]
    glimpses: tuple[Glimpse, ...]


class _Auditor:
    def __init__(
        self,
        record: Record,
        cartridge: Cartridge,
        catalogue: tuple[Signature, ...],
        pokes: tuple[PokeAudit, ...],
        rom: Path,
        progress: Progress | None,
    ) -> None:
        self.record = record
        self.cartridge = cartridge
        self.catalogue = catalogue
        self.pokes = pokes
        self.rom = rom
        self.progress = progress
        self.problems: list[str] = []

    def attempt(self, attempt: str, trunk: Sequence[Segment]) -> AttemptAudit:
        """Audit one attempt; what is wrong is added to ``problems``."""
        started = measures.first_of(self.record.events, "attempt_started", attempt)
        ended = measures.first_of(reversed(self.record.events), "attempt_ended", attempt)
        begun, finished = started.data if started else {}, ended.data if ended else {}
        mode = str(begun.get("mode", self.record.manifest.mode))
        self._check_mode(attempt, mode, trunk)
        shown, provenance, findings, glimpses = self._prove(attempt, trunk)
        return AttemptAudit(
            attempt=attempt,
            version=str(begun.get("version", "")),
            mode=mode,
            outcome=str(finished.get("outcome", "")),
            reason=str(finished.get("reason", "")),
            replay=shown,
            provenance=provenance,
            findings=findings,
            exploration=explore(self.record, trunk, attempt, glimpses),
            resources=measures.resources(self.record.events, self.record.tree, attempt),
            start=str(begun.get("start", "")),
            trunk_pokes=len(_on_path(self.pokes, trunk)),
        )

    def _prove(
        self, attempt: str, trunk: Sequence[Segment]
    ) -> tuple[ReplayAudit | None, tuple[Provenance, ...], tuple[Finding, ...], tuple[Glimpse, ...]]:
        if not trunk:
            return None, (), (), ()
        try:
            full = self._replay(attempt, trunk, without_pokes=False)
        except StateRejected as error:
            self.problems.append(f"{attempt}: its start state cannot be used ({error.message})")
            return None, (), (), ()
        written = any(segment.pokes for segment in trunk)
        bare = self._replay(attempt, trunk, without_pokes=True) if written else full
        mine = _on_path(self.pokes, trunk)
        findings = explain(full.sightings, bare.sightings, mine, self.catalogue)
        recorded = [(*self._named(name), frame) for segment in trunk for name, frame in segment.milestones]
        provenance = judge(recorded, full.replay, bare.replay, findings, mine)
        self._note_disagreement(attempt, full.replay)
        return self._describe(attempt, full.replay), provenance, findings, full.glimpses

    def _named(self, name: str) -> tuple[str, str]:
        """A milestone's name and title; the log may name one that the cartridge does not know."""
        titles = {milestone.name: milestone.title for milestone in self.cartridge.milestones}
        return name, titles.get(name, name)

    def _replay(self, attempt: str, trunk: Sequence[Segment], *, without_pokes: bool) -> _Seen:
        watcher = Watcher(self.cartridge)
        glimpses: list[Glimpse] = []

        def sample(machine: Machine) -> None:
            glimpse = take_glimpse(machine, machine.frame, self.cartridge)
            watcher.see(glimpse)
            if not glimpses or glimpses[-1].battle != glimpse.battle:
                glimpses.append(glimpse)

        def progress(done: int, whole: int) -> None:
            if self.progress:
                self.progress(attempt, done, whole)

        # Of a game whose memory nobody knows only the replay is judged.
        looked = sample if self.cartridge.symbols else None
        shown = replay(self.record, trunk, self.rom, without_pokes=without_pokes, sample=looked, progress=progress)
        return _Seen(shown, tuple(watcher.sightings), tuple(glimpses))

    def _describe(self, attempt: str, shown: Replay) -> ReplayAudit:
        words = f"agrees: {shown.checks:,} hashes over {shown.frames:,} frames"
        if shown.disagreement:
            words = f"disagrees: {shown.disagreement}"
        return ReplayAudit(
            agrees=shown.agrees,
            words=words,
            frames=shown.frames,
            checks=shown.checks,
            unchecked_frames=shown.end - shown.last_check,
            seconds=round(shown.seconds, 3),
            origin=self._origin(attempt, shown.origin),
        )

    def _origin(self, attempt: str, digest: str) -> str:
        """Where the path begins. A state that an attempt made must be reached through the log, not be a beginning."""
        if not digest:
            return POWER_ON
        stored = StateStore(self.record.folder).get(digest)
        if stored.attempt:
            self.problems.append(
                f"{attempt}: it starts from state {digest[:12]} of {stored.attempt}, whose path is not in the log"
            )
        return f"state {digest[:12]} ({stored.label})" if stored.label else f"state {digest[:12]}"

    def _check_mode(self, attempt: str, mode: str, trunk: Sequence[Segment]) -> None:
        allowed = next((rights for name, rights in MODES.items() if name == mode), None)
        path = {segment.identifier for segment in trunk}
        writes = sum(poke.attempt == attempt or poke.segment in path for poke in self.pokes)
        if allowed is not None and "ram.write" not in allowed and writes:
            self.problems.append(f"{attempt}: {writes:,} writes are on record although its mode is {mode}")

    def _note_disagreement(self, attempt: str, shown: Replay) -> None:
        if shown.disagreement:
            self.problems.append(f"{attempt}: {shown.disagreement}")


def _on_path(pokes: Sequence[PokeAudit], trunk: Sequence[Segment]) -> tuple[PokeAudit, ...]:
    identifiers = {segment.identifier for segment in trunk}
    return tuple(poke for poke in pokes if poke.segment in identifiers)
