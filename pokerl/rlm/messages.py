"""What is said to a model and what it says: the seam between the engine and any model client."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import reduce
from typing import Literal, Protocol

from msgspec import Struct

Role = Literal["system", "user", "assistant"]


class Text(Struct, frozen=True, tag="text"):
    """A piece of text."""

    text: str


class Image(Struct, frozen=True, tag="image"):
    """A picture as PNG."""

    png: bytes


class Message(Struct, frozen=True):
    """One message of a conversation."""

    role: Role
    parts: tuple[Text | Image, ...]

    @property
    def text(self) -> str:
        """The text parts, one after another."""
        return "\n".join(part.text for part in self.parts if isinstance(part, Text))


def say(role: Role, *parts: str | Image) -> Message:
    """A message of text and pictures."""
    return Message(role, tuple(Text(part) if isinstance(part, str) else part for part in parts))


class Usage(Struct, frozen=True):
    """What calls cost. ``dollars`` is ``None`` when a price is unknown; ``estimated`` when tokens were not reported."""

    input_tokens: int = 0
    output_tokens: int = 0
    dollars: float | None = None
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        known = self.dollars is not None and other.dollars is not None
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            (self.dollars or 0.0) + (other.dollars or 0.0) if known else None,
            self.estimated or other.estimated,
        )

    @property
    def tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens


def total(usages: Sequence[Usage]) -> Usage:
    """The sum of usages; nothing at all costs nothing."""
    return reduce(operator.add, usages) if usages else Usage(dollars=0.0)


@dataclass(frozen=True)
class ModelRequest:
    """One call of a model.

    Attributes:
        agent: who asks, as a path: ``designer``, ``player-v3``, ``player-v3/scout-1``, ``player-v3/query``.
        turn: number of the agent's turn, from 1; for single queries their number, from 1.
        messages: the conversation.
        deadline: seconds of ``time.monotonic()`` after which the answer is of no use; ``None`` without one.
        waiting: a context manager for time that is spent waiting for a rate limit (it is not working time).
    """

    agent: str
    turn: int
    messages: tuple[Message, ...]
    deadline: float | None = None
    waiting: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True)
class Completion:
    """A model's reply: its text, its cost, the seconds it took and of these the seconds waited, the model's name."""

    text: str
    usage: Usage
    seconds: float = 0.0
    waited: float = 0.0
    model: str = ""


class Model(Protocol):
    """Anything that answers.

    ``complete`` is called from several threads at once. It raises :class:`~pokerl.errors.ModelProblem` when there is no
    answer to be had, :class:`ContextTooLong <pokerl.rlm.problems.ContextTooLong>` when the conversation does not fit.
    """

    @property
    def name(self) -> str:
        """The model's name, for the record."""
        ...

    def complete(self, request: ModelRequest) -> Completion:
        """Answer a conversation."""
        ...


def estimate_tokens(messages: tuple[Message, ...]) -> int:
    """A rough count: four characters a token, 1,000 tokens a picture."""
    parts = [part for message in messages for part in message.parts]
    return sum(len(part.text) // 4 + 1 if isinstance(part, Text) else 1000 for part in parts)


def fixed_digest(messages: tuple[Message, ...]) -> str:
    """SHA-256 of what is the same in each run of the same agent or query, in hexadecimal.

    Of a conversation that is the system prompt and the task, without what is left of the budget; of a single query all.
    """
    state = hashlib.sha256()
    agent = messages[0].role == "system"
    for message in messages[:2] if agent else messages:
        state.update(f"\0{message.role}\0".encode())
        for part in message.parts[:1] if agent else message.parts:
            state.update(_fixed(part.text) if isinstance(part, Text) else part.png)
    return state.hexdigest()


def _fixed(text: str) -> bytes:
    return "\n".join(line for line in text.splitlines() if not line.startswith("[left: ")).encode()
