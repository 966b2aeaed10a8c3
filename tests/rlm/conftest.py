"""What the engine's tests share: a sandbox, a model that says given things, and one way to run an agent."""

import threading
from dataclasses import dataclass, field

import pytest

from pokerl.budget import Budget, Limits
from pokerl.errors import ModelProblem, SandboxUnavailable
from pokerl.rlm import AgentSpec, Completion, Ledger, Transcript, Usage, run
from pokerl.sandbox import choose


@dataclass
class Mind:
    """A model that says its turns in order and answers every single query by a function of the prompt."""

    turns: list
    query: object = "echo: {}".format
    children: dict = field(default_factory=dict)
    usage: Usage = field(default_factory=lambda: Usage(100, 20))
    name: str = "mind"
    seen: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def complete(self, request):
        with self.lock:
            self.seen.append(request)
        if request.agent.endswith("/query"):
            return Completion(self.query(request.messages[0].text), Usage(10, 5))
        turns = self.turns if "/" not in request.agent else self.children[request.agent.rpartition("/")[2]]
        if request.turn > len(turns):
            raise ModelProblem("The mind has nothing more to say.")
        turn = turns[request.turn - 1]
        return Completion(turn(request) if callable(turn) else turn, self.usage)


@pytest.fixture(scope="session")
def tier():
    try:
        return choose()
    except SandboxUnavailable:
        return choose(unsafe=True)


def code(*blocks):
    """A reply with blocks of code."""
    return "\n".join(f"```repl\n{block}\n```" for block in blocks)


FINISH = code("answer['content'] = answer['content'] or 'done'\nanswer['ready'] = True")


@pytest.fixture
def agent_run(tier, tmp_path):
    """Run an agent whose model says the given turns; what came of it."""

    def go(
        *turns,
        tier=tier,
        context=None,
        limits=None,
        budget=None,
        extension=None,
        mind=None,
        task="Do it.",
        resume=False,
        **spec,
    ):
        mind = mind or Mind(list(turns))
        told = []
        ledger = Ledger()
        budget = budget or Budget(limits or Limits(wall_seconds=60))
        result = run(
            AgentSpec(name="agent", **spec),
            context,
            task=task,
            model=mind,
            budget=budget,
            tier=tier,
            transcript=Transcript(tmp_path / "transcripts"),
            extension=extension,
            ledger=ledger,
            resume=resume,
            progress=lambda progress: told.append(progress.observed),
        )
        return Ran(result, mind, told, ledger, budget, tmp_path / "transcripts")

    return go


@dataclass
class Ran:
    result: object
    mind: Mind
    told: list
    ledger: Ledger
    budget: Budget
    folder: object
