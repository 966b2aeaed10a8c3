"""Policies on their way to another computer: packed in one sandboxed worker, unpacked in another (worker side).

A pickle can do anything when it is opened, so none is ever opened outside a sandbox.
"""

from __future__ import annotations

import io
import pickle
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cloudpickle

from pokerl.cartridge import load
from pokerl.emulator.client import Client
from pokerl.emulator.pairing import Follower
from pokerl.emulator.protocol import Answer
from pokerl.errors import UsageProblem
from pokerl.play.apart import crossing
from pokerl.play.game import Game
from pokerl.play.tools import bind, load_tools
from pokerl.rlm.host import Host
from pokerl.wire import Channel


def pack(policy: Callable[..., Any], here: Mapping[str, Any]) -> bytes:
    """A policy with the functions and variables that it uses.

    Args:
        policy: a function.
        here: what is not packed but found over there under the same name: ``game``, the tools.

    Raises:
        UsageProblem: it holds something that cannot be packed.
    """
    names = {id(value): name for name, value in here.items()}

    class Packer(cloudpickle.Pickler):  # type: ignore[misc]
        def persistent_id(self, value: Any) -> str | None:
            """The name of what is not packed."""
            return names.get(id(value))

    packed = io.BytesIO()
    try:
        Packer(packed).dump(policy)
    except Exception as problem:  # noqa: BLE001 - packing runs code of whatever the policy holds
        raise UsageProblem(
            f"This policy cannot go to another computer: {type(problem).__name__}: {problem}.",
            "Let it use plain values, functions, `game` and your tools.",
        ) from None
    return packed.getvalue()


def unpack(packed: bytes, here: Mapping[str, Any]) -> Callable[..., Any]:
    """The policy again; names that are not there stand for something that says so when it is used."""

    class Unpacker(pickle.Unpickler):
        def persistent_load(self, name: str) -> Any:
            """What has that name here."""
            return here.get(name, _Absent(name))

    policy: Callable[..., Any] = Unpacker(io.BytesIO(packed)).load()
    return policy


def install(namespace: dict[str, Any], host: Host, arguments: dict[str, Any]) -> None:
    """Set up the worker of one branch elsewhere: ``game``, the tools and ``run_policy``.

    Args:
        namespace: the REPL's; its context is the packed policy.
        host: the host's end.
        arguments: ``cartridge`` (id) and ``interface`` (folder).
    """
    channel: Channel[Answer] = Channel(socket.socket(fileno=host.descriptors.pop(0)), Answer)
    game = Game(Client(channel, follower=Follower()), load(arguments["cartridge"]), clock=lambda: host.clock.left)
    namespace["game"] = game
    namespace.update(bind(load_tools(Path(arguments["interface"]), "interface"), game))
    packed = namespace.pop("context")
    namespace["run_policy"] = lambda: crossing(unpack(packed, namespace)(game))


class _Absent:
    """Something that the worker at home has and this one has not."""

    def __init__(self, name: str) -> None:
        self.__dict__["name"] = name

    def __getattr__(self, attribute: str) -> Any:
        raise UsageProblem(f"{self.__dict__['name']!r} is not there on another computer.", "Use `game` and your tools.")

    def __call__(self, *_arguments: Any, **_named: Any) -> Any:
        return self.__getattr__("()")
