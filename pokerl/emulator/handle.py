"""The host's hold on one machine process."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from types import TracebackType

from pokerl.emulator.client import Client
from pokerl.emulator.frames import FrameCounter
from pokerl.emulator.protocol import Attach, Done, MachineSettings, Stop
from pokerl.errors import MachineLost

NUMBER = struct.Struct("<i")
"""On a machine's life socket: its process id at birth, its exit status (as ``waitpid`` gives it) at its death."""

STOP_SECONDS = 10.0


class MachineProcess:
    """A machine's process, which the nursery started and reaps.

    Args:
        life: this end of its life socket.
        timeout: seconds to wait for its birth.

    Attributes:
        pid: its process id.
        returncode: how it ended: the exit code, minus the number of the signal that killed it, or None while it runs.
            -9 also when the nursery went away with it.

    Raises:
        MachineLost: it was not born.
    """

    def __init__(self, life: socket.socket, timeout: float) -> None:
        self._life = life
        self._lock = threading.Lock()
        self.returncode: int | None = None
        number = self._receive(timeout)
        if number is None:
            raise MachineLost("The nursery started no machine.", "Start another nursery.")
        self.pid = number
        self._descriptor = -1
        with contextlib.suppress(ProcessLookupError):
            self._descriptor = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        """The return code if the process ended, else None."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the process ended; its return code, or None if it still runs after ``timeout`` seconds."""
        with self._lock:
            if self.returncode is None and _readable(self._life, timeout):
                number = self._receive(0)
                self.returncode = -signal.SIGKILL if number is None else os.waitstatus_to_exitcode(number)
            return self.returncode

    def kill(self) -> None:
        """Kill the process at once and wait until it is gone."""
        if self.poll() is None and self._descriptor >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        self.wait(STOP_SECONDS)

    def close(self) -> None:
        """Let go of it."""
        self._life.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _receive(self, timeout: float) -> int | None:
        if not _readable(self._life, timeout):
            return None
        data = self._life.recv(NUMBER.size)
        return int(NUMBER.unpack(data)[0]) if len(data) == NUMBER.size else None


class HostClient(Client):
    """The host's own client, which may also end the machine and attach others."""

    def stop(self) -> None:
        """End the machine cleanly: what it still has to record is recorded."""
        self._ask(Stop(), Done)

    def attach(self, stream: socket.socket, capabilities: Iterable[str], *, commits: bool) -> None:
        """Have the machine serve one more client at the other end of ``stream``."""
        self._ask(Attach(list(capabilities), commits), Done, (stream.fileno(),))


class MachineHandle:
    """One running machine.

    Attributes:
        settings: what it was started with.
        control: the host's client, with every capability and no budget.
        client_socket: the socket for the untrusted client, to be handed on (and then closed here) or wrapped by
            ``Client(Channel(handle.client_socket, Answer))``.
        process: its process.
    """

    def __init__(
        self,
        settings: MachineSettings,
        control: HostClient,
        client_socket: socket.socket,
        process: MachineProcess,
        frames: FrameCounter,
        slot: int,
    ) -> None:
        self.settings = settings
        self.control = control
        self.client_socket = client_socket
        self.process = process
        self._counter = frames
        self._slot = slot
        self._owned: list[Callable[[], None]] = []
        self._final_frames: int | None = None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    @property
    def frames(self) -> int:
        """Frames that this machine ran, discarded branches included; known even when it is busy, hangs or died."""
        return self._counter.of(self._slot) if self._final_frames is None else self._final_frames

    def open_client(self, capabilities: Iterable[str], *, commits: bool = False) -> socket.socket:
        """Another socket to this machine, for a client with these capabilities.

        Raises:
            UsageProblem: there is no such capability.
            MachineLost: the machine is gone.
        """
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with there, contextlib.ExitStack() as undo:
            undo.callback(here.close)
            self.control.attach(there, capabilities, commits=commits)
            undo.pop_all()
        return here

    def stop(self) -> None:
        """End the machine cleanly, or kill it when it does not answer. Harmless when it is gone."""
        if self.alive:
            self.control.timeout = STOP_SECONDS
            with contextlib.suppress(MachineLost):
                self.control.stop()
                self.process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the machine at once. Harmless when it is gone."""
        if self._final_frames is not None:
            return
        self.process.kill()
        self._final_frames = self._counter.of(self._slot)
        self.control.close()
        self.client_socket.close()
        self.process.close()
        for close in self._owned:
            close()

    def owns(self, close: Callable[[], None]) -> None:
        """Have something else end with the machine."""
        self._owned.append(close)

    def __enter__(self) -> MachineHandle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _readable(stream: socket.socket, timeout: float | None) -> bool:
    poll = select.poll()
    poll.register(stream, select.POLLIN)
    return bool(poll.poll(None if timeout is None else timeout * 1000))
