"""The kernel calls that Python lacks, through libc's ``syscall``."""

# Importing pathlib takes longer than all that is done here.
from __future__ import annotations

import ctypes
import os

SYSCALL_NUMBERS = {"open_tree": 428, "move_mount": 429, "mount_setattr": 442, "landlock_create_ruleset": 444}
SYSCALL_NUMBERS |= {"landlock_add_rule": 445, "landlock_restrict_self": 446}  # equal on every architecture since 5.1

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2

AT_FDCWD = -100
MOVE_MOUNT_F_EMPTY_PATH = 4
MNT_DETACH = 2

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_NOSUID_NODEV = 0x2 | 0x4
MS_REC_PRIVATE = 0x4000 | 0x40000

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(name: str, *arguments: int | bytes | ctypes.c_void_p | None) -> int:
    """Make one of ``SYSCALL_NUMBERS``; whole numbers are passed as 64 bits.

    Raises:
        OSError: the kernel refused it.
    """
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return _checked(int(_libc.syscall(ctypes.c_long(SYSCALL_NUMBERS[name]), *words)), name)


def prctl(option: int, *arguments: int | ctypes.c_void_p) -> int:
    """Change a property of this process."""
    words = [ctypes.c_ulong(word) if isinstance(word, int) else word for word in arguments]
    words += [ctypes.c_ulong(0)] * (4 - len(words))
    return _checked(int(_libc.prctl(ctypes.c_int(option), *words)), f"prctl {option}")


def unshare(flags: int) -> None:
    """Leave the namespaces that ``flags`` names for new ones."""
    _checked(int(_libc.unshare(ctypes.c_int(flags))), "unshare")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system, or change a mount."""
    words = [os.fsencode(word) for word in (source, target, kind)]
    done = _libc.mount(*words, ctypes.c_ulong(flags), os.fsencode(options))
    _checked(int(done), f"mount on {target}")


def attach(tree: int, target: str) -> None:
    """Put the mount that ``tree`` is a descriptor of at a place."""
    syscall("move_mount", tree, b"", AT_FDCWD, os.fsencode(target), MOVE_MOUNT_F_EMPTY_PATH)


def unmount(target: str) -> None:
    """Take a mount away from its place; who has it elsewhere keeps it."""
    _checked(int(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH))), f"unmount {target}")


def no_new_privileges() -> None:
    """From here on no program gains rights by being started, set-user-id programs included."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def install_filter(instructions: bytes) -> None:
    """Filter the system calls of this process and its children from here on."""
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = _Program(len(instructions) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_void_p(ctypes.addressof(program)))
