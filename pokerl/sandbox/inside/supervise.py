"""The parent of a sandboxed program: starts it, ends everything it started, and never outlives the host.

Orphans in a process tree are handed to the nearest ancestor that asked for them; this one asks. So whatever the program
forks or moves to another session stays below this process, and the tree is gone once nothing is left to wait for.
"""

# Importing pathlib takes longer than all that is done here.
# ruff: noqa: PTH102, PTH120, PTH123, PTH208
from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import time
from typing import Any

from pokerl.sandbox.inside import kernel
from pokerl.sandbox.inside.confine import become, fail
from pokerl.sandbox.inside.descend import descend

WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
INTERVAL = 0.2  # seconds between looks at the host and the scratch folder
DEEPEST, SMALLEST = 40, 4096  # nesting of folders, bytes that a name costs


def main(plan: dict[str, Any], argv: list[str]) -> None:
    """Run ``argv`` as ``plan`` says and exit as it did (128 and the signal's number if a signal ended it)."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        if plan["user"]:
            descend(plan["user"], plan["needed"], plan["shown"])
        scratch = _new_scratch() if plan["scratch"] else ""
    except OSError as problem:
        fail(f"cannot step down from root: {problem}")
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    child = os.fork()
    if child == 0:
        _become(plan, argv, scratch)
    _forget_descriptors(plan["descriptors"])
    code = _watch(child, plan, scratch)
    _end_all()
    if scratch:
        _remove(os.path.dirname(scratch))
    os._exit(code)


def _new_scratch() -> str:
    folder = f"/tmp/pokerl-sandbox-{os.urandom(8).hex()}"
    for name in ("", "/library", "/scratch"):
        os.mkdir(folder + name, 0o700)
    return folder + "/scratch"


def _remove(folder: str) -> None:
    """Remove a folder however deeply the program nested it, which Python's own way does not survive."""
    with contextlib.suppress(FileNotFoundError):  # a system without rm keeps the folder
        os.waitpid(os.posix_spawnp("rm", ["rm", "-rf", "--", folder], {}), 0)


def _become(plan: dict[str, Any], argv: list[str], scratch: str) -> None:
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # when memory runs out, this goes first
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        if plan["wrapper"]:
            os.execv(plan["wrapper"][0], [*plan["wrapper"], *argv])
        become(plan, argv, scratch)
    except OSError as problem:
        fail(str(problem))


def _forget_descriptors(descriptors: list[int]) -> None:
    """The program must be the only holder, so that the host sees the end when it ends."""
    for descriptor in descriptors:
        os.close(descriptor)


def _watch(child: int, plan: dict[str, Any], scratch: str) -> int:
    while True:
        arrived = signal.sigtimedwait(WATCHED, INTERVAL)
        if (code := reap(child)) is not None:
            return code
        if arrived is not None and arrived.si_signo != signal.SIGCHLD:
            return 128 + arrived.si_signo
        if os.getppid() != plan["host"]:
            return 128 + signal.SIGKILL
        if scratch and usage(scratch) > plan["scratch"]:
            sys.stderr.write("pokerl sandbox: the scratch folder is over its limit\n")
            return 128 + signal.SIGXFSZ


def reap(child: int) -> int | None:
    """Collect what ended; the exit code (128 and the signal's number) if ``child`` is among it."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 128 + signal.SIGKILL
        if pid == 0:
            return None
        if pid == child:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _end_all() -> None:
    """Kill until nothing is left to wait for; more than once, since the program may fork meanwhile."""
    while True:
        for pid in descendants(os.getpid()):
            _kill(pid)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def descendants(root: int) -> list[int]:
    """Every process below ``root``, children before grandchildren."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            parents.setdefault(_parent(int(name)), []).append(int(name))
    found, level = [], [root]
    while level:
        level = [child for pid in level for child in parents.get(pid, ())]
        found += level
    return found


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return -1


def usage(folder: str) -> float:
    """Bytes that the files in ``folder`` occupy.

    Every name counts as one block at least, so that empty files have a price too, and folders nested deeper than
    ``DEEPEST`` count as infinitely large: they could hide files behind names too long for the kernel.
    """
    total, waiting = 0, [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if depth > DEEPEST:
            return math.inf
        for entry in _entries(place):
            total += max(_blocks(entry) * 512, SMALLEST)
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, depth + 1))
    return total


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def _blocks(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks
    except OSError:
        return 0
