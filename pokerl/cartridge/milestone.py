"""Game events worth naming, and how each one shows in memory.

A condition compares two samples of memory and tells whether the event happened between them. Only edges count, never a
level: Red clears the bits of the Elite Four again, and a savestate may begin with bits that others earned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from pokerl.cartridge.memory import MemoryImage

CURRENT_MAP = 0xD35E
BAG = (0xD31D, 42)
BAG_SLOTS = 20
END_OF_LIST = 0xFF


class Guard(Struct, frozen=True):
    """A byte that has one of the bits of ``mask`` set while a game is being played (not title, menus, introduction)."""

    address: int
    mask: int = 0xFF

    def holds(self, memory: MemoryImage) -> bool:
        """Whether it is so in this sample."""
        return bool(memory.byte(self.address) & self.mask)


class EventRises(Struct, frozen=True, tag="event"):
    """One of some bits goes from 0 to 1; each is an address and a bit number."""

    bits: tuple[tuple[int, int], ...]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """What must be read."""
        return tuple((address, 1) for address, _ in self.bits)

    def happened(self, before: MemoryImage, now: MemoryImage) -> bool:
        """Whether one of them rose between two samples."""
        return any(now.byte(address) & ~before.byte(address) & 1 << bit for address, bit in self.bits)


class MapEntered(Struct, frozen=True, tag="map"):
    """The player comes from elsewhere onto one of these maps."""

    maps: tuple[int, ...]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """What must be read."""
        return ((CURRENT_MAP, 1),)

    def happened(self, before: MemoryImage, now: MemoryImage) -> bool:
        """Whether one of the maps was entered between two samples."""
        here = now.byte(CURRENT_MAP)
        return here in self.maps and before.byte(CURRENT_MAP) not in self.maps


class MapPassage(Struct, frozen=True, tag="passage"):
    """The player goes from one map directly to another."""

    origin: int
    destination: int

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """What must be read."""
        return ((CURRENT_MAP, 1),)

    def happened(self, before: MemoryImage, now: MemoryImage) -> bool:
        """Whether that passage lies between two samples."""
        return before.byte(CURRENT_MAP) == self.origin and now.byte(CURRENT_MAP) == self.destination


class ItemGained(Struct, frozen=True, tag="item"):
    """An item that was not in the bag is in it."""

    item: int

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """What must be read."""
        return (BAG,)

    def happened(self, before: MemoryImage, now: MemoryImage) -> bool:
        """Whether it came between two samples."""
        return self.item in _bag(now) and self.item not in _bag(before)


class CounterRises(Struct, frozen=True, tag="counter"):
    """A byte gets larger."""

    address: int

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """What must be read."""
        return ((self.address, 1),)

    def happened(self, before: MemoryImage, now: MemoryImage) -> bool:
        """Whether it grew between two samples."""
        return now.byte(self.address) > before.byte(self.address)


Condition = EventRises | MapEntered | MapPassage | ItemGained | CounterRises


class Milestone(Struct, frozen=True):
    """A game event worth naming.

    Attributes:
        name: a word for data, e.g. ``"champion"``.
        title: what a reader sees, e.g. ``"Beat the Champion"``.
        when: the edge in memory that shows it.
        rank: its place in the usual order of the game, from 1.
        weight: how much of the way it is, relative to the others.
        after: names of milestones that must have been reached before it counts.
        guards: bytes that tell a running game; all must hold in both samples.
    """

    name: str
    title: str
    when: Condition
    rank: int
    weight: float = 1.0
    after: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()


def progress(milestones: Iterable[Milestone], reached: Collection[str]) -> float:
    """How far a path came: the weight of what it reached as a part of the whole, in [0, 1]; 0 if there is nothing."""
    listed = tuple(milestones)
    whole = sum(milestone.weight for milestone in listed)
    return sum(milestone.weight for milestone in listed if milestone.name in reached) / whole if whole else 0.0


def _bag(memory: MemoryImage) -> set[int]:
    data = memory.read(*BAG)
    found: set[int] = set()
    for slot in range(min(data[0], BAG_SLOTS)):
        item = data[1 + 2 * slot]
        if item == END_OF_LIST:
            break
        found.add(item)
    return found
