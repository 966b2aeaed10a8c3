"""Framed messages between processes, one side of which may be hostile.

A frame is a 4-byte big-endian length and a MessagePack body. Bodies are decoded into typed structs or refused: nothing
is unpickled, nothing is evaluated, and a frame longer than the receiver's limit is refused before it is read.
File descriptors travel beside a frame (``SCM_RIGHTS``), only from the trusted side.
"""

from __future__ import annotations

import array
import contextlib
import numbers
import os
import select
import socket
import struct
import time
from typing import Any, Generic, TypeVar

import msgspec

from pokerl.errors import WireProblem

Incoming = TypeVar("Incoming")

HEADER = struct.Struct(">I")
MAXIMUM_FRAME = 16 * 1024 * 1024
MAXIMUM_DESCRIPTORS = 8
MAXIMUM_VALUES = 200_000
"""Values in a body of untyped data: a byte on the wire can become an object of 70 bytes in memory."""
CHUNK = 65536
LONGEST_COMPLAINT = 300

_LENGTHS = {0xD9: 1, 0xDA: 2, 0xDB: 4, 0xC4: 1, 0xC5: 2, 0xC6: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED = (
    {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
    | {0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17, 0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}
    | {0xA0 + length: length for length in range(32)}
)
_EXTENSIONS = (0xC7, 0xC8, 0xC9)
"""MessagePack by first byte: how many bytes hold the length of a text, and how many follow anything else."""


class Closed(WireProblem):
    """The other side is gone."""


class Timeout(WireProblem):
    """The other side did not answer in time."""


class Malformed(WireProblem):
    """A whole message arrived that is not of the incoming type; the next one can be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"A message is malformed: {reason}.")
        self.reason = reason


class Unsendable(WireProblem):
    """A message holds what cannot be sent; nothing of it was."""


class Channel(Generic[Incoming]):
    """One end of a stream socket that carries typed messages.

    Args:
        stream: a connected AF_UNIX stream socket; the channel owns it from now on.
        incoming: the type (usually a tagged union of structs) that arriving bodies must have.
        limit: largest body accepted, in bytes.
        values: most values accepted in a body, however deep they stand; ``None`` where the type bounds them.
        sends: most values sent in a body: what the other side accepts, so that the sender is told.
        accept_descriptors: whether arriving file descriptors are kept; otherwise they are never received.
        patience: seconds that sending may wait for the other side to read; ``None`` waits for ever.

    Attributes:
        descriptors: those that arrived and were not taken.
        received: bytes of the body that arrived last.
    """

    def __init__(
        self,
        stream: socket.socket,
        incoming: Any,
        *,
        limit: int = MAXIMUM_FRAME,
        values: int | None = None,
        sends: int | None = None,
        accept_descriptors: bool = False,
        patience: float | None = None,
    ) -> None:
        self._stream = stream
        self._patience = patience
        self._decoder: msgspec.msgpack.Decoder[Incoming] = msgspec.msgpack.Decoder(incoming)
        self._encoder = msgspec.msgpack.Encoder(enc_hook=_plain_number)
        self._limit = limit
        self._values = values
        self._sends = sends
        self._accept_descriptors = accept_descriptors
        self._buffer = bytearray()
        self._readable = _poll_for(stream, select.POLLIN)
        self.descriptors: list[int] = []
        self.received = 0

    def fileno(self) -> int:
        """The socket's descriptor, for ``select``."""
        return self._stream.fileno()

    def send(self, message: Any, descriptors: tuple[int, ...] = ()) -> None:
        """Send one message, with file descriptors beside it if given.

        Raises:
            Closed: the other side is gone.
            Unsendable: it holds a number of more than 64 bits, or an object that is none of plain data.
            Timeout: it did not read in time; what was sent of the message makes the channel useless.
            WireProblem: the message is larger than ``limit``, or holds more values than ``sends``.
        """
        try:
            body = self._encoder.encode(message)
        except (TypeError, OverflowError) as error:
            raise Unsendable(f"This cannot be sent: {error}.", "Send plain numbers, texts and bytes.") from None
        if len(body) > self._limit:
            raise WireProblem(
                f"A message of {len(body)} bytes is over the limit of {self._limit}.", "Send less at once."
            )
        if self._sends is not None:
            _check_values(body, self._sends)
        frame = HEADER.pack(len(body)) + body
        try:
            if descriptors:
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
                sent = self._stream.sendmsg([frame], rights)
                frame = frame[sent:]
            self._send_whole(frame)
        except OSError as error:
            raise Closed("The other process is gone.") from error

    def receive(self, timeout: float | None = None) -> Incoming:
        """Wait for one message.

        Args:
            timeout: seconds to wait for the whole message; ``None`` waits for ever.

        Raises:
            Timeout: nothing complete arrived in time.
            Closed: the other side is gone.
            Malformed: it is not of the incoming type.
            WireProblem: the frame is too large, or holds too many values.
        """
        message = self.receive_now()
        until = None if timeout is None else time.monotonic() + timeout
        while message is None:
            self._await(None if until is None else until - time.monotonic())
            message = self.receive_now()
        return message

    def wait(self, timeout: float | None = None) -> None:
        """Wait until something of a message is there, without taking it: whoever is interrupted here loses nothing.

        Raises:
            Timeout: nothing arrived in time.
        """
        if self._first_end() > len(self._buffer):
            self._await(timeout)

    def receive_now(self) -> Incoming | None:
        """One message if it has arrived whole, else None; never waits. Raises like :meth:`receive`.

        For one process that serves several others: a peer that sends half a frame keeps nobody waiting.
        """
        while (missing := (end := self._first_end()) - len(self._buffer)) > 0:
            if not self._take(max(missing, CHUNK)):
                return None
        return self._decode(end)

    def request(self, message: Any, timeout: float | None = None) -> Incoming:
        """Send one message and wait for the answer."""
        self.send(message)
        return self.receive(timeout)

    def pending(self) -> bool:
        """Whether bytes of a next message are buffered already (``select`` would not tell)."""
        return bool(self._buffer)

    def close(self) -> None:
        """Close the socket and every descriptor that was received and not taken."""
        for descriptor in self.descriptors:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self.descriptors.clear()
        self._stream.close()

    def _send_whole(self, frame: bytes) -> None:
        if self._patience is None:
            self._stream.sendall(frame)
            return
        until = 0.0
        while frame:
            try:
                frame = frame[self._stream.send(frame, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                until = until or time.monotonic() + self._patience
                writable = _poll_for(self._stream, select.POLLOUT)
                if not writable.poll(_milliseconds(until - time.monotonic())):
                    raise Timeout("The other process does not read what is sent to it.") from None

    def _await(self, seconds: float | None) -> None:
        if not self._readable.poll(_milliseconds(seconds)):
            raise Timeout("The other process did not answer in time.")

    def _first_end(self) -> int:
        """Where the first frame in the buffer ends (its header, as long as that is incomplete)."""
        if len(self._buffer) < HEADER.size:
            return HEADER.size
        (length,) = HEADER.unpack_from(self._buffer)
        if length > self._limit:
            raise WireProblem(f"A frame of {length} bytes is over the limit of {self._limit}.", "Send less at once.")
        return HEADER.size + int(length)

    def _decode(self, end: int) -> Incoming:
        body = self._buffer[HEADER.size : end]
        del self._buffer[:end]
        self.received = len(body)
        if self._values is not None:
            _check_values(body, self._values)
        try:
            return self._decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            # The error repeats what was sent, be it megabytes.
            raise Malformed(str(error)[:LONGEST_COMPLAINT]) from error

    def _take(self, size: int) -> bool:
        """Take what has arrived, without waiting; whether something had."""
        try:
            if self._accept_descriptors:
                data, arrived = _receive_with_descriptors(self._stream, size)
                self.descriptors.extend(arrived)
            else:
                data = self._stream.recv(size, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError as error:
            raise Closed("The other process is gone.") from error
        if not data:
            raise Closed("The other process is gone.")
        self._buffer += data
        return True


def _check_values(body: bytes | bytearray, most: int) -> None:
    if count_values(body, most) > most:
        raise WireProblem(f"A message holds more than {most} values.", "Send many numbers as text or as bytes.")


def count_values(body: bytes | bytearray, most: int) -> int:
    """How many values a MessagePack body holds at all depths, keys included; counting ends above ``most``.

    Nothing is built, so that a body which would not fit into memory is known before it is decoded.
    """
    if len(body) <= most:  # a value takes a byte at least
        return 0
    place, count = 0, 0
    while place < len(body) and count <= most:
        first = body[place]
        width = _LENGTHS.get(first)
        place += 1
        if width is None:
            place += _FIXED.get(first, 0)
        else:
            place += width + int.from_bytes(body[place : place + width]) + (first in _EXTENSIONS)
        count += 1
    return count


def _plain_number(value: object) -> int | float:
    """A number of another library (NumPy's most of all) as Python's own."""
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"objects of type {type(value).__name__} are no plain data")


def _receive_with_descriptors(stream: socket.socket, size: int) -> tuple[bytes, list[int]]:
    """Like ``socket.recv_fds``, which leaves out its flags (in Python 3.11) and would wait."""
    descriptors = array.array("i")
    room = socket.CMSG_LEN(MAXIMUM_DESCRIPTORS * descriptors.itemsize)
    data, ancillary, _, _ = stream.recvmsg(size, room, socket.MSG_DONTWAIT)
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return data, list(descriptors)


def _poll_for(stream: socket.socket, event: int) -> select.poll:
    """What waits for a socket; ``select.select`` would fail for descriptors above 1023."""
    poll = select.poll()
    poll.register(stream, event)
    return poll


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else max(0, seconds * 1000)


def pair(incoming_here: Any, **options: Any) -> tuple[Channel[Any], socket.socket]:
    """A channel for this process and the raw socket to hand to another one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return Channel(here, incoming_here, **options), there
