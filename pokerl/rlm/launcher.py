"""Starting worker processes, one of them ahead of time."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pokerl.rlm.protocol import FRAME_LIMIT, FromWorker
from pokerl.sandbox import Policy
from pokerl.wire import MAXIMUM_VALUES, Channel

SEND_SECONDS = 5
"""Seconds that sending to a worker may wait for it to read."""


class Tier(Protocol):
    """What is needed of a sandbox tier (:mod:`pokerl.sandbox`)."""

    name: str

    def launch(
        self, argv: Sequence[str], policy: Policy, descriptors: tuple[int, ...] = (), *, stderr: int | None = ...
    ) -> subprocess.Popen[bytes]:
        """Start a program."""
        ...

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill it and all that it started."""
        ...


@dataclass(frozen=True)
class Launched:
    """A worker process that knows nothing yet, and the wire to it; ``spare`` when it was started ahead of time."""

    tier: Tier
    policy: Policy
    process: subprocess.Popen[bytes]
    channel: Channel[FromWorker]
    spare: bool = False

    def kill(self) -> None:
        """Kill it and everything that it started."""
        self.tier.kill(self.process)
        if self.process.stderr is not None:
            self.process.stderr.close()
        self.channel.close()

    def last_words(self) -> str:
        """The end of what it wrote to its standard error (crash reports), at most 2,000 characters."""
        words, pipe, poll = b"", self.process.stderr, select.poll()
        if pipe is None:
            return ""
        with contextlib.suppress(ValueError, OSError):  # another thread killed it meanwhile
            poll.register(pipe, select.POLLIN)
            while len(words) < 65536 and poll.poll(50) and (piece := os.read(pipe.fileno(), 65536)):
                words += piece
        return words.decode("utf-8", "replace")[-2000:].strip()


class Launcher:
    """Starts workers, and keeps at most one more started, so that the next sub-agent need not wait for Python.

    A worker is handed out once: what one agent did in it never meets another agent. Safe to use from several threads.

    Args:
        tier: where workers run.
    """

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        self._lock = threading.Lock()
        self._spare: Launched | None = None
        self._closed = False

    def take(self, policy: Policy) -> Launched:
        """A worker of this policy that nobody used: the spare one if it fits, else a new one."""
        with self._lock:
            spare = self._spare
            if spare is not None and spare.policy == policy:
                self._spare = None
                return spare
        return self._launch(policy)

    def prepare(self, policy: Policy) -> None:
        """Start a spare one in the background; one of another policy makes room for it."""
        with self._lock:
            if self._closed or (self._spare is not None and self._spare.policy == policy):
                return
            before, self._spare = self._spare, self._launch(policy, spare=True)
        if before is not None:
            before.kill()

    def close(self) -> None:
        """Kill the spare one; nothing is prepared any more."""
        with self._lock:
            self._closed = True
            spare, self._spare = self._spare, None
        if spare is not None:
            spare.kill()

    def _launch(self, policy: Policy, *, spare: bool = False) -> Launched:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        argv = [sys.executable, "-m", "pokerl.rlm.worker", "--descriptor", str(there.fileno())]
        channel: Channel[FromWorker] = Channel(here, FromWorker, limit=FRAME_LIMIT, values=MAXIMUM_VALUES)
        with there:
            process = self.tier.launch(argv, policy, (there.fileno(),), stderr=subprocess.PIPE)
        return Launched(self.tier, policy, process, channel, spare)
