"""Runs the attempts inside a sandbox, each in a process of its own, and sends back what each one found.

The modules imported here are at hand for the attempts. Nothing this program says is believed but for one thing: a
secret that only the host knows.
"""

from __future__ import annotations

import asyncio  # noqa: F401
import contextlib
import ctypes
import errno
import fcntl  # noqa: F401
import glob  # noqa: F401
import importlib.machinery  # noqa: F401
import json
import mmap  # noqa: F401
import os
import platform
import resource  # noqa: F401
import signal
import socket
import stat  # noqa: F401
import struct  # noqa: F401
import subprocess  # noqa: F401
import sys
import tempfile
import termios  # noqa: F401
import textwrap
import threading  # noqa: F401
import time  # noqa: F401
import types
import urllib.request  # noqa: F401
from typing import Any

SECONDS = 5  # for each attempt
LARGEST = 1 << 20  # characters of what one may show
REFUSALS = (errno.EPERM, errno.EACCES, errno.ENOSYS)

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
numbers: dict[str, list[int]] = {}
host = types.SimpleNamespace()
scratch = ""


def main() -> None:
    """Take one JSON line from the inherited socket, answer with one line an attempt."""
    global scratch
    host.open_at_start = [number for number in range(1024) if _open(number)]
    host.given = int(sys.argv[1])
    host.terminal = 2
    with socket.socket(fileno=os.dup(host.given)) as stream, stream.makefile("rw") as lines:
        order = json.loads(lines.readline())
        vars(host).update(order["host"])
        numbers.update(order["numbers"])
        for name, code in order["attempts"].items():
            scratch = tempfile.mkdtemp()
            lines.write(json.dumps({"name": name, **_in_child(code)}) + "\n")
            lines.flush()


def call(name: str, *arguments: Any) -> int:
    """A raw system call."""
    number = numbers[name][0 if platform.machine() == "x86_64" else 1]
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    result = int(libc.syscall(ctypes.c_long(number), *words))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def reach(name: str, arguments: list[int]) -> bool | None:
    """Whether a system call does anything but refuse."""
    if numbers[name][0 if platform.machine() == "x86_64" else 1] < 0:
        return None
    try:
        call(name, *arguments)
    except OSError as problem:
        if problem.errno in REFUSALS:
            raise
    return True


def _open(number: int) -> bool:
    with contextlib.suppress(OSError):
        os.fstat(number)
        return True
    return False


def _in_child(code: str) -> dict[str, Any]:
    receive, send = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(receive)
        signal.alarm(SECONDS)
        with os.fdopen(send, "w") as pipe:
            json.dump(_attempt(code), pipe)
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        answer = pipe.read()
    status = os.waitpid(pid, 0)[1]
    if not answer:
        return {"found": None, "said": f"ended by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "ended"}
    found: dict[str, Any] = json.loads(answer)
    return found


def _attempt(code: str) -> dict[str, Any]:
    names = dict(globals())
    exec("def attempt():\n" + textwrap.indent(code, "    "), names)
    try:
        found = names["attempt"]()
    except Exception as problem:  # noqa: BLE001  (an attempt may fail in any way; that is the hope)
        return {"found": None, "said": f"{type(problem).__name__}: {problem}"[:300]}
    return {"found": True if found is True else repr(found)[:LARGEST], "said": "returned"}


if __name__ == "__main__":
    main()
