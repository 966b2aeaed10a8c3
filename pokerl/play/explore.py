"""Many branches at once: each candidate on a machine of its own, policies on all cores (worker side).

    worker                                    host
      explore ── open_branch ───────────────►  a machine at the start, its socket handed over
         │ fork
         ├──► policy, in a process of its own ──► its machine
         │◄── answer, printed, error
         ├── branch_standing ───────────────►  milestones, frames, memory: what the machine itself says
         └── close_branch ──────────────────►  its end as a checkpoint, if it is among the best

What a result says of the game comes from the machine, through the host; only the answer, what was printed and the error
are the candidate's own words. A candidate that raises, hangs, crashes or runs out of frames is a result like any other.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral
from typing import TYPE_CHECKING, Any

import msgspec

from pokerl.cartridge import Cartridge
from pokerl.emulator.client import Client
from pokerl.errors import PokerlError, UsageProblem
from pokerl.play.apart import Apart, Ended, one_line
from pokerl.play.checkpoint import Checkpoint, digest_of
from pokerl.play.explored import Explored, Ranking, Standing, most_milestones, what_came_of_it
from pokerl.rlm.host import Host

if TYPE_CHECKING:
    from pokerl.play.game import Game

Policy = Callable[["Game"], Any]
Candidate = Policy | str
Rank = Callable[[Explored], Any]

SECONDS = 300.0
"""How long one policy may run unless the caller says so."""

LABEL = "explored"


class Explorer:
    """Explores for the game handles of one worker.

    Args:
        host: the worker's host.
        cartridge: what game it is.
        connect: makes a client of a descriptor.
        scouts: whether tasks in words are given to sub-agents.
        scout_seconds: wall clock of each sub-agent; ``None`` for what the host allows.

    Attributes:
        cores: that there are; whoever follows a machine just then may run on one of them only.
        at_once: policies that run at once.
    """

    def __init__(
        self,
        host: Host,
        cartridge: Cartridge,
        connect: Callable[[int], Client],
        *,
        scouts: bool = True,
        scout_seconds: float | None = None,
    ) -> None:
        self.host = host
        self.cartridge = cartridge
        self.connect = connect
        self._scouts = scouts
        self.scout_seconds = scout_seconds
        self.names: Mapping[str, Any] | None = None
        self.cores = len(os.sched_getaffinity(0))
        self.at_once = max(2, self.cores)

    def explore(
        self,
        game: Game,
        candidates: Sequence[Candidate],
        start: Checkpoint | str,
        *,
        frames: int | None,
        seconds: float,
        keep: int | None,
        rank: Rank | None,
    ) -> list[Explored]:
        """What :meth:`pokerl.play.game.Game.explore` does."""
        self._check(candidates, frames, seconds, keep)
        ranking = Ranking(rank or most_milestones, keep)
        search = _Search(self, game, digest_of(start), frames, seconds, ranking)
        policies = [(number, each) for number, each in enumerate(candidates) if not isinstance(each, str)]
        tasks = [(number, each) for number, each in enumerate(candidates) if isinstance(each, str)]
        if self.names is not None:
            results = search.elsewhere(policies, self.names) + search.tasks(tasks)
            return ranking.order(sorted(results, key=lambda result: result.number))
        with ThreadPoolExecutor(max_workers=self.at_once, thread_name_prefix="branch") as pool:
            try:
                running = [pool.submit(search.policy, *each) for each in policies]
                # In this thread, so that the time until the sub-agents come back does not count as the block's own.
                results = search.tasks(tasks)
                results += [each.result() for each in running]
            except BaseException:
                search.apart.stop()
                pool.shutdown(cancel_futures=True)
                raise
        return ranking.order(sorted(results, key=lambda result: result.number))

    def _check(self, candidates: Sequence[Candidate], frames: int | None, seconds: float, keep: int | None) -> None:
        if not isinstance(candidates, list | tuple) or not all(isinstance(e, str) or callable(e) for e in candidates):
            raise UsageProblem(
                "The candidates are no list of functions and texts.",
                "Give functions that take the game, and tasks for sub-agents as text.",
            )
        if any(isinstance(each, str) for each in candidates) and not self._scouts:
            raise UsageProblem("There are no sub-agents that play here.", "Give functions that take the game.")
        whole = [("frames", frames, 1), ("keep", keep, 0)]
        for name, number, least in whole:
            if number is not None and (not isinstance(number, Integral) or number < least):
                raise UsageProblem(f"{name}={number!r} is no whole number from {least}.", "Leave it out for no limit.")
        if not 0 < seconds < math.inf:
            raise UsageProblem(f"seconds={seconds!r} is no time.", "Give seconds above 0.")


class _Search:
    """One call of ``explore``."""

    def __init__(
        self, explorer: Explorer, game: Game, start: str, frames: int | None, seconds: float, ranking: Ranking
    ) -> None:
        self.apart = Apart(explorer.host)
        self._explorer = explorer
        self._host = explorer.host
        self._game = game
        self._start = start
        self._frames = frames
        self._seconds = seconds
        self._ranking = ranking

    def policy(self, number: int, policy: Policy) -> Explored:
        """One policy on a branch of its own."""
        try:
            machine, client = self._open()
        except (PokerlError, OSError) as problem:
            return Explored(number=number, error=one_line(problem))
        ended: Ended | None = None
        try:
            before = self._standing(machine)
            ended = self._run(policy, client)
            after = self._standing(machine)
            return self._close(machine, self._described(number, ended, before, after))
        except (PokerlError, OSError) as problem:
            self._host.call("close_branch", machine=machine)
            return _lost(number, ended, one_line(problem))
        finally:
            client.close()

    def elsewhere(self, policies: list[tuple[int, Policy]], names: Mapping[str, Any]) -> list[Explored]:
        """Policies on other computers, all at once."""
        from pokerl.play.policies import pack  # costs every worker's start, and few have other computers

        limits = {"seconds": self._seconds} | ({} if self._frames is None else {"frames": self._frames})
        packed = [pack(policy, names) for _, policy in policies]
        if not packed:
            return []
        replies = self._host.call("explore_elsewhere", policies=packed, start=self._start, **limits)
        return [self._from_elsewhere(number, reply) for (number, _), reply in zip(policies, replies, strict=True)]

    def tasks(self, tasks: list[tuple[int, str]]) -> list[Explored]:
        """Sub-agents, each on a branch of its own; the host runs them."""
        if not tasks:
            return []
        options = {
            "name": "scout",
            "start": self._start,
            "seconds": self._explorer.scout_seconds,
            "frames": self._frames,
        }
        replies = self._host.call(
            "rlm_query_batched",
            prompts=[task for _, task in tasks],
            contexts=[None] * len(tasks),
            options={name: value for name, value in options.items() if value is not None},
        )
        return [
            self._report(number, reply["result"], reply["error"])
            for (number, _), reply in zip(tasks, replies, strict=True)
        ]

    def _run(self, policy: Policy, client: Client) -> Ended:
        def work() -> Any:
            self._explorer.at_once = 1
            self._game.move_to(client)
            return policy(self._game)

        return self.apart.run(work, self._seconds, client.close)

    def _open(self) -> tuple[str, Client]:
        limit = {} if self._frames is None else {"frames": self._frames}
        machine, descriptors = self._host.call_with_descriptors("open_branch", start=self._start, **limit)
        return machine, self._explorer.connect(descriptors[0])

    def _standing(self, machine: str) -> Standing:
        return msgspec.convert(self._host.call("branch_standing", machine=machine), Standing)

    def _close(self, machine: str, result: Explored) -> Explored:
        """End the machine; the result with its end as a checkpoint, if it is worth one."""
        keep = {"keep": LABEL} if self._ranking.worth_keeping(result) else {}
        node = self._host.call("close_branch", machine=machine, **keep)
        place = Checkpoint(node["checkpoint"], node["frame"], LABEL) if node else None
        return msgspec.structs.replace(result, checkpoint=place)

    def _described(self, number: int, ended: Ended, before: Standing, after: Standing) -> Explored:
        words = {"answer": ended.answer, "printed": ended.printed, "error": ended.error}
        return what_came_of_it(before, after, self._explorer.cartridge, number=number, **words)

    def _report(self, number: int, result: dict[str, Any] | None, error: str | None) -> Explored:
        """What a sub-agent brought back; its end is kept by the host in any case."""
        if result is None:
            return Explored(number=number, error=error or "The sub-agent did not start.")
        data, failed = result["data"], "" if result["stop"] == "answered" else f"{result['stop']}: {result['reason']}"
        ended = Ended(result["content"], data.get("printed", ""), failed)
        return self._ended(number, ended, data)

    def _from_elsewhere(self, number: int, reply: dict[str, Any]) -> Explored:
        ended = Ended(reply.get("answer"), reply.get("printed", ""), reply["error"])
        return self._ended(number, ended, reply)

    def _ended(self, number: int, ended: Ended, report: dict[str, Any]) -> Explored:
        """The result of a branch that the host has closed already, with its end as a checkpoint if there is one."""
        if not report.get("after"):
            return _lost(number, ended, report.get("error", ""))
        before, after = (msgspec.convert(report[each], Standing) for each in ("before", "after"))
        described = self._described(number, ended, before, after)
        kept = self._ranking.worth_keeping(described)
        place = Checkpoint(report["checkpoint"], after.frame, LABEL) if kept else None
        return msgspec.structs.replace(described, checkpoint=place)


def _lost(number: int, ended: Ended | None, problem: str) -> Explored:
    """The result of a branch whose machine is gone."""
    if ended is None:
        return Explored(number=number, error=problem)
    return Explored(number=number, answer=ended.answer, printed=ended.printed, error=ended.error or problem)
