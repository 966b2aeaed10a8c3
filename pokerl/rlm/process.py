"""A worker process as the host sees it: start, run a block, serve its calls, kill, start again."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pokerl.errors import PokerlError, WireProblem, WorkerLost
from pokerl.rlm.extension import Extension, Function, Reply
from pokerl.rlm.launcher import Launched, Launcher, Tier
from pokerl.rlm.pictures import check_png
from pokerl.rlm.protocol import (
    ANSWER_LIMIT,
    Answered,
    Begin,
    Called,
    Execute,
    Failed,
    Finished,
    FromWorker,
    Printed,
    Ready,
    Returned,
    Shown,
)
from pokerl.rlm.values import to_plain
from pokerl.sandbox import Policy
from pokerl.wire import Channel, Closed, Timeout

SLICE = 0.1
"""Seconds between two looks at the clocks while a block runs."""

GRACE = 1.5
"""Seconds that a block has to react to its time limit before its process is killed."""

START_SECONDS = 60.0
PENDING_LIMIT = 64
PENDING_BYTES = 128 * 1024 * 1024
"""What the calls of one worker that are under way at once may hold, in bytes on the wire."""


@dataclass
class Cell:
    """What came of one block, filled while it runs."""

    number: int
    code: str
    text: list[str] = field(default_factory=list)
    size: int = 0
    images: list[bytes] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    error: str = ""
    hint: str = ""
    seconds: float = 0.0

    @property
    def output(self) -> str:
        """All that it printed."""
        return "".join(self.text)


@dataclass
class Worker:
    """One agent's worker.

    Args:
        tier: where it runs.
        policy: what it may use there.
        context: plain data for its ``context``.
        functions: the host-side functions that it may call, the engine's own among them.
        quick: those that run without a thread of their own.
        extension: what is set up in it.
        image_limit: pictures kept of one block.
        text_limit: characters kept of one block.
        launcher: where its processes come from; one of its own by default.
    """

    tier: Tier
    policy: Policy
    context: Any
    functions: Mapping[str, Function]
    quick: frozenset[str] = frozenset()
    extension: Extension = field(default_factory=Extension)
    image_limit: int = 4
    text_limit: int = 1_000_000
    answer: dict[str, Any] = field(default_factory=lambda: {"content": "", "ready": False})
    restarts: int = -1
    launcher: Launcher | None = None

    _launched: Launched | None = None

    def start(self, check: Callable[[], None] = lambda: None) -> None:
        """Start the process and prepare its namespace.

        Args:
            check: called every ``SLICE``; raises to give up.

        Raises:
            WorkerLost: it did not come up.
            SetupFailed: the extension's setup raised; the message is its traceback.
        """
        self.restarts += 1
        self._pending: dict[int, int] = {}
        self._sending = threading.Lock()
        launcher = self.launcher or Launcher(self.tier)
        while True:
            self._launched = launched = launcher.take(self.policy)
            try:
                return self._begin(launched.channel, check)
            except SetupFailed:
                raise
            except WorkerLost:
                self.kill()
                if not launched.spare:  # one that died while nobody looked says nothing about the next
                    raise

    def execute(self, cell: Cell, seconds: float, check: Callable[[], None]) -> None:
        """Run a block and serve its calls until it ends.

        Args:
            cell: the block; it is filled as things arrive, so it holds what there was when this raises.
            seconds: how long it may run on its own.
            check: called every ``SLICE``; raises to give up.

        Raises:
            WorkerLost: the process died, hung or broke the protocol; it is killed.
        """
        begun = looked = checked = time.monotonic()
        own, earlier = 0.0, set(self._pending)
        try:
            self._send(Execute(cell.number, cell.code, seconds))
            while not cell.seconds:
                # Threads of earlier blocks may wait for hours; this block is excused by its own calls alone.
                busy = set(self._pending) <= earlier
                message = self._next()
                now = time.monotonic()
                own, looked = own + (now - looked if busy else 0.0), now
                if own > seconds + GRACE:
                    raise WorkerLost(f"The block ran for more than {seconds:g} s and ignored its interruption.")
                if now - checked > SLICE:
                    checked = now
                    check()
                if message is not None and self._take(message, cell):
                    cell.seconds = max(now - begun, 1e-6)
        except PokerlError:
            cell.seconds = max(time.monotonic() - begun, 1e-6)
            self.kill()
            raise

    def kill(self) -> None:
        """Kill the process and everything that it started; does nothing when there is none."""
        launched, self._launched = self._launched, None
        if launched is not None:
            launched.kill()

    def last_words(self) -> str:
        """The end of what the process wrote to its standard error (crash reports), at most 2,000 characters."""
        launched = self._launched
        return "" if launched is None else launched.last_words()

    def _begin(self, channel: Channel[FromWorker], check: Callable[[], None]) -> None:
        memory = os.memfd_create("context")
        given = (memory, *self.extension.descriptors())
        begin = Begin(
            setup=self.extension.setup,
            import_path=[str(folder) for folder in self.extension.import_path],
            arguments=self.extension.arguments,
            restarts=self.restarts,
            text_limit=self.text_limit,
            answer=self.answer,
        )
        try:
            with os.fdopen(os.dup(memory), "wb") as file:
                file.write(msgspec.msgpack.encode(to_plain(self.context, "context")))
            channel.send(begin, given)
            self._await_ready(time.monotonic() + START_SECONDS, check)
        except WireProblem as error:
            words = self.last_words()
            self.kill()
            raise WorkerLost("The worker did not start.", words or str(error)) from error
        finally:
            close(given)

    def _await_ready(self, until: float, check: Callable[[], None]) -> None:
        """Serve what the setup asks for until the namespace stands."""
        cell = Cell(0, "")
        while time.monotonic() < until:
            message = self._next()
            check()
            if isinstance(message, Ready):
                if message.problem:
                    self.kill()
                    raise SetupFailed(message.problem)
                return
            if message is not None:
                self._take(message, cell)
        raise Timeout("Its set-up took too long.")

    def _next(self) -> FromWorker | None:
        """The next message, or ``None`` when there was none for a while."""
        if self._launched is None:
            raise WorkerLost("There is no worker.")
        try:
            return self._launched.channel.receive(SLICE)
        except Timeout:
            return None
        except WireProblem as error:
            words = self.last_words()
            raise WorkerLost(f"The worker is gone: {error}", words) from error

    def _take(self, message: FromWorker, cell: Cell) -> bool:
        """Handle a message of the worker; whether it ends the block."""
        if isinstance(message, Called):
            self._serve(message)
        elif isinstance(message, Printed):
            if (room := self.text_limit + 1000 - cell.size) > 0:
                cell.text.append(message.text[:room])
            cell.size += len(message.text)
        elif isinstance(message, Shown):
            self._keep_image(message.png, cell)
        elif isinstance(message, Answered):
            self._take_answer(message)
        elif isinstance(message, Finished) and message.cell == cell.number:
            cell.error, cell.hint = message.error, message.hint
            return True
        return False

    def _take_answer(self, message: Answered) -> None:
        if self._launched is not None and self._launched.channel.received > ANSWER_LIMIT:
            raise WorkerLost(f"The worker sent an answer of more than {ANSWER_LIMIT} bytes.")
        self.answer = {"content": self._checked(message.content), "ready": message.ready}

    def _keep_image(self, png: bytes, cell: Cell) -> None:
        if len(cell.images) >= self.image_limit:
            problem = f"only {self.image_limit} pictures of a block are shown"
        else:
            problem = check_png(png)
        if not problem:
            cell.images.append(png)
        elif len(cell.refused) < 8:
            cell.refused.append(problem)

    def _checked(self, value: Any) -> Any:
        try:
            return to_plain(value)
        except (TypeError, ValueError) as error:
            raise WorkerLost(f"The worker sent what is not plain data: {error}") from error

    def _serve(self, call: Called) -> None:
        size = self._launched.channel.received if self._launched else 0
        if len(self._pending) >= PENDING_LIMIT or call.call in self._pending:
            self._send(Failed(call.call, "RuntimeError", f"More than {PENDING_LIMIT} calls are under way at once."))
        elif size + sum(list(self._pending.values())) > PENDING_BYTES:
            self._send(Failed(call.call, "RuntimeError", "The calls under way hold too much; wait for some to return."))
        elif call.function not in self.functions:
            self._send(Failed(call.call, "LookupError", f"The host has no function {call.function!r}."))
        elif call.function in self.quick:
            self._answer(call)
        else:
            self._pending[call.call] = size
            threading.Thread(target=self._answer, args=(call,), daemon=True, name=call.function).start()

    def _answer(self, call: Called) -> None:
        """Run a function and send what came of it."""
        descriptors: tuple[int, ...] = ()
        message: Returned | Failed
        try:
            value = self.functions[call.function](self._checked(call.arguments))
            if isinstance(value, Reply):
                value, descriptors = value.value, value.descriptors
            message = Returned(call.call, to_plain(value), len(descriptors))
        except PokerlError as error:
            message = Failed(call.call, public_name(error), error.message, error.remedy)
        except (TypeError, ValueError, LookupError) as error:
            message = Failed(call.call, type(error).__name__, str(error))
        except Exception as error:  # noqa: BLE001 - a defect of a host function must not leave the worker waiting for ever
            message = Failed(
                call.call, "RuntimeError", f"{call.function} failed in the host: {type(error).__name__}: {error}"
            )
        self._pending.pop(call.call, None)
        with contextlib.suppress(WireProblem, WorkerLost):
            self._send_or_say(message, descriptors)
        close(descriptors)

    def _send_or_say(self, message: Returned | Failed, descriptors: tuple[int, ...]) -> None:
        try:
            self._send(message, descriptors)
        except WorkerLost:
            raise
        except WireProblem as error:
            self._send(Failed(message.call, "ValueError", error.message))

    def _send(self, message: Any, descriptors: tuple[int, ...] = ()) -> None:
        launched = self._launched
        if launched is None:
            raise WorkerLost("There is no worker.")
        try:
            with self._sending:
                launched.channel.send(message, descriptors)
        except Closed as error:
            raise WorkerLost(f"The worker is gone: {error}", self.last_words()) from error


class SetupFailed(WorkerLost):
    """The extension's setup raised; the message is the traceback."""


def public_name(error: PokerlError) -> str:
    """The name of the nearest class of ``error`` that :mod:`pokerl.errors` knows."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "pokerl.errors")


def close(descriptors: Sequence[int]) -> None:
    """Close descriptors; those closed already are skipped."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
