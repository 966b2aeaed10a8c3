"""The protocol of executors, and one call as both sides see it."""

from __future__ import annotations

import importlib
import os
import re
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

import msgspec
from msgspec import Struct

from pokerl import errors
from pokerl.errors import PokerlError

FUNCTION = re.compile(r"pokerl(?:\.[a-z_]+)+:[a-z][a-z_]*")


class Lost(PokerlError):
    """The process or computer that did a piece of work is gone."""


class Executor(Protocol):
    """Runs functions of pokerl on bytes, several at once.

    Attributes:
        name: as in the settings.
        cores: how many calls are worth making at once.
        host: the address of this process's computer that calls reach.
    """

    name: str
    cores: int
    host: str

    def submit(self, function: str, payload: bytes) -> Future[bytes]:
        """Have a function run.

        Args:
            function: ``"pokerl.module:function"``, which takes bytes and returns bytes.
            payload: its argument.

        Returns:
            What it returns, or one of: the PokerlError that it raised; :class:`Lost` when whoever ran it died.
        """
        ...

    def close(self) -> None:
        """End everything; what was not finished is lost."""
        ...


class Closing:
    """An executor as a context manager."""

    def close(self) -> None:
        """End everything."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Threads(Closing):
    """An executor of this computer, which has a thread for each core.

    Args:
        cores: how many calls at once; as many as there are by default.
    """

    host = "127.0.0.1"

    def __init__(self, cores: int = 0) -> None:
        self.cores = cores or len(os.sched_getaffinity(0))
        self._threads = ThreadPoolExecutor(self.cores, thread_name_prefix="executor")

    def close(self) -> None:
        """Wait for what runs; what waits is dropped."""
        self._threads.shutdown(cancel_futures=True)


class Outcome(Struct, frozen=True):
    """What came of a call: its value, or the name and the words of the error that it raised."""

    value: bytes = b""
    error: str = ""
    message: str = ""
    remedy: str = ""


def perform(function: str, payload: bytes) -> bytes:
    """Run a function by name and pack what came of it, errors of pokerl included.

    Raises:
        ValueError: it is no function of pokerl.
    """
    if not FUNCTION.fullmatch(function):
        raise ValueError(f"{function!r} names no function of pokerl.")
    module, _, name = function.partition(":")
    try:
        outcome = Outcome(getattr(importlib.import_module(module), name)(payload))
    except PokerlError as error:
        public = next(kind for kind in type(error).__mro__ if kind.__module__ == PokerlError.__module__)
        outcome = Outcome(error=public.__name__, message=error.message, remedy=error.remedy)
    return msgspec.msgpack.encode(outcome)


def unpack(packed: bytes) -> bytes:
    """The value of a call.

    Raises:
        PokerlError: the one that the function raised.
        Lost: this is no outcome at all.
    """
    try:
        outcome = msgspec.msgpack.decode(packed, type=Outcome)
    except msgspec.DecodeError as error:
        raise Lost(f"What came back of a call is no outcome: {error}.", "Install the same pokerl everywhere.") from None
    if outcome.error:
        raise getattr(errors, outcome.error, PokerlError)(outcome.message, outcome.remedy)
    return outcome.value
