"""Rebuilding an agent's conversation from its transcript."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pokerl.rlm.conversation import Conversation
from pokerl.rlm.transcript import AgentTranscript, Block, Observed, Resumed, Turn


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
