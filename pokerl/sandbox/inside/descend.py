"""From root to a user that owns nothing, without losing sight of what the program needs.

A sandbox started by root would keep a root-owned process in it: process limits do not bind root, and files of root stay
files of root. So root first becomes a user id that nobody has. What lies behind folders closed to others (an
interpreter in ``/root``) or belongs to root alone is shown to that user through mounts of our own, seen by nobody else.
"""

# Importing pathlib takes longer than all that is done here.
# ruff: noqa: PTH102, PTH103, PTH110, PTH112, PTH114, PTH115, PTH116, PTH120, PTH123, PTH211
from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct

from pokerl.sandbox.inside import kernel

AT_EMPTY_PATH = 0x1000
AT_RECURSIVE = 0x8000
OPEN_TREE_CLONE = 1
MOUNT_ATTR_IDMAP = 0x00100000
LAST_CAPABILITY = 63


def descend(user: int, needed: list[str], shown: list[str], groups: tuple[int, ...] = ()) -> None:
    """Become ``user`` for good, with all capabilities gone.

    Args:
        user: user and group id to take.
        needed: paths that must stay reachable.
        shown: those of them whose files are readable even where they belong to root alone.
        groups: further groups of that user.

    Raises:
        OSError: a path is closed to others and mounts are not allowed here, or there is no right to change the user.
    """
    behind = [path for path in needed if closed_ancestor(path)]
    try:
        if behind or shown:
            _open_in_private(behind, shown, user)
    except PermissionError:  # no mounts in this container: then the modes of the files decide
        if behind:
            raise
    _drop_bounding_set()
    os.setgroups(groups)
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else this process could not even write to its own /proc


def closed_ancestor(path: str) -> str:
    """The topmost folder on the way to ``path`` that others may not enter, or an empty string."""
    parts = path.split("/")
    folders = ["/".join(parts[:count]) or "/" for count in range(1, len(parts))]
    return next((folder for folder in folders if not os.stat(folder).st_mode & 0o001), "")


def _open_in_private(behind: list[str], shown: list[str], user: int) -> None:
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", "none", kernel.MS_REC_PRIVATE)
    links = {path: os.readlink(path) for path in behind if os.path.islink(path)}
    wanted = [path for path in dict.fromkeys([*behind, *shown]) if path not in links]
    trees = {path: clone(path, user if path in shown else None) for path in wanted}
    for folder in sorted({closed_ancestor(path) for path in behind}):
        kernel.mount("tmpfs", folder, "tmpfs", kernel.MS_NOSUID_NODEV, "mode=0755,size=1m")
    for path, tree in trees.items():
        _make_place(path, tree)
        kernel.attach(tree, path)
        os.close(tree)
    for path, target in links.items():
        with contextlib.suppress(FileExistsError):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(target, path)


def clone(path: str, user: int | None) -> int:
    """A mount of ``path`` that is nowhere yet, as a descriptor; what is root's in it is the ``user``'s, if any."""
    flags = OPEN_TREE_CLONE | os.O_CLOEXEC | AT_RECURSIVE
    tree = kernel.syscall("open_tree", kernel.AT_FDCWD, os.fsencode(path), flags)
    if user is not None:
        with (
            contextlib.suppress(OSError),
            _mapping(user) as namespace,
        ):  # a file system may not know how: then modes decide
            attributes = ctypes.create_string_buffer(struct.pack("QQQQ", MOUNT_ATTR_IDMAP, 0, 0, namespace), 32)
            place = ctypes.c_void_p(ctypes.addressof(attributes))
            kernel.syscall("mount_setattr", tree, b"", AT_EMPTY_PATH | AT_RECURSIVE, place, 32)
    return tree


class _mapping(contextlib.AbstractContextManager[int]):
    """A user namespace in which what belongs to root appears as belonging to ``user``; gives its descriptor."""

    def __init__(self, user: int) -> None:
        ready, ready_end = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            _hold_namespace(ready_end)
        os.close(ready_end)
        os.read(ready, 1)  # nothing if the child failed; then its files below are gone too
        os.close(ready)
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{self._child}/{name}", "w") as file:
                file.write(f"0 {user} 1\n")
        self._namespace = os.open(f"/proc/{self._child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)

    def __enter__(self) -> int:
        return self._namespace

    def __exit__(self, *_: object) -> None:
        os.close(self._namespace)
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)


def _hold_namespace(ready: int) -> None:
    try:
        kernel.unshare(kernel.CLONE_NEWUSER)
        os.write(ready, b"1")
        signal.pause()
    finally:
        os._exit(1)


def _make_place(path: str, tree: int) -> None:
    if os.path.exists(path):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.isdir(f"/proc/self/fd/{tree}"):
        os.mkdir(path)
    else:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o444))


def _drop_bounding_set() -> None:
    kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(LAST_CAPABILITY + 1):
        with contextlib.suppress(OSError):  # numbers that this kernel does not know, or no right to drop
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
