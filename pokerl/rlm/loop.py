"""The loop of a recursive language model: ask, run the code, tell what came of it, until there is an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pokerl.budget import Budget
from pokerl.errors import BudgetSpent, PokerlError, RunFolderProblem
from pokerl.rlm import wording
from pokerl.rlm.agent import AgentSpec
from pokerl.rlm.bench import Bench
from pokerl.rlm.bounded import Call, bounded
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.conversation import Conversation
from pokerl.rlm.extension import Extension
from pokerl.rlm.fences import extract
from pokerl.rlm.launcher import Launcher, Tier
from pokerl.rlm.ledger import Ledger
from pokerl.rlm.messages import Completion, Message, Model, ModelRequest, fixed_digest, total
from pokerl.rlm.problems import ContextTooLong, Interrupted
from pokerl.rlm.process import Cell
from pokerl.rlm.result import Progress, Result, Stop
from pokerl.rlm.resume import rebuild, spent_before
from pokerl.rlm.surroundings import Surroundings
from pokerl.rlm.transcript import AgentTranscript, Ended, Resumed, Started, Transcript, Turn, now
from pokerl.rlm.values import to_plain

CLOSING = 1.0
"""Seconds that an extension has to come to its end when nothing else is left of the budget."""

SILENT_REPLIES = 8
"""Replies in a row without code to run after which the run is given up."""


class Done(Exception):
    """The run has come to its end."""

    def __init__(self, stop: Stop, reason: str) -> None:
        super().__init__(reason)
        self.stop: Stop = stop
        self.reason = reason


def run(
    agent: AgentSpec,
    context: Any = None,
    *,
    task: str = "",
    model: Model,
    models: Mapping[str, Model] | None = None,
    budget: Budget,
    tier: Tier,
    transcript: Transcript | Path,
    extension: Extension | None = None,
    ledger: Ledger | None = None,
    path: str = "",
    resume: bool = False,
    cancelled: Cancellation | threading.Event | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Let an agent work until it answers or something runs out.

    Args:
        agent: its prompt and settings.
        context: plain data of any size for its ``context``.
        task: what it shall do, told in its first message.
        model: who thinks.
        models: further models by the names that its code may use in ``llm_query(model=…)``.
        budget: what it may spend, its sub-agents included.
        tier: the sandbox for its worker and those of its sub-agents.
        transcript: where everything is written.
        extension: what it can do beyond the generic REPL.
        ledger: where model calls are entered; a new one by default.
        path: its path among agents, e.g. ``player-v3/scout-1``; its name by default.
        resume: go on from its transcript, when there is one.
        cancelled: when set from another thread, the run and its sub-agents stop within a second as ``interrupted``.
        progress: called after each turn.

    Returns:
        How it ended. Budgets, lost workers and model problems end it with a reason, they do not raise.

    Raises:
        RunFolderProblem: there is a transcript already and ``resume`` is false, or it is damaged.
        TypeError: ``context`` is not plain data.
    """
    launcher = Launcher(tier)
    around = Surroundings(
        path=path or agent.name,
        depth=agent.depth,
        model=model,
        models=models or {},
        budget=budget,
        ledger=ledger or Ledger(),
        transcript=transcript if isinstance(transcript, Transcript) else Transcript(transcript),
        launcher=launcher,
        cancelled=Cancellation(cancelled),
    )
    try:
        return run_within(
            agent, context, task=task, around=around, extension=extension, resume=resume, progress=progress
        )
    finally:
        launcher.close()


def run_within(
    agent: AgentSpec,
    context: Any,
    *,
    task: str,
    around: Surroundings,
    extension: Extension | None = None,
    resume: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Like :func:`run`, with what the agent shares with others in one piece; sub-agents start here."""
    return _Run(agent, to_plain(context, "context"), task, around, extension or Extension(), progress).result(resume)


class _Run:
    """One agent at work."""

    def __init__(
        self,
        agent: AgentSpec,
        context: Any,
        task: str,
        around: Surroundings,
        extension: Extension,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.agent = agent
        self.around = around
        self.extension = extension
        self.progress = progress
        self.record: AgentTranscript = around.transcript.of(around.path)
        self.conversation = Conversation(agent.full_system, wording.opening(task, context, around.budget))
        self.bench = Bench(agent, context, around, extension, self.record, self.conversation, run_within)
        self.turn = 0
        self.silent = 0

    def result(self, resume: bool) -> Result:
        """Work to the end, whatever it is."""
        if resume and (ended := self.record.of_kind(Ended)) and ended[-1].stop == "answered":
            return self.as_before(ended[-1])
        try:
            self.begin(resume)
            while True:
                self.take_turn()
        except Done as done:
            stop, reason = done.stop, done.reason
        except BudgetSpent as error:
            stop, reason = "budget", str(error)
        except (Interrupted, KeyboardInterrupt) as error:
            stop, reason = "interrupted", str(error) or "Interrupted from the keyboard."
        except RunFolderProblem:
            raise
        except PokerlError as error:
            stop, reason = "failed", str(error)
        finally:
            self.bench.close()
        return self.finish(stop, reason)

    def begin(self, resume: bool) -> None:
        """Open or take up the transcript and start the worker."""
        if self.record.exists and not resume:
            raise RunFolderProblem(f"{self.record.file} exists already.", "Resume it, or use another folder.")
        if self.record.exists:
            self.take_up()
        else:
            messages = self.conversation.messages()
            system, opening = messages[0].text, messages[1].text
            self.record.append(Started(self.around.path, self.around.model.name, system, opening, now()))
        self.bench.start()

    def take_turn(self) -> None:
        """Ask, run the code, tell what came of it."""
        self.around.check()  # quick replies and quick blocks are over before anybody looks
        if self.turn >= self.agent.max_turns:
            raise Done("turns", f"The {self.agent.max_turns} turns are used up.")
        reply = self.ask()
        observed = self.act(reply.text)
        self.see(reply.text, observed)
        if self.bench.answer["ready"]:
            raise Done("answered", "The agent gave its answer.")
        if self.silent >= SILENT_REPLIES:
            raise Done("failed", f"The model replied {SILENT_REPLIES} times in a row without code that could be run.")

    def ask(self) -> Completion:
        """The model's next reply; written down before anything is done with it."""
        self.conversation.fit(self.agent.context_tokens)
        number = self.turn + 1
        while True:
            messages = self.conversation.messages(self.hook(self.extension.recall))
            budget = self.around.budget
            request = ModelRequest(self.around.path, number, messages, budget.deadline, budget.waiting)
            try:
                reply = self.around.ledger.ask(self.around.model, request, budget, self.around.cancelled)
                break
            except ContextTooLong:
                if not self.conversation.halve():
                    raise
        self.turn = number
        asked = fixed_digest(messages)
        self.record.append(
            Turn(number, reply.text, reply.model, reply.usage, reply.seconds, reply.waited, asked, now())
        )
        return reply

    def act(self, reply: str) -> Message:
        """Run the blocks of a reply in order, up to the first that fails; what there is to say about them."""
        blocks = extract(reply)
        notes: list[str] = []
        cells: list[Cell] = []
        self.silent = 0 if blocks.code else self.silent + 1
        for code in blocks.code:
            cell, lost = self.bench.execute(code, self.turn)
            cells.append(cell)
            notes += [wording.LOST.format(reason=lost)] if lost else []
            self.heed_extension(cell)
            if cell.error or lost or self.bench.answer["ready"]:
                break
        if not self.bench.answer["ready"]:
            notes.append(wording.missed(len(blocks.code) - len(cells)))
        notes.append(wording.complaint(blocks))
        notes.append(self.hook(self.extension.status))
        notes.append(wording.left(self.around.budget, self.turn, self.agent.max_turns))
        return wording.observation(cells, self.agent.output_limit, notes)

    def heed_extension(self, cell: Cell) -> None:
        """End the run when the extension wants it to; what the last block printed is written down."""
        if reason := self.hook(self.extension.finished):
            self.record.observe(self.turn, wording.observation([cell], self.agent.output_limit, []))
            raise Done("answered", reason)

    def hook(self, asked: Callable[[], str]) -> str:
        """Ask the extension something; if it hangs (a machine that it asks in turn, say) until the run is over."""
        return asked() if asked is str else bounded(asked, self.around.budget, self.around.cancelled, "extension")

    def see(self, reply: str, observed: Message) -> None:
        """Add a turn to the conversation and the transcript."""
        self.record.observe(self.turn, observed)
        self.conversation.append(reply, observed)
        if self.progress is not None:
            self.progress(Progress(self.around.path, self.turn, reply, observed.text))

    def take_up(self) -> None:
        """Rebuild the conversation from the transcript; no answered turn is asked again, no block is run again."""
        for each in self.around.transcript.family(self.around.path):
            each.mend()
        rebuilt = rebuild(self.record, self.conversation)
        self.turn = rebuilt.turn
        self.bench.restore(rebuilt.outputs, rebuilt.answer)
        if rebuilt.pending is not None:
            cells = [Cell(b.number, b.code, [b.output], error=b.error, seconds=b.seconds) for b in rebuilt.blocks]
            self.see(rebuilt.pending.text, wording.observation(cells, self.agent.output_limit, [wording.CUT_OFF]))
        left = wording.left(self.around.budget, self.turn, self.agent.max_turns)
        note = "\n".join(filter(None, [wording.RESUMED, self.hook(self.extension.resumed), left]))
        self.record.append(Resumed(note, now()))
        self.conversation.note(note)

    def as_before(self, ended: Ended) -> Result:
        """The result of a run that had its answer already."""
        before = spent_before(self.around.transcript, self.around.path)
        turns = len(self.record.of_kind(Turn))
        return Result(ended.content, ended.ready, "answered", ended.reason, turns, total(list(before.usage.values())))

    def finish(self, stop: Stop, reason: str) -> Result:
        """Write down how it ended."""
        content, ready = self.bench.answer["content"], self.bench.answer["ready"]
        usage = self.around.ledger.usage(self.around.path)
        result = Result(content, ready, stop, reason, self.turn, usage)
        result.data.update(to_plain(self.close(result)))
        self.record.append(Ended(stop, reason, content, ready, now()))
        return result

    def close(self, result: Result) -> dict[str, Any]:
        """What the extension adds at the end. It is left behind when it has not returned within ``CLOSING`` seconds
        and the deadline is over."""
        closed = self.extension.closed
        if closed is None:
            return {}
        call = Call(lambda: closed(result), "closed")
        while not call.done.wait(CLOSING):
            if self.around.budget.exhausted() or self.around.cancelled.is_set():
                return {"error": "The extension did not come to its end in time."}
        return call.result()
