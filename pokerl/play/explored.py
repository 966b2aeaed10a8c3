"""What comes of an explored branch, and which of several is the best."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from pokerl.cartridge import STATE_SPANS, Cartridge, GameState, MemoryImage, read_state
from pokerl.errors import UsageProblem
from pokerl.play.checkpoint import Checkpoint


class Explored(Struct, frozen=True, kw_only=True):
    """What came of one candidate of ``game.explore``.

    Attributes:
        number: the candidate's place in the list that was given, from 0.
        answer: what the policy returned as plain data (else as text), or the sub-agent's answer.
        checkpoint: where it ended; ``None`` if the machine was lost or ``keep`` left it out.
        milestones: all milestones on the path to there, name → frame.
        new: those of them that were not reached at the start.
        changes: in words, what changed in the game's memory; empty without ``ram.read``.
        state: the game's memory at its end, decoded; ``None`` without ``ram.read``.
        frames: length of the path from the start to its end.
        spent: frames that its machine ran, those before a restore included.
        printed: the end of what it printed, a traceback included.
        error: one line; empty if all went well.
    """

    number: int = 0
    answer: Any = None
    checkpoint: Checkpoint | None = None
    milestones: dict[str, int] = {}
    new: list[str] = []
    changes: list[str] = []
    state: GameState | None = None
    frames: int = 0
    spent: int = 0
    printed: str = ""
    error: str = ""

    def __repr__(self) -> str:
        kept = self.checkpoint.digest[:8] if self.checkpoint else None
        return (
            f"<explored {self.number}: new={self.new} frames={self.frames} checkpoint={kept} "
            f"answer={self.answer!r:.200} error={self.error!r}>"
        )


class Standing(Struct, frozen=True):
    """Where a branch's machine stands, as the host tells it.

    Attributes:
        frame: on its path.
        spent: frames that the machine ran in all.
        milestones: name → frame.
        memory: the bytes of ``STATE_SPANS``; empty without the right to read.
    """

    frame: int
    spent: int
    milestones: dict[str, int]
    memory: list[bytes] = []

    def state(self, cartridge: Cartridge) -> GameState | None:
        """The game's memory decoded, if it may be read and is understood."""
        if not self.memory:
            return None
        spans = zip(STATE_SPANS, self.memory, strict=True)
        try:
            return read_state(MemoryImage([(address, data) for (address, _), data in spans]), cartridge)
        except UsageProblem:
            return None  # a game of another family: its milestones and frames are known, its memory is not


def what_came_of_it(before: Standing, after: Standing, cartridge: Cartridge, **rest: Any) -> Explored:
    """The result of a branch that stood there before and here after."""
    first, last = before.state(cartridge), after.state(cartridge)
    return Explored(
        milestones=after.milestones,
        new=[name for name in after.milestones if name not in before.milestones],
        changes=first.diff(last) if first and last else [],
        state=last,
        frames=after.frame - before.frame,
        spent=after.spent,
        **rest,
    )


def most_milestones(result: Explored) -> tuple[int, bool, int]:
    """The usual score: new milestones, then no error, then fewer frames."""
    return (len(result.new), not result.error, -result.frames)


class Ranking:
    """Orders results while they come in. Safe to use from several threads.

    Args:
        rank: the score of a result, anything that can be compared; the highest is the best.
        keep: how many of the best keep their end; ``None`` for all.
    """

    def __init__(self, rank: Callable[[Explored], Any], keep: int | None) -> None:
        self._rank = rank
        self._keep = keep
        self._scores: dict[int, Any] = {}
        self._problems: dict[int, str] = {}
        self._lock = threading.Lock()

    def worth_keeping(self, result: Explored) -> bool:
        """Score a result; whether it is among the best so far, of equal ones those of the first candidates."""
        with self._lock:
            try:
                score = self._rank(result)
                _ = score < score
            except Exception as problem:  # noqa: BLE001 - a caller's function; the result shall not be lost with it
                self._problems[result.number] = f"rank: {type(problem).__name__}: {problem}"
                return self._keep is None
            better = sum(
                score < other or (number < result.number and not other < score)
                for number, other in self._scores.items()
            )
            self._scores[result.number] = score
            return self._keep is None or better < self._keep

    def order(self, results: Iterable[Explored]) -> list[Explored]:
        """All results, best first; those that could not be scored come last and say why."""
        given = [self._explained(result) for result in results]
        scored = [each for each in given if each.number in self._scores]
        scored.sort(key=lambda each: self._scores[each.number], reverse=True)
        ordered = scored + [each for each in given if each.number not in self._scores]
        best = len(ordered) if self._keep is None else self._keep
        return ordered[:best] + [msgspec.structs.replace(each, checkpoint=None) for each in ordered[best:]]

    def _explained(self, result: Explored) -> Explored:
        problem = self._problems.get(result.number, "")
        return msgspec.structs.replace(result, error=result.error or problem) if problem else result
