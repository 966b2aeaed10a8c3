"""The watch that notices milestones while a machine runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from pokerl.cartridge.memory import MemoryImage
from pokerl.cartridge.milestone import Milestone
from pokerl.errors import StateRejected


class WatchState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a watch carries from a checkpoint to whoever goes on from there.

    Attributes:
        reached: names of the milestones of this path, in the order they were reached.
        sample: address and bytes of the last sample, which the next one is compared with.
    """

    reached: tuple[str, ...] = ()
    sample: tuple[tuple[int, bytes], ...] = ()


class MilestoneWatch:
    """Notices each milestone once on a path, when its edge lies between two samples.

    The first sample is only a base line: what is already so when a watch begins was not reached under its eyes.
    A milestone's guards must hold in both samples, so that nothing counts at the title screen, where memory is blank,
    nor at the moment a game starts or a saved one is loaded.

    Args:
        milestones: what to watch for.
    """

    def __init__(self, milestones: Iterable[Milestone]) -> None:
        self.milestones = tuple(milestones)
        self.spans = _merge(self.milestones)
        self._reached: dict[str, None] = {}
        self._pending = self.milestones
        self._before: MemoryImage | None = None

    @property
    def reached(self) -> tuple[str, ...]:
        """Names of the milestones of this path, in the order they were reached."""
        return tuple(self._reached)

    def update(self, memory: MemoryImage) -> list[Milestone]:
        """Compare with the sample before.

        Args:
            memory: an image of ``spans`` (it may hold more, but is compared fastest when it holds just them).

        Returns:
            The milestones newly reached on this path, in order of rank; mostly none.
        """
        before = self._before
        if before is not None and before.spans == memory.spans:
            return []
        now = self._before = self._sample(memory)
        if before is None:
            return []
        new = [milestone for milestone in self._pending if self._counts(milestone, before, now)]
        if new:
            self._latch(milestone.name for milestone in new)
        return new

    def state(self) -> dict[str, Any]:
        """Plain data (JSON) to store beside a machine's state."""
        sample = () if self._before is None else self._before.spans
        plain: dict[str, Any] = msgspec.to_builtins(WatchState(self.reached, sample))
        return plain

    @classmethod
    def from_state(cls, milestones: Iterable[Milestone], state: Mapping[str, Any]) -> MilestoneWatch:
        """A watch that goes on where another one stood.

        Raises:
            StateRejected: the data did not come from :meth:`state`.
        """
        try:
            stored = msgspec.convert(dict(state), WatchState)
        except msgspec.ValidationError as error:
            raise StateRejected(
                f"The milestone record of a savestate is malformed: {error}.", "Make the savestate again."
            ) from error
        watch = cls(milestones)
        watch._latch(stored.reached)
        if tuple((address, len(data)) for address, data in stored.sample) == watch.spans:
            watch._before = MemoryImage(stored.sample)
        return watch

    def _sample(self, memory: MemoryImage) -> MemoryImage:
        if tuple((address, len(data)) for address, data in memory.spans) == self.spans:
            return memory
        return MemoryImage((address, memory.read(address, length)) for address, length in self.spans)

    def _counts(self, milestone: Milestone, before: MemoryImage, now: MemoryImage) -> bool:
        return (
            milestone.when.happened(before, now)
            and all(guard.holds(before) and guard.holds(now) for guard in milestone.guards)
            and all(name in self._reached for name in milestone.after)
        )

    def _latch(self, names: Iterable[str]) -> None:
        self._reached.update(dict.fromkeys(names))
        self._pending = tuple(milestone for milestone in self.milestones if milestone.name not in self._reached)


def _merge(milestones: Iterable[Milestone]) -> tuple[tuple[int, int], ...]:
    wanted = {span for milestone in milestones for span in milestone.when.spans}
    wanted |= {(guard.address, 1) for milestone in milestones for guard in milestone.guards}
    merged: list[tuple[int, int]] = []
    for address, length in sorted(wanted):
        # A byte that nobody needs would make samples differ that do not (the player's position, say).
        if merged and address <= merged[-1][0] + merged[-1][1]:
            start = merged[-1][0]
            merged[-1] = (start, max(merged[-1][1], address + length - start))
        else:
            merged.append((address, length))
    return tuple(merged)
