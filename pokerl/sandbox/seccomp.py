"""The system call filter: a list of what is allowed, assembled into the kernel's small machine language (classic BPF).

Anything else is refused with EPERM, whatever later kernels add. Rules look at numbers only: a filter cannot follow
pointers, so calls whose danger hides behind one (``clone3``, ``openat2``) are absent and libc uses the older ones.
"""

from __future__ import annotations

import errno
import functools
import platform
import struct
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column in syscalls.toml, AUDIT_ARCH_…
X32_BIT = 0x40000000

LOAD, JUMP_EQUAL, JUMP_ANY_BIT, JUMP_AT_LEAST, MASK, RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
REFUSED, ABSENT = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS

NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000  # CLONE_NEW…
AF_UNIX, SOCK_STREAM = 1, 1
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1031, 1032, 1033, 1034, 36, 37, 38)  # dup, flags, locks, pipe size, seals
PRCTLS = (15, 16, 23, 39, 0x53564D41)  # name, read bounding set and no-new-privileges, name memory
ACCESS_MODE, TRUNCATE = 0o3, 0o1000

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def supported() -> bool:
    """Whether the numbers of this processor's system calls are known."""
    return platform.machine() in ARCHITECTURES


@functools.cache
def assemble(*, signals: bool, attributes: bool) -> bytes:
    """The filter for this processor.

    Args:
        signals: allow signals to any process (something else keeps them inside).
        attributes: allow to change modes, owners and times and to truncate by path (read-only mounts govern that).

    Returns:
        ``struct sock_filter`` instructions, 8 bytes each.
    """
    column, architecture = ARCHITECTURES[platform.machine()]
    calls = tomllib.loads(Path(__file__).with_name("syscalls.toml").read_text())
    conditions = _conditions(truncate=attributes)
    plain = {name: numbers[column] for group in calls["allowed"].values() for name, numbers in group.items()}
    plain |= _column(calls["signals"], column) if signals else {}
    plain |= _column(calls["attributes"], column) if attributes else {}
    program = _prologue(architecture)
    for name, number in plain.items():
        if name not in conditions and number >= 0:
            program += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    for number in _column(calls["absent"], column).values():
        program += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ABSENT)]
    for name, number in (plain | _column(calls["conditional"], column)).items():
        if name in conditions and number >= 0:
            program += [(JUMP_EQUAL, 0, len(conditions[name]), number), *conditions[name]]
    return b"".join(struct.pack("=HBBI", *step) for step in [*program, (RETURN, 0, 0, REFUSED)])


def _column(calls: dict[str, Any], column: int) -> dict[str, int]:
    return {name: numbers[column] for name, numbers in calls.items()}


def _prologue(architecture: int) -> list[Instruction]:
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (JUMP_AT_LEAST, 0, 1, X32_BIT),
        (RETURN, 0, 0, ABSENT),
    ]


def _conditions(*, truncate: bool) -> dict[str, list[Instruction]]:
    """What the arguments of each conditional call must be; every block ends in a verdict."""
    conditions = {
        "clone": [_low(0), (JUMP_ANY_BIT, 0, 1, NAMESPACES), (RETURN, 0, 0, REFUSED), (RETURN, 0, 0, ALLOW)],
        "socketpair": [*_must_equal(0, AF_UNIX), _low(1), (MASK, 0, 0, 0xF), *_equal_or_refuse(SOCK_STREAM), _allow()],
        "sendto": [*_must_equal(4, 0), _high(4), *_equal_or_refuse(0), _allow()],
        "prlimit64": [*_must_equal(0, 0), _allow()],
        "sched_setaffinity": [*_must_equal(0, 0), _allow()],
        "ioctl": _one_of(1, IOCTLS),
        "fcntl": _one_of(1, FCNTLS),
        "prctl": _one_of(0, PRCTLS),
    }
    if not truncate:  # older Landlock does not see that opening for reading with O_TRUNC writes
        conditions |= {"openat": _no_truncation(2), "open": _no_truncation(1)}
    return conditions


def _low(argument: int) -> Instruction:
    return (LOAD, 0, 0, ARGUMENTS + 8 * argument)


def _high(argument: int) -> Instruction:
    return (LOAD, 0, 0, ARGUMENTS + 8 * argument + 4)


def _allow() -> Instruction:
    return (RETURN, 0, 0, ALLOW)


def _equal_or_refuse(value: int) -> list[Instruction]:
    return [(JUMP_EQUAL, 1, 0, value), (RETURN, 0, 0, REFUSED)]


def _must_equal(argument: int, value: int) -> list[Instruction]:
    return [_low(argument), *_equal_or_refuse(value)]


def _one_of(argument: int, values: Iterable[int]) -> list[Instruction]:
    steps = [_low(argument)]
    for value in values:
        steps += [(JUMP_EQUAL, 0, 1, value), _allow()]
    return [*steps, (RETURN, 0, 0, REFUSED)]


def _no_truncation(argument: int) -> list[Instruction]:
    masked = (MASK, 0, 0, ACCESS_MODE | TRUNCATE)
    return [_low(argument), masked, (JUMP_EQUAL, 0, 1, TRUNCATE), (RETURN, 0, 0, REFUSED), _allow()]
