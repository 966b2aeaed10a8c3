"""The parent of a program in a container: starts the container, hands over the descriptors, ends it all.

A container is started by a daemon, so it is no child of this process and inherits nothing from it. It finds one socket
of this process bound into it; through that its first process (``arrive``) gets its plan and its descriptors, and says
how the program ended. When either side of the socket is gone the other one ends, and with a container's first process
the kernel ends all of its processes.
"""

# Importing pathlib takes longer than all that is done here.
# ruff: noqa: PTH101, PTH102, PTH106, PTH108, PTH118
from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from typing import Any, NoReturn

from pokerl.sandbox.inside import kernel
from pokerl.sandbox.inside.arrive import STATUS
from pokerl.sandbox.inside.confine import fail
from pokerl.sandbox.inside.descend import clone

ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
INTERVAL = 200  # milliseconds between looks at the host
CREDENTIALS = struct.Struct("=iII")  # struct ucred


class Ended(Exception):
    """The program, the host or its patience has come to an end; ``code`` is what to exit with."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def main(plan: dict[str, Any], argv: list[str]) -> None:
    """Run ``argv`` in a container and exit as it did (128 and the signal's number if a signal ended it)."""
    for number in ENDS:
        signal.signal(number, _stop)
    try:
        with _meeting_place() as folder:
            control = _start(plan, folder)
        with control, _first_process(control):
            _hand_over(control, plan, argv)
            _watch(control, plan["host"])
    except Ended as end:
        code, reason = end.code, end.reason
    except OSError as problem:
        code, reason = 0, str(problem)
    if reason:
        fail(reason)
    os._exit(code)


def _stop(number: int, _frame: object) -> NoReturn:
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise Ended(128 + number)


@contextlib.contextmanager
def _meeting_place() -> Iterator[str]:
    """A folder that nobody else may enter, while the container starts."""
    folder = f"/tmp/pokerl-sandbox-{os.urandom(8).hex()}"
    os.mkdir(folder, 0o700)
    try:
        yield folder
    finally:
        for name in os.listdir(folder):  # noqa: PTH208
            _remove(os.path.join(folder, name))
        os.rmdir(folder)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):  # not a mount
        kernel.unmount(path)
    if os.path.isdir(path):  # noqa: PTH112
        os.rmdir(path)
    else:
        os.unlink(path)


def _start(plan: dict[str, Any], folder: str) -> socket.socket:
    """Start the container; the connection that its first process made."""
    with socket.socket(socket.AF_UNIX) as listener:
        place = os.path.join(folder, "socket")
        listener.bind(place)
        os.chmod(place, 0o666)  # the container has another user; only it has a way to this file
        listener.listen(1)
        sources = {path: path for path in plan["bound"]} | _shown(plan, folder) | {plan["socket"]: place}
        mounts = [word for target, source in sources.items() for word in ("--mount", _mount(source, target))]
        words = [*plan["client"], "--name", f"pokerl-sandbox-{os.getpid()}", *mounts, plan["image"], *plan["boot"]]
        client = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            return _connected(listener, client, plan["host"])
        finally:
            client.kill()
            client.wait()


def _mount(source: str, target: str) -> str:
    """The words of a bind mount; the client reads them as a line of CSV."""
    fields = ("type=bind", f"source={source}", f"target={target}", "readonly")
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields)


def _shown(plan: dict[str, Any], folder: str) -> dict[str, str]:
    """Where the container finds what the policy shows: if root starts it, mounts in which its files are the user's."""
    if os.geteuid() != 0:
        return {}
    shown = {}
    for number, path in enumerate(plan["shown"]):
        place = os.path.join(folder, str(number))
        with contextlib.suppress(PermissionError):  # no mounts in this container: then the modes of the files decide
            tree = clone(path, plan["user"])
            if os.path.isdir(path):  # noqa: PTH112
                os.mkdir(place)
            else:
                os.close(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o444))
            kernel.attach(tree, place)
            os.close(tree)
            shown[path] = place
    return shown


def _connected(listener: socket.socket, client: subprocess.Popen[bytes], host: int) -> socket.socket:
    assert client.stderr is not None
    while not select.select([listener], [], [], INTERVAL / 1000)[0]:
        if os.getppid() != host:
            raise Ended(128 + signal.SIGKILL)
        if client.poll() is not None and not select.select([listener], [], [], 0)[0]:
            said = client.stderr.read().decode(errors="replace").strip().splitlines()
            raise OSError(said[-1] if said else f"the container ended with {client.returncode} and said nothing")
    return listener.accept()[0]


@contextlib.contextmanager
def _first_process(control: socket.socket) -> Iterator[None]:
    """The first process of the container; killed afterwards, and waited for until it and all others are gone."""
    pid, _, _ = CREDENTIALS.unpack(control.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
    process = os.pidfd_open(pid)
    try:
        yield
    finally:
        control.shutdown(socket.SHUT_RDWR)  # it ends by itself then, should this process have no right to kill it
        with contextlib.suppress(PermissionError, ProcessLookupError):
            signal.pidfd_send_signal(process, signal.SIGKILL)
        select.select([process], [], [], 2.0)
        os.close(process)


def _hand_over(control: socket.socket, plan: dict[str, Any], argv: list[str]) -> None:
    """Send what the program is to be, then let go of its descriptors: the host shall see the end when it ends."""
    targets = [0, 1, 2, *plan["descriptors"]]
    order = json.dumps({"plan": plan["inner"], "argv": argv, "targets": targets}).encode()
    control.sendall(STATUS.pack(len(order)))
    socket.send_fds(control, [order[:1]], targets)
    control.sendall(order[1:])
    for descriptor in plan["descriptors"]:
        os.close(descriptor)


def _watch(control: socket.socket, host: int) -> NoReturn:
    """Wait for the end of the program or of the host."""
    while not select.select([control], [], [], INTERVAL / 1000)[0]:
        if os.getppid() != host:
            raise Ended(128 + signal.SIGKILL)
    status = control.recv(STATUS.size)
    raise Ended(STATUS.unpack(status)[0] if len(status) == STATUS.size else 128 + signal.SIGKILL)
