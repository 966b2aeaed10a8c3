"""What is said between the host and a worker.

The worker is hostile: what it sends has a type and a bound, and what breaks them ends it. ``value``, ``arguments`` and
``content`` are plain data (:mod:`pokerl.rlm.values`), which the host checks again before it uses them.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

FRAME_LIMIT = 32 * 1024 * 1024
"""Largest message in either direction, in bytes; a context is not bound by it (it travels as a memory file)."""

PIECE = 64 * 1024
"""Most characters of printed text in one message."""

IMAGE_LIMIT = 4 * 1024 * 1024
"""Largest picture, in bytes of PNG."""

ANSWER_LIMIT = 1024 * 1024
"""Largest answer, in bytes on the wire: it is written down after each block that changed it."""

LONGEST_PROMPT = 4_000_000
"""Characters that one prompt may have: about a million tokens, as much as any model reads."""

IN_PIECES = "Cut it into pieces and ask about each with llm_query_batched."
AS_CONTEXT = "Give the task in a few sentences and the text as context."

Number = Annotated[int, Meta(ge=0, le=2**53)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]


class Begin(Struct, tag="begin", frozen=True):
    """Prepare the namespace. Beside it travel a memory file with the context and the extension's descriptors.

    Attributes:
        setup: ``"module:function"`` of the extension, or "".
        import_path: folders to import from, after the usual ones.
        arguments: plain data for the setup function.
        restarts: how often this agent's worker was started again before.
        text_limit: characters of printed text kept of one block.
        answer: what stood in ``answer`` before.
    """

    setup: str = ""
    import_path: list[str] = []
    arguments: dict[str, Any] = {}
    restarts: int = 0
    text_limit: int = 1_000_000
    answer: dict[str, Any] = {}


class Execute(Struct, tag="execute", frozen=True):
    """Run one block of code. ``seconds`` is how long it may run, time inside host calls not counted."""

    cell: int
    code: str
    seconds: float


class Returned(Struct, tag="returned", frozen=True):
    """The value of a host call; ``descriptors`` is the number of file descriptors that travel beside it."""

    call: int
    value: Any
    descriptors: int = 0


class Failed(Struct, tag="failed", frozen=True):
    """The error of a host call; ``error`` is a class name of ``pokerl.errors`` or of Python."""

    call: int
    error: str
    message: str
    remedy: str = ""


class Quit(Struct, tag="quit", frozen=True):
    """End the process."""


ToWorker = Begin | Execute | Returned | Failed | Quit


class Ready(Struct, tag="ready", frozen=True):
    """The namespace stands; ``problem`` is the traceback of the extension's setup, if it failed."""

    problem: Annotated[str, Meta(max_length=PIECE)] = ""


class Printed(Struct, tag="printed", frozen=True):
    """A piece of what the running block printed."""

    text: Annotated[str, Meta(max_length=PIECE)]


class Shown(Struct, tag="shown", frozen=True):
    """A picture that the running block showed, as PNG."""

    png: Annotated[bytes, Meta(max_length=IMAGE_LIMIT)]


class Answered(Struct, tag="answered", frozen=True):
    """What stands in ``answer`` now."""

    content: Any
    ready: bool


class Called(Struct, tag="called", frozen=True):
    """Call a function of the host."""

    call: Number
    function: Name
    arguments: dict[str, Any] = {}


class Finished(Struct, tag="finished", frozen=True):
    """The block ended; ``error`` is its traceback, ``hint`` a sentence of the worker's own for the model."""

    cell: Number
    error: Annotated[str, Meta(max_length=PIECE)] = ""
    hint: Annotated[str, Meta(max_length=2000)] = ""


FromWorker = Ready | Printed | Shown | Answered | Called | Finished


def require_readable(prompt: str, remedy: str) -> None:
    """Refuse a prompt that no model could read, before a call is wasted on it.

    Raises:
        ValueError: it is longer than ``LONGEST_PROMPT``; ``remedy`` says what to do.
    """
    if len(prompt) > LONGEST_PROMPT:
        raise ValueError(f"This prompt has {len(prompt):,} characters, more than {LONGEST_PROMPT:,}. {remedy}")
