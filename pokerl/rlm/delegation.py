"""The host side of ``rlm_query`` and ``rlm_query_batched``: sub-agents with a REPL of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pokerl.budget import Limits
from pokerl.rlm.agent import AgentSpec
from pokerl.rlm.arguments import same_length, take
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.extension import Child, Extension, Function
from pokerl.rlm.places import Places
from pokerl.rlm.protocol import AS_CONTEXT, require_readable
from pokerl.rlm.queries import Questions
from pokerl.rlm.surroundings import Surroundings

if TYPE_CHECKING:
    from pokerl.rlm.result import Result

StartAgent = Callable[..., "Result"]
"""Runs a sub-agent: :func:`pokerl.rlm.loop.run_within`."""

PASTED = 200_000
"""Characters of a context that are pasted into the prompt where no sub-agent may be started."""


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


class Delegation:
    """The sub-agents of one agent.

    Args:
        agent: who delegates.
        around: what it shares with them.
        extension: may decide how they run.
        start: runs one (:func:`pokerl.rlm.loop.run_within`).
        questions: at the depth limit a single question stands in for a sub-agent.
        life: cancelled when the worker that calls is gone, and with it everybody who would read the replies.
    """

    def __init__(
        self,
        agent: AgentSpec,
        around: Surroundings,
        extension: Extension,
        start: StartAgent,
        questions: Questions,
        life: Callable[[], Cancellation],
    ) -> None:
        self._agent = agent
        self._around = around
        self._extension = extension
        self._start = start
        self._questions = questions
        self._life = life
        self._places = Places(agent.concurrency, around.budget, life)

    def functions(self) -> dict[str, Function]:
        """The host-side functions by name."""
        return {"rlm_query": self.rlm_query, "rlm_query_batched": self.rlm_query_batched}

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
        done = self._places.together(lambda job: self._delegate(job[0], job[1], share), jobs)
        return [{"result": value, "error": error} for value, error in done]

    def _name(self, task: Task) -> str:
        """The path of a new sub-agent; numbered in the order of the calls."""
        return self._around.transcript.child_path(self._around.path, take(task.options, Options).name)

    def _delegate(self, task: Task, path: str, share: float) -> dict[str, Any]:
        """Run a sub-agent, or at the depth limit a single query in its place."""
        if self._around.depth <= 0:
            return self._instead(task)
        require_readable(task.prompt, AS_CONTEXT)
        with self._places.one():
            return self._run(task, path, share)

    def _run(self, task: Task, path: str, share: float) -> dict[str, Any]:
        options = take(task.options, Options)
        model = self._around.choose(options.model or self._agent.sub_model)
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
        text = self._questions.ask(f"{task.prompt}\n\n{pasted[:PASTED]}".strip())
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
