"""What the player finds in its REPL beside the engine's own names (worker side)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pokerl.cartridge import load
from pokerl.emulator.client import Client
from pokerl.emulator.pairing import Follower
from pokerl.emulator.protocol import Answer
from pokerl.errors import InterfaceProblem
from pokerl.play.checkpoint import Checkpoint
from pokerl.play.explore import Candidate, Explorer
from pokerl.play.explored import Explored
from pokerl.play.game import Game
from pokerl.play.tools import bind, load_tools
from pokerl.rlm.host import Host
from pokerl.wire import Channel

LOST = "`game.reopen()` goes on with another machine, where its last act led."
LOST_BRANCH = "Close this branch, and open another from a checkpoint: game.branch(checkpoint)."


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
        arguments: ``cartridge`` (id), ``interface`` (folder), ``notes`` (lines known already), ``scouts`` (whether
            sub-agents may be sent), ``scout_seconds``, ``reopens`` (whether a lost machine is replaced),
            ``elsewhere`` (whether policies are explored on other computers).
    """
    scouts, seconds = arguments.get("scouts", False), arguments.get("scout_seconds")
    game = connect(host, arguments["cartridge"], scouts=scouts, scout_seconds=seconds, reopens=arguments["reopens"])
    tools = bind(load_tools(Path(arguments["interface"]), "interface"), game)
    namespace["game"] = game
    if arguments.get("elsewhere"):
        game.explore_elsewhere({**namespace, **tools})
    namespace["notes"] = Notes(host, arguments.get("notes", []))
    namespace["explore"] = _explorer(game)
    namespace.update(tools)


def check(namespace: dict[str, Any], host: Host, arguments: dict[str, Any]) -> None:  # noqa: ARG001
    """Only import an interface, to find out whether it can be, and whether it gives the tools that its source lists."""
    tools = load_tools(Path(arguments["interface"]), "interface")
    missing = sorted(set(arguments["tools"]) - set(tools))
    if missing:
        raise InterfaceProblem(
            f"tools.py defines {', '.join(missing)}, but importing it gives no such function that takes `game` first.",
            "Decorators must keep the signature (functools.wraps), and a tool must not be replaced later.",
        )


def connect(
    host: Host, cartridge: str, *, scouts: bool = False, scout_seconds: float | None = None, reopens: bool = True
) -> Game:
    """The game handle over the descriptor that the host gave to this worker.

    Args:
        host: the host's end.
        cartridge: id of the game.
        scouts: whether the host sends sub-agents to play.
        scout_seconds: wall clock of each of them.
        reopens: whether the host replaces a lost machine.
    """

    follower = Follower()
    os.register_at_fork(after_in_child=follower.leave)

    def open_branch(start: str) -> tuple[Client, Callable[[], None]]:
        machine, descriptors = host.call_with_descriptors("open_branch", start=start)
        return client(descriptors[0]), lambda: host.call("close_branch", machine=machine)

    def client(descriptor: int, remedy: str = LOST_BRANCH) -> Client:
        channel: Channel[Answer] = Channel(socket.socket(fileno=descriptor), Answer)
        return Client(channel, follower=follower, guard=host.clock.held(waiting=False), remedy=remedy)

    def reopen() -> Client:
        _, descriptors = host.call_with_descriptors("reopen_machine")
        return client(descriptors[0], LOST)

    known = load(cartridge)
    explorer = Explorer(host, known, client, scouts=scouts, scout_seconds=scout_seconds)
    own = client(host.descriptors.pop(0), LOST if reopens else "")
    return Game(
        own,
        known,
        open_branch,
        explorer=explorer,
        clock=lambda: host.clock.left,
        reopen=reopen if reopens else None,
    )


def _explorer(game: Game) -> Callable[..., list[Explored]]:
    def explore(
        candidates: Sequence[Candidate], start: Checkpoint | str | None = None, **options: Any
    ) -> list[Explored]:
        """``game.explore`` of your own machine; ``start`` is its ``from_``."""
        return game.explore(candidates, start, **options)

    return explore
