"""Attempts that were cut off (by ``kill -9``, Ctrl-C, the loss of power), and what is needed to go on with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from pokerl.budget import Budget, Limits, Resource
from pokerl.errors import RunFolderProblem
from pokerl.play.spent import spent_by_attempt
from pokerl.timeline import Event, Segment, Tree, thinned
from pokerl.timeline.data import Digest

STATIONS = ("attempt_started", "attempt_resumed", "attempt_ended")


class Begun(Struct, frozen=True):
    """How an attempt began: of the data of ``attempt_started`` what is needed to go on with it."""

    version: str
    interface: Digest
    start: str
    agent: str
    limits: Limits
    background: bool = False


@dataclass(frozen=True, kw_only=True)
class Cut:
    """An attempt as it was when it was cut off.

    Attributes:
        attempt: which one.
        begun: how it began.
        spent: what it had spent.
        standing: the segment in which the player's machine stood; ``None`` if it had none yet.
        notes: what its agents wanted to see again.
    """

    attempt: str
    begun: Begun
    spent: dict[Resource, float]
    standing: Segment | None
    notes: tuple[str, ...]

    def budget(self, parent: Budget | None = None) -> Budget:
        """A budget with the attempt's limits, which goes on from what was spent."""
        return Budget(self.begun.limits, parent=parent, name=f"attempt {self.attempt}", spent=self.spent)


def cut_attempts(log: Iterable[Event]) -> list[Cut]:
    """The attempts of a run that it was cut off in, in order.

    Args:
        log: its events, which are gone through more than once.

    An attempt that was under way when its experiment came to its own end was ended with it, and is not one of them.

    Raises:
        RunFolderProblem: the log does not tell what is needed to go on.
    """
    events = list(thinned(log))
    last = {event.attempt: number for number, event in enumerate(events) if event.kind in STATIONS}
    try:
        cut = [attempt for attempt, number in last.items() if _was_cut(events[number:])]
        tree = Tree.from_events(log if cut else ())
        return [_cut(events, tree, attempt) for attempt in cut]
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderProblem(
            f"The log does not tell how to go on with an attempt: {type(error).__name__} {error}.",
            "It was changed after it was written; restore it from a copy.",
        ) from error


def _was_cut(rest: Sequence[Event]) -> bool:
    """Whether the attempt whose last station comes first here was cut off."""
    if rest[0].kind == "attempt_ended" and rest[0].data["outcome"] != "interrupted":
        return False
    return all(event.data["stop"] == "interrupted" for event in rest if event.kind == "experiment_ended")


def _cut(events: Sequence[Event], tree: Tree, attempt: str) -> Cut:
    own = [event for event in events if event.attempt == attempt]
    begun = {event.kind: event.data for event in own if event.kind == "attempt_started"}
    return Cut(
        attempt=attempt,
        begun=msgspec.convert(begun["attempt_started"], Begun),
        spent=spent_by_attempt(own, attempt),
        standing=tree.standing(attempt),
        notes=tuple(str(event.data["text"]) for event in own if event.kind == "note"),
    )
