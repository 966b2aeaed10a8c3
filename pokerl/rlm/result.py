"""How a run ended, and how it goes meanwhile, as its caller is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pokerl.rlm.messages import Usage
from pokerl.rlm.values import to_plain

Stop = Literal["answered", "budget", "turns", "failed", "interrupted"]


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Attributes:
        content: the answer, plain data; also of a run that ended early.
        ready: whether the agent called it final.
        stop: ``answered``, ``budget``, ``turns`` (its turns are used up), ``failed`` or ``interrupted``.
        reason: one sentence about why it ended.
        turns: how often the model was asked.
        usage: what the agent and everything below it used.
        data: what the extension adds.
    """

    content: Any
    ready: bool
    stop: Stop
    reason: str
    turns: int
    usage: Usage
    data: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """All of it as plain data."""
        result: dict[str, Any] = to_plain(self)
        return result


@dataclass(frozen=True)
class Progress:
    """Told to the caller after each turn: who, which turn, what it said and saw."""

    agent: str
    turn: int
    reply: str
    observed: str
