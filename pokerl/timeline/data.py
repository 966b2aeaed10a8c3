"""What an event of each kind must hold, wherever its log comes from."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pokerl.timeline.event import Event, Kind

LONGEST_RUN = 216_000
"""Frames of one stretch of input: what a machine does in one act at most (``pokerl.emulator.protocol``)."""

Mask = Annotated[int, Meta(ge=0, le=0xFF)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Frames = Annotated[int, Meta(ge=0, le=LONGEST_RUN)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
DigestOrNone = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Bytes = Annotated[str, Meta(pattern=r"^([0-9a-f]{2})+\Z")]


class MachineStarted(Struct):
    """Data of ``machine_started``."""

    pid: Count
    start: DigestOrNone
    capabilities: list[str]


class MachineEnded(Struct):
    """Data of ``machine_ended``."""

    reason: str
    frames: Count
    refusals: Count


class SegmentStarted(Struct):
    """Data of ``segment_started``."""

    parent: str
    checkpoint: DigestOrNone


class Input(Struct):
    """Data of ``input``."""

    runs: list[tuple[Mask, Frames]]
    tool: str


class Poke(Struct):
    """Data of ``poke``."""

    address: Annotated[int, Meta(ge=0x8000, le=0xFFFF)]
    before: Bytes
    after: Bytes
    tool: str
    why: str


class Checkpoint(Struct):
    """Data of ``checkpoint``."""

    digest: Digest
    ram: Digest
    label: str
    tool: str


class Commit(Struct):
    """Data of ``commit``."""

    digest: Digest
    label: str


class Milestone(Struct):
    """Data of ``milestone``."""

    name: str
    title: str
    tool: str


class Refusal(Struct):
    """Data of ``refusal``."""

    request: str
    capability: str
    tool: str
    message: str


class CapabilitiesUsed(Struct):
    """Data of ``capabilities_used``."""

    counts: dict[str, dict[str, Count]]


class Tool(Struct):
    """A tool of an interface, as ``version_written`` tells of it."""

    name: str = ""
    signature: str = ""
    doc: str = ""
    capabilities_hint: list[str] = []


class VersionWritten(Struct):
    """Data of ``version_written``."""

    version: str
    hash: Digest
    files: list[str] = []
    capabilities: list[str] = []
    description: str = ""
    tools: list[Tool] = []


class AttemptStarted(Struct):
    """Data of ``attempt_started``."""

    agent: str = ""
    version: str = ""
    interface: str = ""
    mode: str = ""
    start: DigestOrNone = ""
    capabilities: list[str] = []


class AttemptResumed(Struct):
    """Data of ``attempt_resumed``."""

    machine: str
    segment: str
    since: Annotated[float, Meta(ge=0)]
    seconds: Annotated[float, Meta(ge=0)]
    agent: str = ""
    version: str = ""


class AttemptEnded(Struct):
    """Data of ``attempt_ended``."""

    version: str = ""
    outcome: str = ""
    reason: str = ""
    seconds: float | None = None


class ModelCall(Struct):
    """Data of ``model_call``."""

    agent: str = ""
    model: str = ""
    input_tokens: Count = 0
    output_tokens: Count = 0
    dollars: float | None = None
    seconds: float = 0.0
    waited: float = 0.0
    error: str = ""


DATA: dict[Kind, type[Struct]] = {
    "machine_started": MachineStarted,
    "machine_ended": MachineEnded,
    "segment_started": SegmentStarted,
    "input": Input,
    "poke": Poke,
    "checkpoint": Checkpoint,
    "commit": Commit,
    "milestone": Milestone,
    "refusal": Refusal,
    "capabilities_used": CapabilitiesUsed,
    "version_written": VersionWritten,
    "attempt_started": AttemptStarted,
    "attempt_resumed": AttemptResumed,
    "attempt_ended": AttemptEnded,
    "model_call": ModelCall,
}
"""What a machine writes, and what of the host's events is read again; what is missing of these is shown as missing."""


def data_of(event: Event) -> Any:
    """The data of an event in the type of its kind; ``None`` for a kind that only people read.

    Raises:
        msgspec.ValidationError: they are not what such an event holds.
    """
    kind = DATA.get(event.kind)
    return None if kind is None else msgspec.convert(event.data, kind)
