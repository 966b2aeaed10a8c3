"""Taking up a run from its transcripts: the conversation, and what was spent."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from pokerl.budget import Resource
from pokerl.rlm.conversation import Conversation
from pokerl.rlm.messages import Usage, total
from pokerl.rlm.transcript import AgentTranscript, Block, Observed, Record, Resumed, Started, Transcript, Turn


@dataclass
class Rebuilt:
    """Where an agent stood.

    Attributes:
        turn: its last answered turn.
        outputs: where in the transcript each of its blocks is.
        answer: what stood in ``answer``, if it was ever set.
        pending: an answered turn whose observation was never written.
        blocks: the blocks of that turn that had ended.
    """

    turn: int = 0
    outputs: list[int] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    pending: Turn | None = None
    blocks: list[Block] = field(default_factory=list)


def rebuild(record: AgentTranscript, conversation: Conversation) -> Rebuilt:
    """Put every turn of a transcript back into a conversation."""
    found = Rebuilt()
    for position, entry in record.positions():
        if isinstance(entry, Turn):
            found.pending, found.turn, found.blocks = entry, entry.turn, []
        elif isinstance(entry, Block):
            found.outputs.append(position)
            found.blocks.append(entry)
            found.answer = entry.answer or found.answer
        elif isinstance(entry, Observed) and found.pending is not None:
            conversation.append(found.pending.text, record.message(entry))
            found.pending = None
        elif isinstance(entry, Resumed):
            conversation.note(entry.note)
    return found


@dataclass(frozen=True)
class Spent:
    """What an agent and those below it spent according to their transcripts.

    Attributes:
        resources: for ``Budget(spent=…)``. Time in which nobody worked on the run does not count, and what was under
            way when the run was killed is not known.
        usage: by agent, for ``Ledger(before=…)``.
    """

    resources: dict[Resource, float]
    usage: dict[str, Usage]


def spent_before(transcript: Transcript, agent: str) -> Spent:
    """What a run spent before it was interrupted; nothing for one that has not begun."""
    family = {each.agent: list(each.records()) for each in transcript.family(agent)}
    turns = {name: [entry for entry in entries if isinstance(entry, Turn)] for name, entries in family.items()}
    usage = {name: total([turn.usage for turn in asked]) for name, asked in turns.items() if asked}
    wall = _wall_seconds(family.get(agent, []), [entry.at for entries in family.values() for entry in entries])
    queries = sum(len(asked) for name, asked in turns.items() if name.endswith("/query"))
    agents = sum(not name.endswith("/query") for name in family) - 1
    resources: dict[Resource, float] = {
        "wall_seconds": wall,
        "working_seconds": wall - sum(turn.waited for turn in turns.get(agent, [])),
        "tokens": sum(each.tokens for each in usage.values()),
        "dollars": sum(each.dollars or 0.0 for each in usage.values()),
        "sub_calls": queries + max(agents, 0),
    }
    return Spent(resources, usage)


def _wall_seconds(own: list[Record], times: list[float]) -> float:
    """From each start of the agent to the last sign of life before the next one."""
    starts = [entry.at for entry in own if isinstance(entry, Started | Resumed)]
    lives = itertools.pairwise([*starts, float("inf")])
    return sum(max((at for at in times if begin <= at < end), default=begin) - begin for begin, end in lives)
