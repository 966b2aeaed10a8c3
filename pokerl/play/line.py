"""The line by which attempts on other computers ask their models: keys, prices and the budget stay with the host.

    another computer                                      host
      engine ─► LineModel.complete ── Asked ───────────►  ModelLine ─► ledger ─► the model's client, with its key
                                   ◄─ Answered ─────────   charged to the attempt's budget, recorded in the log at once

One connection a call, proven by a secret that goes with the attempt (HMAC), not encrypted: like the executors
themselves it is for a network of your own.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener

import msgspec
from msgspec import Struct

from pokerl import errors
from pokerl.budget import Budget
from pokerl.errors import ModelProblem, PokerlError
from pokerl.rlm import problems
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.ledger import Ledger
from pokerl.rlm.messages import Completion, Message, Model, ModelRequest, Usage

LARGEST = 256 * 1024 * 1024
"""Bytes of one message: a conversation with its pictures."""

GONE = (OSError, EOFError, AuthenticationError, msgspec.DecodeError)


class Address(Struct, frozen=True):
    """Where a line is, and the secret that opens it."""

    host: str
    port: int
    secret: bytes


class Asked(Struct, frozen=True):
    """A call: which attempt, which of its models, and what the engine says; ``seconds`` is how long it may take."""

    attempt: str
    model: str
    agent: str
    turn: int
    messages: tuple[Message, ...]
    seconds: float | None


class Answered(Struct, frozen=True):
    """What came of a call: a completion, or the name and the words of an error."""

    text: str = ""
    usage: Usage = Usage()
    seconds: float = 0.0
    waited: float = 0.0
    model: str = ""
    error: str = ""
    message: str = ""
    remedy: str = ""


class LineModel:
    """A model at the other end of a line.

    Args:
        address: of the line.
        attempt: whose calls these are.
        key: by which the host knows the model.
        name: the model's name, for the record.
    """

    def __init__(self, address: Address, attempt: str, key: str, name: str) -> None:
        self.name = name
        self._address = address
        self._attempt = attempt
        self._key = key

    def complete(self, request: ModelRequest) -> Completion:
        """Have the host ask; as :class:`~pokerl.rlm.messages.Model` says.

        Raises:
            PokerlError: what the host's client raised, or that the host is gone.
        """
        seconds = None if request.deadline is None else request.deadline - time.monotonic()
        asked = Asked(self._attempt, self._key, request.agent, request.turn, request.messages, seconds)
        try:
            place = (self._address.host, self._address.port)
            with Client(place, family="AF_INET", authkey=self._address.secret) as connection:
                connection.send_bytes(msgspec.msgpack.encode(asked))
                answered = msgspec.msgpack.decode(connection.recv_bytes(LARGEST), type=Answered)
        except GONE as error:
            raise ModelProblem(f"The host that asks the models is gone: {type(error).__name__}.") from None
        if answered.error:
            raise _error(answered)
        return Completion(answered.text, answered.usage, answered.seconds, answered.waited, answered.model)


class _Caller(Struct, frozen=True):
    """Who may call: the models of an attempt by key, and who pays."""

    models: dict[str, Model]
    ledger: Ledger
    budget: Budget
    cancelled: Cancellation


class ModelLine:
    """The host's end: answers the calls of the attempts that are let on it.

    Args:
        host: the address of this computer that the others reach.
    """

    def __init__(self, host: str) -> None:
        secret = secrets.token_bytes(32)
        self._listener = Listener((host, 0), family="AF_INET", backlog=64, authkey=secret)
        self.address = Address(host, self._listener.address[1], secret)
        self._callers: dict[str, _Caller] = {}
        self._closed = False
        threading.Thread(target=self._listen, name="model line", daemon=True).start()

    def let(
        self, attempt: str, models: dict[str, Model], ledger: Ledger, budget: Budget, cancelled: Cancellation
    ) -> Callable[[], object]:
        """Let an attempt call; what is returned takes that back."""
        self._callers[attempt] = _Caller(models, ledger, budget, cancelled)
        return lambda: self._callers.pop(attempt, None)

    def close(self) -> None:
        """Answer nobody any more."""
        self._closed = True
        with contextlib.suppress(*GONE):  # wakes the thread that listens
            Client((self.address.host, self.address.port), family="AF_INET", authkey=self.address.secret).close()
        self._listener.close()

    def _listen(self) -> None:
        while not self._closed:
            try:
                connection = self._listener.accept()
            except GONE:
                continue
            threading.Thread(target=self._serve, args=(connection,), name="model call", daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        with connection, contextlib.suppress(*GONE):
            asked = msgspec.msgpack.decode(connection.recv_bytes(LARGEST), type=Asked)
            connection.send_bytes(msgspec.msgpack.encode(self._answer(asked)))

    def _answer(self, asked: Asked) -> Answered:
        try:
            caller = self._callers.get(asked.attempt)
            if caller is None or asked.model not in caller.models:
                raise ModelProblem(f"Nobody here asks {asked.model!r} for the attempt {asked.attempt!r}.")
            until = None if asked.seconds is None else time.monotonic() + asked.seconds
            request = ModelRequest(asked.agent, asked.turn, asked.messages, until, caller.budget.waiting)
            reply = caller.ledger.ask(caller.models[asked.model], request, caller.budget, caller.cancelled)
        except PokerlError as error:
            return Answered(error=type(error).__name__, message=error.message, remedy=error.remedy)
        return Answered(reply.text, reply.usage, reply.seconds, reply.waited, reply.model)


def _error(answered: Answered) -> PokerlError:
    """The error that an answer names; a problem of the model when nobody knows its name."""
    kind = vars(problems).get(answered.error) or vars(errors).get(answered.error)
    if not (isinstance(kind, type) and issubclass(kind, PokerlError)):
        kind = ModelProblem
    return kind(answered.message, answered.remedy)
