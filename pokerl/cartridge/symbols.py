"""Names of the places in RAM."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping

# Beyond this distance from the last symbol a byte is called nameless: "wFoo+0x900" would mislead.
FARTHEST = 0x400
# Where one kind of memory ends and another begins; a name does not reach over it.
BORDERS = (0x8000, 0xA000, 0xC000, 0xE000, 0xFE00, 0xFF00, 0xFF80, 0xFFFF)


class Symbols:
    """Addresses by name, and names by address.

    Where several names share an address, the one that says most about a single byte is used: the longest, unless
    another is preferred or it is only an ``…End`` or a ``…Start``.

    Args:
        addresses: address of each name.
        preferred: names to use where they share an address with others.
    """

    def __init__(self, addresses: Mapping[str, int], preferred: Container[str] = ()) -> None:
        def weight(name: str) -> tuple[bool, bool, int, str]:
            return (name in preferred, not name.endswith(("End", "Start")), len(name), name)

        self.addresses = dict(addresses)
        self._best: dict[int, str] = {}
        for name, address in self.addresses.items():
            if address not in self._best or weight(name) > weight(self._best[address]):
                self._best[address] = name
        self._places = sorted(self._best)

    def at(self, address: int) -> str:
        """The name of a byte, with its distance from the last name if it has none of its own, or ``""``."""
        index = bisect_right(self._places, address) - 1
        if index < 0:
            return ""
        place = self._places[index]
        distance = address - place
        if distance > FARTHEST or bisect_right(BORDERS, place) != bisect_right(BORDERS, address):
            return ""
        return self._best[place] + (f"+0x{distance:X}" if distance else "")
