"""How a program gives an agent more than the generic REPL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pokerl.rlm.agent import AgentSpec
    from pokerl.rlm.result import Result

Function = Callable[[dict[str, Any]], Any]
"""A host-side function: takes the plain arguments of the call (hostile: check them), returns plain data or a Reply."""


@dataclass(frozen=True)
class Reply:
    """A function's value with file descriptors for the worker. The engine closes its copies after sending them."""

    value: Any
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Child:
    """How a sub-agent asked for by ``rlm_query`` is to run, when an extension decides it."""

    agent: AgentSpec
    extension: Extension | None = None
    task: str | None = None


@dataclass(frozen=True)
class Extension:
    """What is added to a worker and to its host side.

    Attributes:
        setup: ``"module:function"``, imported in the worker and called with ``(namespace, host, arguments)``, again
            after each restart; ``host`` is a :class:`pokerl.rlm.host.Host`.
        arguments: plain data for it.
        functions: host-side functions by name; each call runs on a thread of its own.
        quick: names of functions that return at once; they run without a thread (about 50 µs less).
        descriptors: called at each start of the worker; the file descriptors (at most 3) that it gets as
            ``host.descriptors``. The engine closes its copies after sending them.
        readable: files and folders that the worker may read.
        import_path: folders that the worker may read and imports from.
        environment: variables for the worker.
        status: called after each turn; a line for the model, or "".
        recall: called when old turns are folded away; what the agent shall still see (its notes), or "".
        resumed: called when the agent is taken up again after its run was cut off; what it is told beside that its
            variables are gone, or "".
        finished: called after each block; a reason to end the run as ``answered``, or "".
        child: called by ``rlm_query`` with its arguments ``{"prompt", "context", "options"}`` and the path of the new
            agent; how to run it, or ``None`` for the generic way. It may raise a PokerlError to refuse.
        closed: called with the run's result when it ends; plain data for ``Result.data``.
    """

    setup: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    quick: frozenset[str] = frozenset()
    descriptors: Callable[[], tuple[int, ...]] = tuple
    readable: tuple[Path, ...] = ()
    import_path: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    status: Callable[[], str] = str
    recall: Callable[[], str] = str
    resumed: Callable[[], str] = str
    finished: Callable[[], str] = str
    child: Callable[[dict[str, Any], str], Child | None] | None = None
    closed: Callable[[Result], dict[str, Any]] | None = None
