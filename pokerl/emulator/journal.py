"""What a machine writes into the timeline about itself."""

from __future__ import annotations

import time
from collections.abc import Iterable

from pokerl.emulator.machine import Machine, Reached
from pokerl.emulator.protocol import MachineSettings
from pokerl.errors import PokerlError
from pokerl.timeline.event import Event, Kind
from pokerl.timeline.recorder import Recorder

RECORDED_REFUSALS = 1000
"""Refusals of one machine that are recorded; later ones are only counted, so that asking cannot fill the disk."""

COUNTED_TOOLS = 1000
"""Tools whose uses are counted apart; those of later names are counted together."""

OTHER_TOOLS = "(others)"


class Journal:
    """The events of one machine.

    Args:
        recorder: where they go; None records nothing.
        settings: what the host said of the machine.
        machine: the machine, for the frame of each event.

    Attributes:
        segment: the segment of the timeline that is being written.
        refusals: how many requests were refused.
        broken: whether something could not be recorded, or a state that should have been whole was not; the machine
            must end then, since what it did, or where it stands, is not known.
    """

    def __init__(self, recorder: Recorder | None, settings: MachineSettings, machine: Machine) -> None:
        self.segment = ""
        self.refusals = 0
        self.broken = False
        self._recorder = recorder
        self._settings = settings
        self._machine = machine
        self._segments = 0
        self._uses: dict[str, dict[str, int]] = {}

    def machine_started(self, pid: int) -> None:
        """The machine stands at its start and begins to serve."""
        settings = self._settings
        self._write("machine_started", pid=pid, start=settings.start, capabilities=sorted(settings.capabilities))

    def machine_ended(self, reason: str, frames: int) -> None:
        """The machine ends cleanly; a killed one says nothing."""
        self._write_uses()
        self._write("machine_ended", reason=reason, frames=frames, refusals=self.refusals)
        self._sync()

    def segment_started(self, parent: str, checkpoint: str) -> None:
        """A new segment begins, at a checkpoint or (both empty) at power-on."""
        self._segments += 1
        self.segment = f"{self._settings.machine}-{self._segments:04d}"
        self._write("segment_started", parent=parent, checkpoint=checkpoint)

    def input(self, runs: list[list[int]], tool: str, reached: list[Reached]) -> None:
        """Buttons were held, and these milestones were reached meanwhile."""
        if runs:
            self._write("input", runs=runs, tool=tool)
        for milestone, frame in reached:
            self._write("milestone", frame, name=milestone.name, title=milestone.title, tool=tool)

    def poke(self, address: int, before: bytes, after: bytes, tool: str, why: str) -> None:
        """Memory was written."""
        self._write("poke", address=address, before=before.hex(), after=after.hex(), tool=tool, why=why)

    def checkpoint(self, digest: str, ram: str, label: str, tool: str) -> None:
        """The machine's state was stored, which ends the segment."""
        self._write_uses()
        self._write("checkpoint", digest=digest, ram=ram, label=label, tool=tool)

    def commit(self, digest: str, label: str) -> None:
        """The state just stored is declared the end of the trunk."""
        self._write("commit", digest=digest, label=label)

    def node_done(self) -> None:
        """Checkpoint and commit are to outlive the loss of power."""
        self._sync()

    def refusal(self, request: str, capability: str, tool: str, error: PokerlError) -> None:
        """A request was refused."""
        self.refusals += 1
        if self.refusals <= RECORDED_REFUSALS:
            self._write("refusal", request=request, capability=capability, tool=tool, message=error.message)

    def used(self, tool: str, capabilities: Iterable[str]) -> None:
        """A tool used capabilities once more."""
        if tool not in self._uses and len(self._uses) >= COUNTED_TOOLS:
            tool = OTHER_TOOLS
        counts = self._uses.setdefault(tool, {})
        for capability in capabilities:
            counts[capability] = counts.get(capability, 0) + 1

    def _write_uses(self) -> None:
        if self._uses:
            self._write("capabilities_used", counts=self._uses)
            self._uses = {}

    def _write(self, kind: Kind, frame: int | None = None, /, **data: object) -> None:
        if self._recorder:
            settings = self._settings
            at = time.time()
            place = self._machine.frame if frame is None else frame
            event = Event(kind, at, settings.attempt, settings.machine, self.segment, place, data)
            self.broken = True
            self._recorder.append(event)
            self.broken = False

    def _sync(self) -> None:
        if self._recorder:
            self._recorder.sync()
