"""The host side of ``llm_query`` and ``llm_query_batched``: one question to a model, or many."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta, Struct

from pokerl.errors import ModelProblem
from pokerl.rlm.agent import AgentSpec
from pokerl.rlm.arguments import same_length, take
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.extension import Function
from pokerl.rlm.ledger import cost_of
from pokerl.rlm.messages import Image, Message, ModelRequest, Usage, fixed_digest, say
from pokerl.rlm.pictures import check_png
from pokerl.rlm.places import Places
from pokerl.rlm.protocol import IN_PIECES, require_readable
from pokerl.rlm.surroundings import Surroundings
from pokerl.rlm.transcript import Turn, now

Pictures = Annotated[list[bytes], Meta(max_length=16)]

KEPT_OF_FAILED = 10_000
"""Characters kept of the prompt of a query that failed."""


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


class Questions:
    """What one agent asks models, without a REPL of their own.

    Args:
        agent: who asks.
        around: what it shares with those that it asks.
        life: cancelled when the worker that calls is gone, and with it everybody who would read the replies.
    """

    def __init__(self, agent: AgentSpec, around: Surroundings, life: Callable[[], Cancellation]) -> None:
        self._agent = agent
        self._around = around
        self._life = life
        self._record = around.transcript.of(f"{around.path}/query")
        self._places = Places(agent.concurrency, around.budget, life)
        asked = (turn.turn for turn in self._record.of_kind(Turn))
        self._numbers = itertools.count(max(asked, default=0) + 1)

    def functions(self) -> dict[str, Function]:
        """The host-side functions by name."""
        return {"llm_query": self.llm_query, "llm_query_batched": self.llm_query_batched}

    def ask(self, prompt: str) -> str:
        """One question; the reply's text."""
        return self._ask(Query(prompt), next(self._numbers))

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
        return [
            {"text": value, "error": error} for value, error in self._places.together(lambda job: self._ask(*job), jobs)
        ]

    def _ask(self, query: Query, number: int) -> str:
        """Ask once, charged and recorded."""
        around = self._around
        require_readable(query.prompt, IN_PIECES)
        for problem in filter(None, map(check_png, query.images)):
            raise ValueError(f"A picture cannot be sent: {problem}.")
        around.budget.take("sub_calls")
        messages: tuple[Message, ...] = (say("user", query.prompt, *map(Image, query.images)),)
        request = ModelRequest(f"{around.path}/query", number, messages, around.budget.deadline, around.budget.waiting)
        model = around.choose(query.model or self._agent.sub_model)
        try:
            with self._places.one():
                reply = around.ledger.ask(model, request, around.budget, self._life())
        except ModelProblem as error:
            lost = cost_of(error, request)
            self._write(number, query, "", model.name, lost, 0.0, 0.0, fixed_digest(messages), str(error))
            raise
        self._write(
            number, query, reply.text, reply.model, reply.usage, reply.seconds, reply.waited, fixed_digest(messages), ""
        )
        return reply.text

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
