"""What was read of a machine's memory at one moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from pokerl.errors import UsageProblem


class MemoryImage:
    """Some stretches of memory as they stood at one moment.

    Args:
        spans: pairs of an address on the CPU's bus and the bytes read from there.
    """

    __slots__ = ("_addresses", "spans")

    def __init__(self, spans: Iterable[tuple[int, bytes]]) -> None:
        self.spans: tuple[tuple[int, bytes], ...] = tuple(sorted(spans))
        self._addresses = [address for address, _ in self.spans]

    def read(self, address: int, length: int) -> bytes:
        """The ``length`` bytes from ``address``.

        Raises:
            UsageProblem: no single span holds all of them.
        """
        index = bisect_right(self._addresses, address) - 1
        if index >= 0:
            start, data = self.spans[index]
            offset = address - start
            if offset + length <= len(data):
                return data[offset : offset + length]
        raise UsageProblem(
            f"The {length} bytes from {address:04X} are not in this memory image.", "Read them from the machine first."
        )

    def byte(self, address: int) -> int:
        """The byte at ``address``; raises like :meth:`read`."""
        index = bisect_right(self._addresses, address) - 1
        if index >= 0:
            start, data = self.spans[index]
            if address - start < len(data):
                return data[address - start]
        return self.read(address, 1)[0]
