"""Counting frames over all machines of an attempt, in memory that their processes share."""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from types import TracebackType

CAPACITY = 131_070
RECORDS = CAPACITY + 1
"""The slot that counts no frames but the nodes and pokes of all machines."""
_SLOT = 8


class FrameCounter:
    """The frames run by all machines of an attempt together, and by each.

    The host makes one per attempt and hands its descriptor to each machine, and every machine has a slot of its own.
    Under a limit slot 0 is the total, guarded by a file lock. Without one nobody needs it, each writes only its own
    slot, and the total is their sum. A machine takes frames before it runs them, so a limit is never overrun and a
    killed machine's frames stay counted.

    Args:
        descriptor: an existing counter's descriptor, owned from now on; without it a new counter is made.
        limit: frames that may be taken in total; 0 for no limit.
    """

    def __init__(self, descriptor: int | None = None, *, limit: int = 0) -> None:
        self.limit = limit
        size = (CAPACITY + 2) * _SLOT
        if descriptor is None:
            descriptor = os.memfd_create("pokerl-frames", os.MFD_CLOEXEC)
            os.ftruncate(descriptor, size)
        self.descriptor = descriptor
        self._map = mmap.mmap(descriptor, size)
        self._slots = memoryview(self._map).cast("Q")
        self._given = 0
        self._highest = 0
        self._giving = threading.Lock()

    @property
    def total(self) -> int:
        """Frames run by all machines together; without a limit only the host, which gave the slots, knows it."""
        return self._slots[0] if self.limit else sum(self._slots[: self._highest + 1])

    def of(self, slot: int) -> int:
        """Frames run by the machine with that slot."""
        return self._slots[slot]

    def new_slot(self) -> int:
        """A slot for another machine. Only the host asks for one."""
        with self._giving:
            self._given = self._given % CAPACITY + 1
            self._highest = max(self._highest, self._given)
            if not self.limit:
                self._slots[0] += self._slots[self._given]
            self._slots[self._given] = 0
            return self._given

    def take(self, slot: int, wanted: int, *, limited: bool = True) -> int:
        """Count up to ``wanted`` frames and return how many the limit allows (0 when it is reached)."""
        if not self.limit:
            self._slots[slot] += wanted
            return wanted
        fcntl.lockf(self.descriptor, fcntl.LOCK_EX)
        try:
            granted = min(wanted, max(0, self.limit - self._slots[0])) if limited else wanted
            self._slots[0] += granted
            self._slots[slot] += granted
        finally:
            fcntl.lockf(self.descriptor, fcntl.LOCK_UN)
        return granted

    def record(self) -> int:
        """Count one more poke, checkpoint or restore of the attempt, and return how many there are."""
        fcntl.lockf(self.descriptor, fcntl.LOCK_EX)
        try:
            self._slots[RECORDS] += 1
            return self._slots[RECORDS]
        finally:
            fcntl.lockf(self.descriptor, fcntl.LOCK_UN)

    def give_back(self, slot: int, unused: int) -> None:
        """Take back the count of frames that were taken but not run."""
        if not self.limit:
            self._slots[slot] -= unused
            return
        fcntl.lockf(self.descriptor, fcntl.LOCK_EX)
        try:
            self._slots[0] -= unused
            self._slots[slot] -= unused
        finally:
            fcntl.lockf(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the shared memory (the other processes keep theirs); what was counted stays readable."""
        if self.descriptor >= 0:
            shared, self._slots = self._slots, memoryview(self._map[:]).cast("Q")
            shared.release()
            self._map.close()
            os.close(self.descriptor)
            self.descriptor = -1

    def __enter__(self) -> FrameCounter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
