"""The nursery: a process that has the emulator imported and forks a machine process on request.

It is single-threaded, so that forking is safe, and serves nobody but the host that started it. Machine processes die
with it, and it dies with its host: when the host's end of its socket is closed.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from pokerl.emulator.frames import FrameCounter
from pokerl.emulator.handle import NUMBER
from pokerl.emulator.machine import Machine
from pokerl.emulator.protocol import MachineSettings, Spawn
from pokerl.emulator.serve import new_machine, serve
from pokerl.errors import PokerlError
from pokerl.wire import Channel, Closed

KEPT = 4
"""Machines at power-on that are kept, one for each ROM used lately."""

_PR_SET_PDEATHSIG = 1


class Nursery:
    """Forks machines and reaps them.

    Args:
        host: the host's socket.
    """

    def __init__(self, host: socket.socket) -> None:
        self._channel: Channel[Any] = Channel(host, Spawn, accept_descriptors=True)
        self._lives: dict[int, socket.socket] = {}
        self._powered_on: dict[tuple[str, str, int, int], Machine] = {}
        self._wakeup, self._alarm = socket.socketpair()
        self._wakeup.setblocking(False)
        self._alarm.setblocking(False)
        signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        """Serve until the host is gone."""
        poll = select.poll()
        poll.register(self._channel.fileno(), select.POLLIN)
        poll.register(self._wakeup.fileno(), select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in poll.poll()]
            if self._wakeup.fileno() in ready:
                self._wakeup.recv(4096)
                self._reap()
            if self._channel.fileno() in ready:
                try:
                    self._spawn_all()
                except Closed:
                    return

    def _spawn_all(self) -> None:
        while (request := self._channel.receive_now()) is not None:
            descriptors, self._channel.descriptors[:4] = self._channel.descriptors[:4], []
            self._spawn(request, descriptors)

    def _spawn(self, request: Spawn, descriptors: list[int]) -> None:
        parent = os.getpid()
        ready = self._machine_for(request.settings)
        child = os.fork()
        if child == 0:
            self._become_machine(parent, request, descriptors, ready)
        life = socket.socket(fileno=descriptors[3])
        for descriptor in descriptors[:3]:
            os.close(descriptor)
        self._lives[child] = life
        _tell(life, child)

    def _machine_for(self, settings: MachineSettings) -> Machine | None:
        """A machine at power-on, kept to be forked; None when there is no such machine, which its process will tell."""
        try:
            file = Path(settings.rom).stat()
            key = (settings.rom, settings.cartridge, file.st_mtime_ns, file.st_size)
            if key not in self._powered_on:
                self._powered_on = {**dict([*self._powered_on.items()][-KEPT + 1 :]), key: new_machine(settings)}
            return self._powered_on[key]
        except (PokerlError, OSError):
            return None

    def _become_machine(self, parent: int, request: Spawn, descriptors: list[int], ready: Machine | None) -> NoReturn:
        status = 1
        try:
            _die_with(parent)
            self._forget_everything()
            control, client, frames, life = descriptors
            os.close(life)
            settings = request.settings
            counter = FrameCounter(frames, limit=settings.frame_limit)
            serve(settings, socket.socket(fileno=control), socket.socket(fileno=client), counter, request.slot, ready)
            status = 0
        finally:
            # Whatever happened must not unwind into the nursery's own loop.
            if status:
                sys.excepthook(*sys.exc_info())
            os._exit(status)

    def _forget_everything(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._channel.close()
        self._wakeup.close()
        self._alarm.close()
        for life in self._lives.values():
            life.close()

    def _reap(self) -> None:
        while self._lives:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            life = self._lives.pop(pid)
            _tell(life, status)
            life.close()


def _tell(life: socket.socket, number: int) -> None:
    try:
        life.send(NUMBER.pack(number), socket.MSG_DONTWAIT)
    except OSError:
        # The host no longer cares for this machine.
        return


def _die_with(parent: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main() -> None:
    """``python -m pokerl.emulator.nursery_process <descriptor of the host's socket>``."""
    Nursery(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
