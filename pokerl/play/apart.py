"""Running model-written code in a process of its own, forked from the worker (worker side).

The child has everything that the worker has in memory, so a policy needs no packing. The wire to the host belongs to
the worker: what the child asks of the host goes through it, in the protocol of that wire. What comes back is plain
data. Nothing of this is a wall: child and worker are one sandbox, and the host trusts neither.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from typing import IO, Any, NoReturn

from msgspec import Struct

from pokerl.errors import PokerlError, WireProblem
from pokerl.rlm.cells import TimeLimit, format_error
from pokerl.rlm.host import Host
from pokerl.rlm.protocol import (
    FRAME_LIMIT,
    PIECE,
    Answered,
    Called,
    Failed,
    Finished,
    FromWorker,
    Returned,
    Shown,
    ToWorker,
)
from pokerl.rlm.values import speakable, to_plain
from pokerl.wire import Channel, Timeout

PRINTED = 20_000
"""Characters kept of what one branch printed: the last ones."""

GRACE = 1.5
"""Seconds that a child has to react to its time limit before it is killed."""

SLICE = 0.1


class Ended(Struct, frozen=True):
    """How a child ended: what its work returned, what it printed, and one line about what went wrong."""

    answer: Any
    printed: str
    error: str


class Apart:
    """Forks children that do one piece of work each.

    Args:
        host: the worker's host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._forking = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Kill the children that run, and let no further one run for long."""
        self._stopped.set()

    def run(self, work: Callable[[], Any], seconds: float, forked: Callable[[], None]) -> Ended:
        """Do a piece of work in a child and wait for its end.

        Args:
            work: called in the child; what it returns crosses as plain data, or as text if it is none.
            seconds: after which it is ended; time spent waiting for the host (models) does not count.
            forked: called in the worker as soon as the child has its own copy of everything.
        """
        with tempfile.TemporaryFile(buffering=0) as output:
            channel, child = self._fork(work, seconds, output, forked)
            try:
                answer, error = self._serve(channel, seconds)
            finally:
                channel.close()
                status = _end(child)
            return Ended(answer, _tail(output), _died(status) if error is None else error)

    def _fork(
        self, work: Callable[[], Any], seconds: float, output: IO[bytes], forked: Callable[[], None]
    ) -> tuple[Channel[FromWorker], int]:
        # One at a time: a child that inherited its sister's end of the wire would hide her death.
        with self._forking:
            here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                here.close()
                self._be_child(work, seconds, output.fileno(), there)
            there.close()
            forked()
        return Channel(here, FromWorker, limit=FRAME_LIMIT), child

    def _be_child(self, work: Callable[[], Any], seconds: float, output: int, wire: socket.socket) -> NoReturn:
        status = 1
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            sys.stdout = sys.stderr = io.TextIOWrapper(
                open(1, "wb", buffering=0, closefd=False),  # noqa: SIM115 - open until the process ends
                encoding="utf-8",
                errors="backslashreplace",
                write_through=True,
            )
            self._forking = threading.Lock()
            self._host.reconnect(Channel(wire, ToWorker, limit=FRAME_LIMIT, accept_descriptors=True))
            answer, error = self._attempt(work, seconds)
            self._host.tell(Answered(answer, True))
            self._host.tell(Finished(0, error))
            status = 0
        finally:
            # Whatever happened must not unwind into the worker's own loop.
            os._exit(status)

    def _attempt(self, work: Callable[[], Any], seconds: float) -> tuple[Any, str]:
        """What the work returns as plain data, and one line about what it raised; the whole traceback is printed."""
        try:
            with self._host.clock.running(seconds):
                value = work()
            return crossing(value), ""
        except TimeLimit as error:
            _complain(error)
            return None, f"TimeLimit: it ran for longer than {seconds:g} s."
        except BaseException as error:  # noqa: BLE001 - model-written code may raise anything, an exit among it
            _complain(error)
            return None, speakable(one_line(error))[:PIECE]

    def _serve(self, channel: Channel[FromWorker], seconds: float) -> tuple[Any, str | None]:
        """Pass on what the child asks of the host until it ends; its answer, and its error if it lived to tell."""
        answer: Any = None
        opened: set[str] = set()
        until = time.monotonic() + seconds + GRACE
        try:
            while not self._stopped.is_set():
                if time.monotonic() > until:
                    return answer, f"TimeLimit: it ran for longer than {seconds:g} s and ignored its interruption."
                try:
                    message = channel.receive(SLICE)
                except Timeout:
                    continue
                except WireProblem:
                    return answer, None
                if isinstance(message, Called):
                    asked = time.monotonic()
                    self._pass_on(message, channel, opened)
                    until += time.monotonic() - asked
                elif isinstance(message, Shown):
                    self._host.tell(message)
                elif isinstance(message, Answered):
                    answer = message.content
                elif isinstance(message, Finished):
                    return answer, message.error
            return answer, "It was stopped."
        finally:
            for machine in opened:
                self._host.call("close_branch", machine=machine)

    def _pass_on(self, call: Called, channel: Channel[FromWorker], opened: set[str]) -> None:
        descriptors: list[int] = []
        answer: Returned | Failed
        try:
            value, descriptors = self._host.call_with_descriptors(call.function, **call.arguments)
            answer = Returned(call.call, value, len(descriptors))
            if call.function == "open_branch":
                opened.add(value)
            elif call.function == "close_branch":
                opened.discard(str(call.arguments.get("machine")))
        except PokerlError as error:
            answer = Failed(call.call, type(error).__name__, error.message, error.remedy)
        except (TypeError, ValueError, LookupError, RuntimeError) as error:
            answer = Failed(call.call, type(error).__name__, str(error))
        with contextlib.suppress(WireProblem):
            channel.send(answer, tuple(descriptors))
        for descriptor in descriptors:
            os.close(descriptor)


def one_line(problem: BaseException) -> str:
    """An exception as the last line of its traceback."""
    return traceback.format_exception_only(problem)[-1].strip()


def _complain(error: BaseException) -> None:
    """Print a traceback; past ``sys.stderr``, which the policy may have closed."""
    os.write(2, speakable(format_error(error)).encode())


def crossing(value: Any) -> Any:
    """A value as plain data; as text if it is none."""
    try:
        return to_plain(value)
    except (TypeError, ValueError):
        return speakable(repr(value))[:PRINTED]


def _end(child: int) -> int:
    """Kill a child if it still runs, reap it, and return its exit code (minus the signal's number if one ended it).

    Where the sandbox allows no signals at all, a child that cannot be killed is left behind: it ends with the worker.
    """
    descriptor = os.pidfd_open(child)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        # The end of its work may have been told a moment before its exit.
        if not poll.poll(50):
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
            if not poll.poll(GRACE * 1000):
                return -signal.SIGKILL
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(descriptor)


def _died(status: int) -> str:
    """One line about a child that ended without a word."""
    how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"exited with status {status}"
    return f"The policy's process {how}."


def _tail(output: IO[bytes]) -> str:
    size = os.fstat(output.fileno()).st_size
    start = max(0, size - PRINTED)
    text = os.pread(output.fileno(), PRINTED, start).decode("utf-8", "replace")
    return f"[{start} bytes before this were not kept]\n{text}" if start else text
