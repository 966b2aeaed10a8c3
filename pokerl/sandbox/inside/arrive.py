"""The first process of a container: takes the plan and the descriptors from the host, starts the program, waits for it.

It is trusted and keeps away from the program: its memory cannot be read by it, nothing but the socket is open in it,
and signals from within do not reach a first process.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import struct
from typing import Any, NoReturn

from pokerl.sandbox.inside import kernel
from pokerl.sandbox.inside.confine import become, fail
from pokerl.sandbox.inside.supervise import reap

STATUS = struct.Struct("=i")  # a number between the two ends of the socket
INTERVAL = 0.2  # seconds between looks at the host
MOST = 64  # descriptors handed over


def main(plan: dict[str, Any], _argv: list[str]) -> None:
    """Become the first process of a container whose supervisor listens at ``plan["socket"]``."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD,))
    try:
        control = socket.socket(socket.AF_UNIX)
        control.connect(plan["socket"])
        order, descriptors = _receive(control)
    except OSError as problem:
        fail(f"cannot reach the host from the container: {problem}")
    child = os.fork()
    if child == 0:
        _become(order, descriptors)
    _close(descriptors)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    with contextlib.suppress(OSError):  # the host is gone
        control.sendall(STATUS.pack(_wait(child, control)))
    os._exit(0)


def _receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    with control.makefile("rb", buffering=0) as stream:
        (length,) = STATUS.unpack(stream.read(STATUS.size))
    data, descriptors, _, _ = socket.recv_fds(control, 1, MOST)
    while len(data) < length:
        piece = control.recv(length - len(data))
        if not piece:
            raise ConnectionError("the order was cut short")
        data += piece
    order: dict[str, Any] = json.loads(data)
    return order, descriptors


def _close(descriptors: list[int]) -> None:
    for number in descriptors:
        os.close(number)


def _become(order: dict[str, Any], descriptors: list[int]) -> NoReturn:
    try:
        above = max(order["targets"]) + 1
        moved = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, above) for number in descriptors]
        _close(descriptors)
        for number, target in zip(moved, order["targets"], strict=True):
            os.dup2(number, target)
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGCHLD,))
        os.environ.clear()
        os.environ.update(order["plan"]["environment"])
        become(order["plan"], order["argv"])
    except OSError as problem:
        fail(str(problem))
    os._exit(1)


def _wait(child: int, control: socket.socket) -> int:
    """The program's exit code; this process ends when the host has gone."""
    while True:
        signal.sigtimedwait((signal.SIGCHLD,), INTERVAL)
        if (code := reap(child)) is not None:
            return code
        if select.select([control], [], [], 0)[0]:
            os._exit(1)
