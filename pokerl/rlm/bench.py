"""Where an agent's code runs: one worker, kept going. Lost processes are replaced, and every block is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pokerl.errors import WorkerLost
from pokerl.rlm import wording
from pokerl.rlm.agent import AgentSpec
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.conversation import Conversation
from pokerl.rlm.delegation import Delegation, StartAgent
from pokerl.rlm.extension import Extension, Function
from pokerl.rlm.process import Cell, Worker
from pokerl.rlm.queries import Questions
from pokerl.rlm.surroundings import Surroundings
from pokerl.rlm.transcript import AgentTranscript, Block, now
from pokerl.sandbox import Policy

RESTARTS = 5
"""Blocks in a row that may cost a worker its life before the run is given up."""

KEPT_TEXT = 256_000_000
"""Characters that an agent may print until less is kept of each block, so that printing cannot fill the disk."""

LATER_TEXT = 20_000
"""Characters kept of a block after that."""


class Bench:
    """The worker of one agent, what it printed so far and what stands in its ``answer``.

    Args:
        agent: whose it is.
        context: plain data for its ``context``.
        around: what the agent shares with others.
        extension: what its worker has beyond the generic REPL.
        record: where blocks are written.
        conversation: what ``history`` shows.
        start_agent: runs a sub-agent (:func:`pokerl.rlm.loop.run_within`).

    Attributes:
        outputs: where in the record each block is.
    """

    def __init__(
        self,
        agent: AgentSpec,
        context: Any,
        around: Surroundings,
        extension: Extension,
        record: AgentTranscript,
        conversation: Conversation,
        start_agent: StartAgent,
    ) -> None:
        self.outputs: list[int] = []
        self._agent = agent
        self._around = around
        self._extension = extension
        self._record = record
        self._conversation = conversation
        self._kept = 0
        self._lost_in_a_row = 0
        self._life = Cancellation(around.cancelled)
        questions = Questions(agent, around, lambda: self._life)
        sub_agents = Delegation(agent, around, extension, start_agent, questions, lambda: self._life)
        self._worker = Worker(
            tier=around.launcher.tier,
            launcher=around.launcher,
            policy=policy_for(extension),
            context=context,
            functions={**questions.functions(), **sub_agents.functions(), **self._own(), **extension.functions},
            quick=frozenset(self._own()) | extension.quick,
            extension=extension,
            image_limit=agent.image_limit,
        )

    @property
    def answer(self) -> dict[str, Any]:
        """What stands in ``answer``: ``content`` and ``ready``, as the worker said last."""
        return self._worker.answer

    def restore(self, outputs: list[int], answer: dict[str, Any] | None) -> None:
        """Before the start: what there was in an earlier process of this agent."""
        self.outputs = outputs
        self._worker.answer = answer or self._worker.answer

    def start(self) -> None:
        """Start the worker, and then a spare one for the next sub-agent if there may be any.

        Raises:
            WorkerLost: it did not come up.
        """
        self._worker.start(self._around.check)
        if self._around.depth > 0:
            own = self._extension.child is not None
            self._around.launcher.prepare(self._worker.policy if own else policy_for(Extension()))
        elif "/" in self._around.path:
            self._around.launcher.prepare(self._worker.policy)

    def execute(self, code: str, turn: int) -> tuple[Cell, str]:
        """Run one block; what came of it, and why the worker was lost, if it was. A new one is started then.

        Raises:
            BudgetSpent, Interrupted: the run is over; what the block printed until then is written down.
            WorkerLost: too many were lost in a row.
        """
        cell = Cell(len(self.outputs), code)
        before, lost = self.answer, ""
        try:
            self._worker.execute(cell, self._agent.cell_seconds, self._around.check)
            self._lost_in_a_row = 0
        except WorkerLost as error:
            lost = str(error)
        finally:
            answer = self.answer if self.answer != before else None
            seconds = round(cell.seconds, 4)
            block = Block(cell.number, turn, code, cell.output, cell.error, seconds, lost, answer, now())
            self.outputs.append(self._record.append(block))
            self._kept += cell.size
        if self._kept > KEPT_TEXT and self._worker.text_limit > LATER_TEXT:
            self._worker.text_limit = LATER_TEXT
            cell.hint = f"{cell.hint} {wording.MUCH_PRINTED.format(limit=LATER_TEXT)}".strip()
        if lost:
            self._restart(lost)
        return cell, lost

    def close(self) -> None:
        """Kill the worker and cancel what it asked for."""
        self._life.set()
        self._worker.kill()

    def _restart(self, lost: str) -> None:
        self._lost_in_a_row += 1
        self._life.set()
        self._life = Cancellation(self._around.cancelled)
        if self._lost_in_a_row >= RESTARTS:
            raise WorkerLost(f"The worker was lost {RESTARTS} times in a row; the last time: {lost}")
        self.start()

    def _own(self) -> dict[str, Function]:
        """The host functions behind ``budget``, ``outputs`` and ``history``."""
        return {
            "budget": lambda _: self._around.budget.snapshot(),
            "output": lambda arguments: pick(self.outputs, arguments, self._output),
            "history": lambda arguments: pick(self._conversation, arguments, self._conversation.history),
        }

    def _output(self, number: int) -> str:
        """The full text that a block printed, from disk."""
        block = self._record.at(self.outputs[number])
        return block.output if isinstance(block, Block) else ""


def policy_for(extension: Extension) -> Policy:
    """What a worker with this extension may use."""
    return Policy(readable=(*extension.readable, *extension.import_path), environment=extension.environment)


def pick(items: Sequence[Any] | Conversation, arguments: dict[str, Any], read: Callable[[int], Any]) -> Any:
    """The number of items, or the one that the worker asks for.

    Raises:
        IndexError: there is none of that number.
    """
    number = arguments.get("number")
    if number is None:
        return len(items)
    if not isinstance(number, int) or not -len(items) <= number < len(items):
        raise IndexError(f"There are {len(items)} of these, counted from 0.")
    return read(number)
