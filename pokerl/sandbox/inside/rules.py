"""Landlock: which files the process may open, and that it reaches nobody outside."""

# Importing pathlib takes longer than all that is done here.
from __future__ import annotations

import ctypes
import os
import stat
import struct
from typing import Any

from pokerl.sandbox.inside import kernel

VERSION_FLAG = 1
PATH_BENEATH = 1
RIGHTS_BY_VERSION = (0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF)  # + refer (2), truncate (3), ioctl on devices (5)
RIGHTS_OF_FILES = 0x1 | 0x2 | 0x4 | 0x4000 | 0x8000  # execute, write, read, truncate, ioctl
READ = 0x1 | 0x4 | 0x8  # execute, read file, read folder
READ_WRITE_DEVICE = 0x2 | 0x4
SCRATCH = (
    0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x80 | 0x100 | 0x400 | 0x1000 | 0x2000 | 0x4000
)  # no device, socket; execute no
NETWORK_VERSION, NETWORK = 4, 0x3  # bind and connect TCP
SCOPE_VERSION, SCOPE = 6, 0x3  # abstract sockets and signals


def version() -> int:
    """The Landlock version of this kernel, 0 if it has none or it is switched off."""
    try:
        return kernel.syscall("landlock_create_ruleset", None, 0, VERSION_FLAG)
    except OSError:
        return 0


def restrict(places: dict[str, Any]) -> None:
    """Allow this process and its children the given places and nothing else.

    Args:
        places: ``read`` and ``devices``, lists of paths (those that do not exist are left out), ``scratch``, the one
            folder to write in, and ``version``, that of Landlock as the host found it.

    Raises:
        OSError: no Landlock here.
    """
    known = places["version"]
    handled = RIGHTS_BY_VERSION[min(known, len(RIGHTS_BY_VERSION)) - 1]
    ruleset = _create(handled, known)
    for path in places["read"]:
        _allow(ruleset, path, READ & handled)
    for path in places["devices"]:
        _allow(ruleset, path, READ_WRITE_DEVICE & handled)
    _allow(ruleset, places["scratch"], SCRATCH & handled)
    kernel.syscall("landlock_restrict_self", ruleset, 0)
    os.close(ruleset)


def _create(handled: int, known: int) -> int:
    network = NETWORK if known >= NETWORK_VERSION else 0
    scope = SCOPE if known >= SCOPE_VERSION else 0
    size = 24 if known >= SCOPE_VERSION else 16 if known >= NETWORK_VERSION else 8
    attributes = ctypes.create_string_buffer(struct.pack("QQQ", handled, network, scope)[:size], size)
    return kernel.syscall("landlock_create_ruleset", ctypes.c_void_p(ctypes.addressof(attributes)), size, 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= RIGHTS_OF_FILES
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
    kernel.syscall("landlock_add_rule", ruleset, PATH_BENEATH, ctypes.c_void_p(ctypes.addressof(rule)), 0)
    os.close(place)
