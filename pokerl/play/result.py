"""What an attempt came to: a frozen record, computed from the log alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from pokerl.cartridge import Milestone
from pokerl.play.spent import seconds_at
from pokerl.timeline import Event, Tree

MOST_REFUSALS = 100
LONGEST_SENTENCE = 500

Outcome = Literal["won", "answered", "turns", "budget", "failed", "stopped", "interrupted"]


class Split(Struct, frozen=True):
    """When a milestone was first reached on the trunk.

    Attributes:
        frame: frames since power-on on that path.
        seconds: wall clock since the attempt began, without the time in which it was cut off.
        tokens: tokens that the attempt's agents had used by then.
    """

    name: str
    title: str
    frame: int
    seconds: float
    tokens: int

    def __repr__(self) -> str:
        """Short, since a model prints thirty of them."""
        return f"{self.name}@{self.frame}"


class AttemptResult(Struct, frozen=True, kw_only=True):
    """The end of an attempt.

    Attributes:
        identifier: such as "a002".
        version: the interface version's name.
        outcome: ``won`` when the last milestone was reached, else why it ended.
        reason: one sentence more.
        capabilities: what was granted at the gate.
        milestones: on the trunk, in the order they were reached.
        progress: share of the cartridge's milestones reached, in [0, 1].
        frames: frames emulated on all of its machines; ``trunk_frames`` only those of the path that counts.
        trunk_pokes: writes into memory on the path that counts.
        dollars: ``None`` when a price is unknown.
        errors: what went wrong on the way, one sentence each.
        refusals: acts that the gate refused, one sentence each.
        answer: the player's last word.
        end: digest of the checkpoint at the end of the trunk; empty if there is none.
        from_power_on: whether it began at power-on, so that it counts as a full run.
    """

    identifier: str
    version: str
    outcome: Outcome
    reason: str = ""
    capabilities: list[str] = []
    milestones: list[Split] = []
    progress: float = 0.0
    frames: int = 0
    trunk_frames: int = 0
    trunk_pokes: int = 0
    seconds: float = 0.0
    tokens: int = 0
    dollars: float | None = None
    errors: list[str] = []
    refusals: list[str] = []
    answer: str = ""
    end: str = ""
    from_power_on: bool = True

    @property
    def won(self) -> bool:
        """Whether the last milestone was reached."""
        return self.outcome == "won"


def trunk_splits(events: Sequence[Event], attempt: str, milestones: Iterable[Milestone]) -> list[Split]:
    """The splits of an attempt's trunk, read off the run's events; what was reached before its start is not its own."""
    known = {milestone.name: milestone.title for milestone in milestones}
    on_trunk = {segment.identifier for segment in Tree.from_events(events).trunk(attempt)}
    splits: dict[str, Split] = {}
    for event in events:
        if event.kind == "milestone" and event.attempt == attempt and event.segment in on_trunk:
            name = event.data["name"]
            tokens = tokens_used(events, attempt, until=event.at)
            seconds = seconds_at(events, attempt, event.at)
            splits.setdefault(name, Split(name, known.get(name, name), event.frame, seconds, tokens))
    return sorted(splits.values(), key=lambda split: split.frame)


def tokens_used(events: Iterable[Event], attempt: str, until: float = float("inf")) -> int:
    """Tokens of all model calls of an attempt up to a moment (Unix seconds)."""
    return sum(
        event.data["input_tokens"] + event.data["output_tokens"]
        for event in events
        if event.kind == "model_call" and event.attempt == attempt and event.at <= until
    )


def dollars_spent(events: Iterable[Event], attempt: str) -> float | None:
    """Money of all model calls of an attempt; ``None`` as soon as one price is unknown."""
    prices = [event.data["dollars"] for event in events if event.kind == "model_call" and event.attempt == attempt]
    return None if any(price is None for price in prices) else float(sum(prices))


def refusals(events: Iterable[Event], attempt: str) -> list[str]:
    """What the gate refused during an attempt, each sentence once; the first of them, if there are many."""
    sentences = (
        f"{event.data.get('tool') or 'the player'}: {event.data['message']}"
        for event in events
        if event.kind == "refusal" and event.attempt == attempt
    )
    return [sentence[:LONGEST_SENTENCE] for sentence in itertools.islice(dict.fromkeys(sentences), MOST_REFUSALS)]
