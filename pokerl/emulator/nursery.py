"""Starting machine processes quickly."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any

from pokerl.emulator.frames import FrameCounter
from pokerl.emulator.handle import HostClient, MachineHandle, MachineProcess
from pokerl.emulator.protocol import Answer, MachineSettings, Spawn
from pokerl.errors import MachineLost, WireProblem
from pokerl.wire import Channel

START_SECONDS = 60.0
"""How long a machine may take to start on a very busy computer."""

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Nursery:
    """A process that has the emulator imported and forks machines from itself: tens of milliseconds each.

    One is enough for a host. Machines die with their nursery, and it dies with the host. Safe to use from several
    threads; a context manager.
    """

    def __init__(self) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        command = [sys.executable, "-m", "pokerl.emulator.nursery_process", str(there.fileno())]
        with there:
            # In a session of its own, so that Ctrl-C reaches the host alone and it can end its machines in order.
            self._process = subprocess.Popen(
                command,
                pass_fds=(there.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | _ONE_THREAD,
            )
        self._channel: Channel[Any] = Channel(here, None)
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def start(self, settings: MachineSettings, frames: FrameCounter | None = None) -> MachineHandle:
        """Start a machine and wait until it stands at its start state.

        Args:
            settings: what the machine is told.
            frames: the counter of the attempt's frames, shared by all its machines; without it the machine has its own.

        Raises:
            RomProblem, StateRejected, UsageProblem: what the machine says of its settings.
            MachineLost: it or the nursery died.
        """
        with contextlib.ExitStack() as undo:
            counter = frames or undo.enter_context(FrameCounter(limit=settings.frame_limit))
            slot = counter.new_slot()
            handle = MachineHandle(settings, *self._spawn(settings, slot, counter), counter, slot)
            undo.callback(handle.kill)
            handle.control.status()
            undo.pop_all()
        if frames is None:
            handle.owns(counter.close)
        return handle

    def close(self) -> None:
        """End the nursery and the machines that still run."""
        self._channel.close()
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _spawn(
        self, settings: MachineSettings, slot: int, counter: FrameCounter
    ) -> tuple[HostClient, socket.socket, MachineProcess]:
        with contextlib.ExitStack() as undo, contextlib.ExitStack() as theirs:
            ends: list[socket.socket] = []
            for kind in (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
                here, there = socket.socketpair(socket.AF_UNIX, kind)
                ends += [undo.enter_context(here), theirs.enter_context(there)]
            control, control_there, client, client_there, life, life_there = ends
            descriptors = (control_there.fileno(), client_there.fileno(), counter.descriptor, life_there.fileno())
            try:
                with self._lock:
                    self._channel.send(Spawn(settings, slot), descriptors)
            except WireProblem as error:
                raise MachineLost("The nursery is gone.", "Start another one.") from error
            theirs.close()
            process = MachineProcess(life, START_SECONDS)
            undo.pop_all()
        return HostClient(Channel(control, Answer)), client, process


def start_machine(
    settings: MachineSettings, nursery: Nursery | None = None, frames: FrameCounter | None = None
) -> MachineHandle:
    """Start a machine in a process of its own.

    Args:
        settings: what the machine is told.
        nursery: forks it; without one a nursery is started for this machine alone, which takes half a second, and
            ends with it.
        frames: the counter of the attempt's frames, if it has several machines.

    Raises:
        RomProblem, StateRejected, UsageProblem: what the machine says of its settings.
        MachineLost: it died at once.
    """
    if nursery is not None:
        return nursery.start(settings, frames)
    with contextlib.ExitStack() as undo:
        own = undo.enter_context(Nursery())
        handle = own.start(settings, frames)
        handle.owns(undo.pop_all().close)
    return handle
