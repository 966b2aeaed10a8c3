"""Runs a scripted agent and can be killed at any moment: ``python -m tests.rlm.killed_host FOLDER LIMIT`` (of tokens).

Started again it goes on. What the model is asked is appended to FOLDER/asked; how the run ended is put into FOLDER/end.
"""

import os
import sys
import time
from pathlib import Path

import msgspec

from pokerl.budget import Budget, Limits
from pokerl.errors import SandboxUnavailable
from pokerl.rlm import AgentSpec, Completion, Ledger, Transcript, Usage, run
from pokerl.rlm.resume import spent_before
from pokerl.sandbox import choose

TURNS = 8
WORK = """```repl
n = len(history)
print(n, llm_query_batched(["a", "b"]))
```
```repl
print(rlm_query("look", context=n) if n % 3 == 1 else "alone")
answer["content"] = n
```"""
CHILD = '```repl\nanswer.update(content=llm_query("c") * context, ready=True)\n```'
LAST = '```repl\nanswer.update(content="done", ready=True)\n```'


class Logged:
    """A model that writes down what it is asked before it answers."""

    name = "logged"

    def __init__(self, log):
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def complete(self, request):
        os.write(self.log, f"{request.agent} {request.turn}\n".encode())
        time.sleep(0.02)
        if request.agent.endswith("/query"):
            text = "yes"
        else:
            text = CHILD if "/" in request.agent else LAST if request.turn >= TURNS else WORK
        return Completion(text, Usage(100, 20, 0.01))


def main():
    folder, limit = Path(sys.argv[1]), float(sys.argv[2])
    transcript = Transcript(folder / "transcripts")
    before = spent_before(transcript, "agent")
    budget = Budget(Limits(tokens=limit or None, wall_seconds=600), spent=before.resources)
    ledger = Ledger(before=before.usage)
    try:
        tier = choose()
    except SandboxUnavailable:
        tier = choose(unsafe=True)
    result = run(
        AgentSpec(name="agent"),
        model=Logged(folder / "asked"),
        budget=budget,
        ledger=ledger,
        tier=tier,
        transcript=transcript,
        resume=True,
    )
    end = {
        "stop": result.stop,
        "turns": result.turns,
        "content": result.content,
        "tokens": budget.spent("tokens"),
        "usage": result.usage.tokens,
        "dollars": budget.spent("dollars"),
        "wall": budget.spent("wall_seconds"),
    }
    (folder / "end").write_bytes(msgspec.json.encode(end))


if __name__ == "__main__":
    main()
