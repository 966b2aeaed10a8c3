"""The host side of ``llm_query``, ``rlm_query`` and their batches."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from pokerl.budget import Budget, Limits
from pokerl.errors import ConfigurationProblem, ModelProblem, PokerlError
from pokerl.rlm.agent import AgentSpec
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.extension import Child, Extension, Function
from pokerl.rlm.launcher import Launcher
from pokerl.rlm.ledger import Ledger, cost_of
from pokerl.rlm.messages import Image, Message, Model, ModelRequest, Usage, fixed_digest, say
from pokerl.rlm.pictures import check_png
from pokerl.rlm.problems import Interrupted
from pokerl.rlm.protocol import AS_CONTEXT, IN_PIECES, require_readable
from pokerl.rlm.transcript import Transcript, Turn, now

if TYPE_CHECKING:
    from pokerl.rlm.result import Result

StartAgent = Callable[..., "Result"]
"""Runs a sub-agent: :func:`pokerl.rlm.loop.run_within`."""

Pictures = Annotated[list[bytes], Meta(max_length=16)]
PASTED = 200_000
"""Characters of a context that are pasted into the prompt where no sub-agent may be started."""


KEPT_OF_FAILED = 10_000
"""Characters kept of the prompt of a query that failed."""

LOOK = 0.1
"""Seconds between two looks at the budget while a sub-call waits for its turn."""


class Query(Struct, forbid_unknown_fields=True):
    """Arguments of ``llm_query``."""

    prompt: str
    model: str | None = None
    images: Pictures = []


class Queries(Struct, forbid_unknown_fields=True):
    """Arguments of ``llm_query_batched``."""

    prompts: Annotated[list[str], Meta(max_length=1000)]
    model: str | None = None
    images: list[Pictures] = []


class Task(Struct, forbid_unknown_fields=True):
    """Arguments of ``rlm_query``."""

    prompt: str
    context: Any = None
    options: dict[str, Any] = {}


class Tasks(Struct, forbid_unknown_fields=True):
    """Arguments of ``rlm_query_batched``."""

    prompts: Annotated[list[str], Meta(max_length=64)]
    contexts: list[Any]
    options: dict[str, Any] = {}


class Options(Struct):
    """What the engine itself understands of a sub-agent's options."""

    seconds: Annotated[float, Meta(gt=0)] | None = None
    tokens: Annotated[float, Meta(gt=0)] | None = None
    dollars: Annotated[float, Meta(gt=0)] | None = None
    max_turns: Annotated[int, Meta(ge=1)] | None = None
    model: str | None = None
    name: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}\Z")] = "sub"


@dataclass(frozen=True)
class Surroundings:
    """What an agent shares with its sub-agents, and where it stands among them.

    ``depth`` is how many generations may still follow below this agent.
    """

    path: str
    depth: int
    model: Model
    models: Mapping[str, Model]
    budget: Budget
    ledger: Ledger
    transcript: Transcript
    launcher: Launcher
    cancelled: Cancellation = field(default_factory=Cancellation)

    def check(self) -> None:
        """Give up what is under way when the run is over.

        Raises:
            BudgetSpent: something ran out.
            Interrupted: somebody stopped it.
        """
        if self.cancelled.is_set():
            raise Interrupted("The run was stopped.")
        self.budget.check()


class SubCalls:
    """The four query functions of one agent.

    Args:
        agent: who asks.
        around: what it shares with those that it asks.
        extension: may decide how its sub-agents run.
        start: runs a sub-agent (:func:`pokerl.rlm.loop.run_within`).
        life: cancelled when the worker that calls is gone, and with it everybody who would read the replies.
    """

    def __init__(
        self,
        agent: AgentSpec,
        around: Surroundings,
        extension: Extension,
        start: StartAgent,
        life: Callable[[], Cancellation],
    ) -> None:
        self._life = life
        self._agent = agent
        self._around = around
        self._extension = extension
        self._start = start
        self._record = around.transcript.of(f"{around.path}/query")
        self._queries = threading.BoundedSemaphore(agent.concurrency)
        self._agents = threading.BoundedSemaphore(agent.concurrency)
        asked = (turn.turn for turn in self._record.of_kind(Turn))
        self._numbers = itertools.count(max(asked, default=0) + 1)

    def functions(self) -> dict[str, Function]:
        """The host-side functions by name."""
        return {
            "llm_query": self.llm_query,
            "llm_query_batched": self.llm_query_batched,
            "rlm_query": self.rlm_query,
            "rlm_query_batched": self.rlm_query_batched,
        }

    def llm_query(self, arguments: dict[str, Any]) -> str:
        """One query; the reply's text."""
        query = take(arguments, Query)
        return self._ask(query, next(self._numbers))

    def llm_query_batched(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """Many queries at once; ``{"text", "error"}`` for each, in order."""
        batch = take(arguments, Queries)
        images = batch.images or [[] for _ in batch.prompts]
        same_length("prompts", batch.prompts, "images", images)
        queries = [Query(prompt, batch.model, some) for prompt, some in zip(batch.prompts, images, strict=True)]
        jobs = [(query, next(self._numbers)) for query in queries]
        return [{"text": value, "error": error} for value, error in self._together(lambda job: self._ask(*job), jobs)]

    def rlm_query(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """One sub-agent; its result as plain data."""
        task = take(arguments, Task)
        return self._delegate(task, self._name(task), 0.5)

    def rlm_query_batched(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """Several sub-agents at once; ``{"result", "error"}`` for each, in order."""
        batch = take(arguments, Tasks)
        same_length("prompts", batch.prompts, "contexts", batch.contexts)
        tasks = [Task(p, c, batch.options) for p, c in zip(batch.prompts, batch.contexts, strict=True)]
        jobs = [(task, self._name(task)) for task in tasks]
        share = 0.8 / max(len(jobs), 1)
        done = self._together(lambda job: self._delegate(job[0], job[1], share), jobs)
        return [{"result": value, "error": error} for value, error in done]

    def _together(self, work: Callable[[Any], Any], jobs: Sequence[Any]) -> list[tuple[Any, str | None]]:
        """Do jobs at once, with the agent's limit; (value, error) for each, in order."""

        def guarded(job: Any) -> tuple[Any, str | None]:
            try:
                return work(job), None
            except (PokerlError, TypeError, ValueError) as error:
                return None, str(error)

        if not jobs:
            return []
        with ThreadPoolExecutor(min(self._agent.concurrency, len(jobs))) as pool:
            return list(pool.map(guarded, jobs))

    def _ask(self, query: Query, number: int) -> str:
        """Ask once, charged and recorded."""
        around = self._around
        require_readable(query.prompt, IN_PIECES)
        for problem in filter(None, map(check_png, query.images)):
            raise ValueError(f"A picture cannot be sent: {problem}.")
        around.budget.take("sub_calls")
        messages: tuple[Message, ...] = (say("user", query.prompt, *map(Image, query.images)),)
        request = ModelRequest(f"{around.path}/query", number, messages, around.budget.deadline, around.budget.waiting)
        model = self._model(query.model)
        try:
            with self._place(self._queries):
                reply = around.ledger.ask(model, request, around.budget, self._life())
        except ModelProblem as error:
            lost = cost_of(error, request)
            self._write(number, query, "", model.name, lost, 0.0, 0.0, fixed_digest(messages), str(error))
            raise
        self._write(
            number, query, reply.text, reply.model, reply.usage, reply.seconds, reply.waited, fixed_digest(messages), ""
        )
        return reply.text

    @contextmanager
    def _place(self, places: threading.BoundedSemaphore) -> Iterator[None]:
        """Wait for one of the agent's places: however its code asks, no more run at once than in a batch.

        Raises:
            BudgetSpent: something ran out meanwhile.
            Interrupted: the worker that asked is gone.
        """
        life = self._life()
        while not places.acquire(timeout=LOOK):
            if life.is_set():
                raise Interrupted("The worker that asked is gone.")
            self._around.budget.check()
        try:
            yield
        finally:
            places.release()

    def _write(
        self,
        number: int,
        query: Query,
        text: str,
        model: str,
        usage: Usage,
        seconds: float,
        waited: float,
        asked: str,
        error: str,
    ) -> None:
        # One that failed may have cost nothing, however long it was, and so be tried for ever.
        prompt = query.prompt[:KEPT_OF_FAILED] if error else query.prompt
        self._record.append(Turn(number, text, model, usage, seconds, waited, asked, now(), prompt, error))

    def _model(self, name: str | None) -> Model:
        """The model for a sub-call; the worker can only choose among those that the host offers."""
        around = self._around
        wanted = name or self._agent.sub_model
        if not wanted or wanted == around.model.name:
            return around.model
        if wanted not in around.models:
            known = ", ".join(sorted({around.model.name, *around.models}))
            raise ConfigurationProblem(f"This run has no model {wanted!r}.", f"Known: {known}.")
        return around.models[wanted]

    def _name(self, task: Task) -> str:
        """The path of a new sub-agent; numbered in the order of the calls."""
        return self._around.transcript.child_path(self._around.path, take(task.options, Options).name)

    def _delegate(self, task: Task, path: str, share: float) -> dict[str, Any]:
        """Run a sub-agent, or at the depth limit a single query in its place."""
        if self._around.depth <= 0:
            return self._instead(task)
        require_readable(task.prompt, AS_CONTEXT)
        with self._place(self._agents):
            return self._run(task, path, share)

    def _run(self, task: Task, path: str, share: float) -> dict[str, Any]:
        options = take(task.options, Options)
        model = self._model(options.model)
        self._around.budget.take("sub_calls")
        child = self._child(task, options, path)
        agent = msgspec.structs.replace(
            child.agent, max_turns=min(options.max_turns or child.agent.max_turns, child.agent.max_turns)
        )
        budget = self._around.budget.child(self._limits(options, share), name=path)
        around = replace(
            self._around,
            path=path,
            depth=min(self._around.depth - 1, agent.depth),
            model=model,
            budget=budget,
            cancelled=self._life(),
        )
        result = self._start(
            agent, task.context, task=child.task or task.prompt, around=around, extension=child.extension or Extension()
        )
        return result.plain()

    def _child(self, task: Task, options: Options, path: str) -> Child:
        decide = self._extension.child
        chosen = (
            decide({"prompt": task.prompt, "context": task.context, "options": task.options}, path) if decide else None
        )
        if chosen is None:
            unknown = sorted(set(task.options) - set(Options.__struct_fields__))
            if unknown:
                known = ", ".join(Options.__struct_fields__)
                raise TypeError(f"rlm_query has no option {unknown[0]!r}; known are {known}.")
            chosen = Child(self._agent.sub_agent(options.name))
        return chosen

    def _limits(self, options: Options, share: float) -> Limits:
        """A share of what is left, so that one sub-agent cannot spend all; less where the caller says so."""
        left = self._around.budget.remaining

        def part(asked: float | None, available: float | None, fraction: float) -> float | None:
            amounts = [amount for amount in (asked, None if available is None else available * fraction) if amount]
            return min(amounts) if amounts else None

        return Limits(
            wall_seconds=part(options.seconds, left("wall_seconds"), 0.9),
            tokens=part(options.tokens, left("tokens"), share),
            dollars=part(options.dollars, left("dollars"), share),
        )

    def _instead(self, task: Task) -> dict[str, Any]:
        """At the depth limit: one plain query with the context pasted in."""
        pasted = task.context if isinstance(task.context, str) else "" if task.context is None else repr(task.context)
        text = self._ask(Query(f"{task.prompt}\n\n{pasted[:PASTED]}".strip()), next(self._numbers))
        cut = f" Only the first {PASTED:,} characters of its context were sent." if len(pasted) > PASTED else ""
        reason = f"The depth limit is reached: this was a single llm_query, not a sub-agent.{cut}"
        return {
            "content": text,
            "ready": True,
            "stop": "answered",
            "reason": reason,
            "turns": 1,
            "usage": {},
            "data": {},
        }


Kind = TypeVar("Kind", bound=Struct)


def take(arguments: dict[str, Any], kind: type[Kind]) -> Kind:
    """Arguments of a worker as a typed struct.

    Raises:
        TypeError: they do not fit.
    """
    try:
        return msgspec.convert(arguments, kind)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$.")
        raise TypeError(f"{place.rstrip('`')}: {problem}" if place else problem) from error


def same_length(first: str, some: Sequence[Any], second: str, others: Sequence[Any]) -> None:
    """Refuse two lists that should go together and do not."""
    if len(some) != len(others):
        raise ValueError(f"There are {len(some)} {first} but {len(others)} {second}; give as many of both.")
