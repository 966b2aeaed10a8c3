"""The one event type, and the kinds there are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Kind = Literal[
    "experiment_started",
    "experiment_resumed",
    "experiment_ended",
    "version_written",
    "attempt_started",
    "attempt_resumed",
    "attempt_ended",
    "machine_started",
    "machine_ended",
    "segment_started",
    "input",
    "poke",
    "checkpoint",
    "commit",
    "milestone",
    "refusal",
    "capabilities_used",
    "model_call",
    "agent_started",
    "agent_ended",
    "note",
]


class Event(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of ``events.jsonl``: something that happened.

    Attributes:
        kind: what happened; ``docs/timeline.md`` tells the ``data`` of each kind.
        at: Unix time in seconds.
        attempt: the attempt it belongs to; "" for the experiment itself, "probe" for the designer's own machine.
        machine: the machine it happened on.
        segment: the segment of the timeline it belongs to.
        frame: frames since power-on on this path, after what happened.
        data: what else there is to say, plain JSON.
    """

    kind: Kind
    at: Annotated[float, Meta(ge=0, le=1e11)]
    attempt: str = ""
    machine: str = ""
    segment: str = ""
    frame: Annotated[int, Meta(ge=0, le=2**53)] = 0
    data: dict[str, Any] = {}
