"""The gate of a machine: every press, read, poke and branch passes here, is checked, counted and recorded.

One request gives one answer. What the asker may do depends on the socket the request came by, never on its content.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from pokerl.emulator.frames import FrameCounter
from pokerl.emulator.journal import Journal
from pokerl.emulator.machine import PYBOY_VERSION, Machine
from pokerl.emulator.meter import Meter
from pokerl.emulator.pairing import Pairing
from pokerl.emulator.protocol import (
    MAXIMUM_ACT_FRAMES,
    MAXIMUM_READ,
    Act,
    Acted,
    Answer,
    Checkpoint,
    Commit,
    Hold,
    MachineSettings,
    Node,
    Poke,
    Poked,
    ReadRom,
    Refused,
    Request,
    Restore,
    RomRead,
    Standing,
    Status,
)
from pokerl.emulator.rights import HOST, Missing, Rights, needed_for
from pokerl.emulator.stepping import Stepping
from pokerl.errors import BudgetSpent, PokerlError, StateRejected, UsageProblem
from pokerl.timeline.recorder import Recorder
from pokerl.timeline.states import StateStore, free_bytes

LEAST_FREE = 512 * 1024 * 1024
"""Bytes of the disk that model-written code leaves free, so that the host can end the run in order."""

ROOM_EVERY = 64
"""Requests between two looks at the disk."""

_RECORDED = (Poke, Checkpoint, Restore, Commit)
"""Requests of which the host keeps something for as long as the attempt runs."""


class Gate:
    """Handles the requests to one machine.

    Args:
        machine: the machine, at power-on.
        recorder: where events go; None records nothing.
        settings: what the host said of this machine.
        store: where checkpoints go; None keeps none.
        frames: the attempt's frame counter.
        slot: this machine's slot in it.
    """

    def __init__(
        self,
        machine: Machine,
        recorder: Recorder | None,
        settings: MachineSettings,
        *,
        store: StateStore | None = None,
        frames: FrameCounter | None = None,
        slot: int = 1,
    ) -> None:
        self.machine = machine
        self.client_rights = Rights.of(settings.capabilities, commits=settings.commits)
        self.journal = Journal(recorder, settings, machine)
        self._settings = settings
        self._store = store
        counter = frames or FrameCounter(limit=settings.frame_limit)
        self._meter = Meter(counter, slot, settings.deadline, settings.own_frame_limit)
        self._last_checkpoint = settings.start
        self._pairing = Pairing()
        self._draw = False
        self._requests = 0
        self._handlers: dict[type, Callable[[Any, Rights], Answer]] = {
            Act: self._act,
            ReadRom: self._read_rom,
            Poke: self._poke,
            Checkpoint: self._checkpoint,
            Restore: self._restore,
            Commit: self._commit,
            Status: self._status,
        }

    def open(self, pid: int = 0) -> None:
        """Load the start state if there is one, and record that the machine started.

        Raises:
            StateRejected: the start state is missing, damaged or foreign.
        """
        start = self._settings.start
        parent = self._load(start, HOST) if start else ""
        self.journal.machine_started(pid)
        self.journal.segment_started(parent, start)

    def close(self, reason: str) -> None:
        """Record that the machine ended."""
        self.journal.machine_ended(reason, self._meter.total)

    def handle(self, request: Request, rights: Rights) -> Answer:
        """Do what is asked if it is allowed; whatever fails is answered with :class:`~.protocol.Refused`."""
        try:
            if not rights.host and not isinstance(request, Status):
                self._meter.check()
                self._require_room(request)
            return self._handlers[type(request)](request, rights)
        except PokerlError as error:
            return self.refuse(type(request).__name__.lower(), error, getattr(request, "tool", ""))

    def _require_room(self, request: Request) -> None:
        """What a client does is recorded only while that cannot fill the host's disk or memory.

        Raises:
            BudgetSpent: no more is recorded.
        """
        self._requests += 1
        if self._requests % ROOM_EVERY == 1 and self._store is not None and free_bytes(self._store.folder) < LEAST_FREE:
            self._requests -= 1
            raise BudgetSpent(f"Less than {LEAST_FREE:,} bytes of the disk are free.", "What was reached is kept.")
        if isinstance(request, _RECORDED):
            self._meter.record()

    def refuse(self, request: str, error: PokerlError, tool: str = "") -> Refused:
        """The answer to a request that failed, which is recorded."""
        if not self.journal.broken:
            capability = error.capability if isinstance(error, Missing) else ""
            # That the refusal cannot be recorded either ends the machine, but whoever asked is still told why.
            with contextlib.suppress(PokerlError):
                self.journal.refusal(request, capability, tool, error)
        return refused(error)

    def _act(self, act: Act, rights: Rights) -> Answer:
        needed = needed_for(act)
        rights.require(needed)
        _check_size(act)
        self._draw = self._draw or act.screen
        stepping = Stepping(self.machine, self._meter, draw=self._draw, limited=not rights.host)
        try:
            for step in act.steps:
                stepping.do(step)
        finally:
            self._meter.settle()
            self.journal.input(stepping.runs, act.tool, stepping.reached)
            self.journal.used(act.tool, needed)
        return Acted(
            frame=self.machine.frame,
            ran=stepping.frames,
            met=stepping.met,
            reads=[self.machine.read(span.address, span.length) for span in act.reads],
            screen=self.machine.screen().tobytes() if act.screen else None,
            milestones=[milestone.name for milestone, _ in stepping.reached],
            core=self._pairing.after_act(time.monotonic_ns()) if act.follows else None,
        )

    def _read_rom(self, request: ReadRom, rights: Rights) -> Answer:
        rights.require({"rom.read"})
        data = self.machine.read_rom(request.bank, request.address, request.length)
        self.journal.used(request.tool, {"rom.read"})
        return RomRead(data)

    def _poke(self, request: Poke, rights: Rights) -> Answer:
        rights.require({"ram.write"})
        before = self.machine.write(request.address, request.data)
        self.journal.poke(request.address, before, request.data, request.tool, request.why)
        self.journal.used(request.tool, {"ram.write"})
        return Poked(before)

    def _checkpoint(self, request: Checkpoint, rights: Rights) -> Answer:
        rights.require({"branch"})
        self.journal.used(request.tool, {"branch"})
        return self._make_node(request.label, request.tool, commit=False)

    def _commit(self, request: Commit, rights: Rights) -> Answer:
        rights.require_commit()
        return self._make_node(request.label, request.tool, commit=True)

    def _restore(self, request: Restore, rights: Rights) -> Answer:
        rights.require({"branch"})
        parent = self._load(request.checkpoint, rights)
        self.journal.used(request.tool, {"branch"})
        self.journal.segment_started(parent, request.checkpoint)
        self._last_checkpoint = request.checkpoint
        return Node(request.checkpoint, self.machine.frame, self.machine.ram_hash())

    def _status(self, _: Status, rights: Rights) -> Answer:
        return Standing(
            machine=self._settings.machine,
            segment=self.journal.segment,
            frame=self.machine.frame,
            total_frames=self._meter.total,
            capabilities=sorted(rights.capabilities),
            milestones=dict(self.machine.milestones),
            last_checkpoint=self._last_checkpoint,
        )

    def _make_node(self, label: str, tool: str, *, commit: bool) -> Node:
        settings, segment = self._settings, self.journal.segment
        stored = self.machine.stored(attempt=settings.attempt, machine=settings.machine, segment=segment, label=label)
        digest = self._states().put(stored)
        self.journal.checkpoint(digest, stored.ram, label, tool)
        if commit:
            self.journal.commit(digest, label)
        self.journal.node_done()
        self.journal.segment_started(segment, digest)
        self._last_checkpoint = digest
        return Node(digest, stored.frame, stored.ram)

    def _load(self, digest: str, rights: Rights) -> str:
        """Load a checkpoint and return the segment that ended in it."""
        stored = self._states().get(digest)
        free = rights.host or self._settings.any_checkpoint or digest == self._settings.start
        if not free and stored.attempt != self._settings.attempt:
            raise StateRejected(
                f"The checkpoint {digest[:12]} belongs to another attempt.", "Restore one that this attempt made."
            )
        stored.require(rom_sha1=self.machine.rom_sha1, pyboy=PYBOY_VERSION)
        # If it fails after this, the machine stands where nobody knows, and must end.
        self.journal.broken = True
        self.machine.load_stored(stored)
        self.journal.broken = False
        return stored.segment

    def _states(self) -> StateStore:
        if self._store is None:
            raise UsageProblem("This machine keeps no checkpoints.", "Start it with a run folder.")
        return self._store


def refused(error: PokerlError) -> Refused:
    """An error as an answer, named after the nearest class of the public error tree."""
    name = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == PokerlError.__module__)
    return Refused(name, error.message, error.remedy)


def _check_size(act: Act) -> None:
    frames = sum([step.frames if isinstance(step, Hold) else step.limit for step in act.steps])
    if frames > MAXIMUM_ACT_FRAMES:
        raise UsageProblem(f"The act asks for {frames} frames at once.", f"Ask for {MAXIMUM_ACT_FRAMES} at most.")
    length = sum([span.length for span in act.reads])
    if length > MAXIMUM_READ:
        raise UsageProblem(f"The act reads {length} bytes at once.", f"Read {MAXIMUM_READ} at most.")
