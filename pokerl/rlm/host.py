"""The worker's end of the wire: calls to the host, from any thread of model-written code (worker side)."""

from __future__ import annotations

import builtins
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from pokerl import errors
from pokerl.rlm.cells import Clock
from pokerl.rlm.protocol import Called, Failed, FromWorker, Returned, ToWorker
from pokerl.rlm.values import to_plain
from pokerl.wire import Channel

Reply = tuple[Returned | Failed, list[int]]
"""An answer of the host and the descriptors that came with it."""


class Host:
    """The host as model-written code and extensions see it.

    Attributes:
        descriptors: file descriptors that the extension gave to this worker; whoever uses one takes it out.
        restarts: how often this agent's worker had to be started again before; 0 in the first one.
        clock: stops a block that runs for too long; waiting for the host does not count.
    """

    def __init__(self, channel: Channel[ToWorker], clock: Clock) -> None:
        self.descriptors: list[int] = []
        self.restarts = 0
        self._channel = channel
        self.clock = clock
        self._sending = threading.RLock()
        self._changed = threading.Condition()
        self._reading = False
        self._calls = 0
        self._replies: dict[int, Reply] = {}
        self._messages: deque[ToWorker] = deque()

    def call(self, function: str, /, **arguments: Any) -> Any:
        """Call a function of the host and return its value.

        Args:
            function: the name it was registered under.
            arguments: plain data.

        Raises:
            PokerlError: what the function raised (the same class).
            TypeError: an argument is not plain data.
        """
        return self._ask(function, arguments)[0]

    def call_with_descriptors(self, function: str, /, **arguments: Any) -> tuple[Any, list[int]]:
        """Like :meth:`call`, for functions whose reply carries file descriptors; the caller owns them."""
        return self._ask(function, arguments)

    def tell(self, message: FromWorker) -> None:
        """Send a message that has no answer."""
        with self.clock.held(waiting=False), self._sending:
            self._channel.send(message)

    def receive(self) -> ToWorker:
        """Wait for the next message that is not an answer (only between blocks)."""
        self._until(lambda: bool(self._messages))
        return self._messages.popleft()

    def disconnect(self) -> None:
        """In a forked child: leave the wire to the parent."""
        self._channel.close()

    def reconnect(self, channel: Channel[ToWorker]) -> None:
        """In a forked child: ask through this channel from now on. No other thread lives here, so no lock is held."""
        self._channel = channel
        self._sending = threading.RLock()
        self._changed = threading.Condition()
        self._reading = False
        self._replies, self._messages = {}, deque()

    def take(self, count: int) -> list[int]:
        """The next ``count`` descriptors that arrived."""
        taken, self._channel.descriptors[:count] = self._channel.descriptors[:count], []
        for descriptor in taken:
            os.set_inheritable(descriptor, False)
        return taken

    def _ask(self, function: str, arguments: dict[str, Any]) -> tuple[Any, list[int]]:
        plain = to_plain(arguments, "arguments")
        with self.clock.held(waiting=True):
            with self._sending:
                self._calls += 1
                call = self._calls
                self._channel.send(Called(call, function, plain))
            reply, descriptors = self._await(call)
        if isinstance(reply, Failed):
            raise rebuild(reply)
        return reply.value, descriptors

    def _await(self, call: int) -> Reply:
        self._until(lambda: call in self._replies)
        return self._replies.pop(call)

    def _until(self, there: Callable[[], bool]) -> None:
        """Wait for what only this thread takes. Whichever comes first reads for all; the others sleep meanwhile."""
        while True:
            with self._changed:
                while self._reading and not there():
                    self._changed.wait()
                if there():
                    return
                self._reading = True
            try:
                self._read()
            finally:
                with self._changed:
                    self._reading = False
                    self._changed.notify_all()

    def _read(self) -> None:
        """Take one message and put it where somebody looks for it."""
        message = self._channel.receive()
        if isinstance(message, Returned | Failed):
            descriptors = self.take(message.descriptors) if isinstance(message, Returned) else []
            self._replies[message.call] = (message, descriptors)
        else:
            self._messages.append(message)


def rebuild(failure: Failed) -> Exception:
    """The exception that a failed call stands for: a class of ``pokerl.errors`` or of Python, else ``RuntimeError``."""
    ours = getattr(errors, failure.error, None)
    if isinstance(ours, type) and issubclass(ours, errors.PokerlError):
        return ours(failure.message, failure.remedy)
    theirs = getattr(builtins, failure.error, None)
    if isinstance(theirs, type) and issubclass(theirs, ValueError | TypeError | LookupError):
        return theirs(failure.message)
    return RuntimeError(f"{failure.error}: {failure.message}")
