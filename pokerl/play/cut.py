"""Attempts that were cut off (by ``kill -9``, Ctrl-C, the loss of power), and what is needed to go on with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pokerl.budget import Budget, Limits, Resource
from pokerl.play.spent import spent_by_attempt
from pokerl.timeline import Event, Segment, Tree

STATIONS = ("attempt_started", "attempt_resumed", "attempt_ended")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """An attempt as it was when it was cut off.

    Attributes:
        started: its ``attempt_started`` event.
        spent: what it had spent.
        standing: the segment in which the player's machine stood; ``None`` if it had none yet.
        notes: what its agents wanted to see again.
        background: whether the designer worked on meanwhile.
    """

    started: Event
    spent: dict[Resource, float]
    standing: Segment | None
    notes: tuple[str, ...]
    background: bool = False

    @property
    def limits(self) -> Limits:
        """What it may spend."""
        return msgspec.convert(self.started.data["limits"], Limits)

    def budget(self, parent: Budget | None = None) -> Budget:
        """A budget with the attempt's limits, which goes on from what was spent."""
        return Budget(self.limits, parent=parent, name=f"attempt {self.started.attempt}", spent=self.spent)


def cut_attempts(events: Sequence[Event]) -> list[Cut]:
    """The attempts of a run that it was cut off in, in order.

    An attempt that was under way when its experiment came to its own end was ended with it, and is not one of them.
    """
    last = {event.attempt: number for number, event in enumerate(events) if event.kind in STATIONS}
    return [_cut(events, attempt) for attempt, number in last.items() if _was_cut(events[number:])]


def _was_cut(rest: Sequence[Event]) -> bool:
    """Whether the attempt whose last station comes first here was cut off."""
    if rest[0].kind == "attempt_ended" and rest[0].data["outcome"] != "interrupted":
        return False
    return all(event.data["stop"] == "interrupted" for event in rest if event.kind == "experiment_ended")


def _cut(events: Sequence[Event], attempt: str) -> Cut:
    own = [event for event in events if event.attempt == attempt]
    started = next(event for event in own if event.kind == "attempt_started")
    return Cut(
        started=started,
        spent=spent_by_attempt(own, attempt),
        standing=Tree.from_events(events).standing(attempt),
        notes=tuple(event.data["text"] for event in own if event.kind == "note"),
        background=started.data.get("background", False) is True,
    )
