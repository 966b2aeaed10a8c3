"""User ids for sandboxes that root starts, and how busy a user is."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

DYNAMIC = range(61184, 65520)  # the range that Linux distributions leave to short-lived users, systemd's DynamicUser


def unused() -> int:
    """A user id that no process has if this process is root, else 0."""
    if os.geteuid() != 0:
        return 0
    taken = {owner for owner, _ in _processes()}
    return random.choice([user for user in DYNAMIC if user not in taken])


def tasks(user: int) -> int:
    """How many processes and threads a user has on this machine now; the kernel's limit counts them all."""
    return sum(count for owner, count in _processes() if owner == user)


def _processes() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found = (folder / "task").stat()
            except OSError:
                continue
            yield found.st_uid, found.st_nlink - 2
