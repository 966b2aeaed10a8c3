"""What a sandboxed program may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Policy:
    """The bounds of one sandboxed program; everything not listed is forbidden.

    Args:
        readable: files and folders that may be read (never written), beside the Python installation and this package.
        scratch_bytes: how much the program may keep in its private scratch folder, which is also its working
            directory, ``HOME`` and ``TMPDIR``.
        memory_bytes: address space of each process; more gives a ``MemoryError``.
        processes: processes and threads alive at once.
        open_files: file descriptors open at once in each process.
        file_bytes: size of the largest single file.
        environment: variables set on top of the few that ``launch`` sets; nothing is inherited from the host.
    """

    readable: tuple[Path, ...] = ()
    scratch_bytes: int = 256 * MEBIBYTE
    memory_bytes: int = 2048 * MEBIBYTE
    processes: int = 64
    open_files: int = 256
    file_bytes: int = 64 * MEBIBYTE
    environment: Mapping[str, str] = field(default_factory=dict)
