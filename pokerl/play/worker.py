"""What the player finds in its REPL beside the engine's own names (worker side)."""

from __future__ import annotations

import os
import socket
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from msgspec import Struct

from pokerl.cartridge import load
from pokerl.emulator.client import Client
from pokerl.emulator.protocol import Answer
from pokerl.errors import InterfaceProblem, PokerlError
from pokerl.play.game import Checkpoint, Game, digest_of
from pokerl.play.tools import bind, load_tools
from pokerl.rlm.host import Host
from pokerl.wire import Channel

Policy = Callable[[Game], Any]


class Explored(Struct, frozen=True, kw_only=True):
    """What came of one candidate of :func:`explore`.

    Attributes:
        answer: what the policy returned, or the sub-agent's answer.
        checkpoint: where it ended; ``None`` if the machine was lost.
        milestones: all milestones on the path to there, name → frame.
        frames: frames it ran beyond the start.
        error: one line; empty if all went well.
    """

    answer: Any = None
    checkpoint: Checkpoint | None = None
    milestones: dict[str, int] = {}
    frames: int = 0
    error: str = ""


class Notes(list[str]):
    """``notes``: lines that the agent wants to see again; the host keeps them when the conversation is shortened."""

    def __init__(self, host: Host, lines: Sequence[str]) -> None:
        super().__init__(lines)
        self._host = host

    def append(self, line: str) -> None:
        """Add a line."""
        super().append(str(line))
        self._host.call("note", text=str(line))


def install(namespace: dict[str, Any], host: Host, arguments: dict[str, Any]) -> None:
    """Set up a player's (or scout's) namespace: ``game``, the interface's tools, ``explore``, ``notes``.

    Args:
        namespace: the REPL's.
        host: the host's end.
        arguments: ``cartridge`` (id), ``interface`` (folder), ``notes`` (lines known already), ``scout_seconds``.
    """
    game = connect(host, arguments["cartridge"])
    namespace["game"] = game
    namespace["notes"] = Notes(host, arguments.get("notes", []))
    namespace["explore"] = _explorer(game, host, arguments.get("scout_seconds"))
    namespace.update(bind(load_tools(Path(arguments["interface"]), "interface"), game))


def check(namespace: dict[str, Any], host: Host, arguments: dict[str, Any]) -> None:  # noqa: ARG001
    """Only import an interface, to find out whether it can be, and whether it gives the tools that its source lists."""
    tools = load_tools(Path(arguments["interface"]), "interface")
    missing = sorted(set(arguments["tools"]) - set(tools))
    if missing:
        raise InterfaceProblem(
            f"tools.py defines {', '.join(missing)}, but importing it gives no such function that takes `game` first.",
            "Decorators must keep the signature (functools.wraps), and a tool must not be replaced later.",
        )


def connect(host: Host, cartridge: str) -> Game:
    """The game handle over the descriptor that the host gave to this worker."""

    def open_branch(start: str) -> tuple[Client, Callable[[], None]]:
        machine, descriptors = host.call_with_descriptors("open_branch", start=start)
        return _client(descriptors[0]), lambda: host.call("close_branch", machine=machine)

    return Game(_client(host.descriptors.pop(0)), load(cartridge), open_branch)


def _client(descriptor: int) -> Client:
    return Client(Channel(socket.socket(fileno=descriptor), Answer))


def _explorer(game: Game, host: Host, scout_seconds: float | None) -> Callable[..., list[Explored]]:
    def explore(candidates: Sequence[Policy | str], start: Checkpoint | str | None = None) -> list[Explored]:
        """Try several continuations, each on its own machine, and return what came of each, in order.

        Args:
            candidates: functions ``policy(game)``, or tasks in words for sub-agents with your tools.
            start: the checkpoint to begin from; by default where the machine stands now.
        """
        begin = game.checkpoint("explore") if start is None else start
        tasks = [candidate for candidate in candidates if isinstance(candidate, str)]
        reports = iter(_send_scouts(host, tasks, digest_of(begin), scout_seconds))
        policies = iter(_run_policies(game, [each for each in candidates if not isinstance(each, str)], begin))
        return [next(reports) if isinstance(candidate, str) else next(policies) for candidate in candidates]

    return explore


def _send_scouts(host: Host, tasks: list[str], start: str, seconds: float | None) -> list[Explored]:
    if not tasks:
        return []
    options = {"name": "scout", "start": start} | ({"seconds": seconds} if seconds else {})
    replies = host.call("rlm_query_batched", prompts=tasks, contexts=[None] * len(tasks), options=options)
    return [_report(reply["result"], reply["error"]) for reply in replies]


def _report(result: dict[str, Any] | None, error: str | None) -> Explored:
    if result is None:
        return Explored(error=error or "The sub-agent did not start.")
    data = result["data"]
    place = Checkpoint(data["checkpoint"], data["frame"], "explored") if data.get("checkpoint") else None
    return Explored(
        answer=result["content"],
        checkpoint=place,
        milestones=data.get("milestones", {}),
        frames=data.get("frames", 0),
        error="" if result["stop"] == "answered" else f"{result['stop']}: {result['reason']}",
    )


def _run_policies(game: Game, policies: list[Policy], start: Checkpoint | str) -> list[Explored]:
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        return list(pool.map(lambda policy: _run_policy(game, policy, start), policies))


def _run_policy(game: Game, policy: Policy, start: Checkpoint | str) -> Explored:
    """One policy on a branch of its own; what it raises is a result, not a failure of the caller."""
    answer, error = None, ""
    try:
        with game.branch(start) as branch:
            began = branch.frame
            try:
                answer = policy(branch)
            except Exception as problem:  # noqa: BLE001 - model-written code may raise anything
                error = _one_line(problem)
            place = branch.checkpoint("explored")
            return Explored(
                answer=answer,
                checkpoint=place,
                milestones=branch.milestones,
                frames=place.frame - began,
                error=error,
            )
    except PokerlError as problem:
        return Explored(answer=answer, error=error or _one_line(problem))


def _one_line(problem: Exception) -> str:
    return traceback.format_exception_only(problem)[-1].strip()
