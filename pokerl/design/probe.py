"""A machine on which somebody who designs tries things: the designer's own, and one for each of its helpers."""

from __future__ import annotations

from pokerl.emulator import MachineHandle
from pokerl.errors import MachineLost
from pokerl.play.machines import MachinePark


class Probe:
    """One machine of the desk's, started when it is first needed and again when it was lost.

    Args:
        park: where machines come from.
        start: digest of the checkpoint that it begins with; empty for power-on.
        frames: what it alone may run; 0 for no limit of its own.
    """

    def __init__(self, park: MachinePark, start: str, frames: int = 0) -> None:
        self._park = park
        self._start = start
        self._frames = frames
        self._machine: MachineHandle | None = None

    @property
    def lost(self) -> bool:
        """Whether it was started and died."""
        return self._machine is not None and not self._machine.alive

    def client(self) -> tuple[int, ...]:
        """A socket to it for model-written code, as ``Extension.descriptors`` wants it."""
        if self._machine is None or not self._machine.alive:
            self._machine = self._park.start(self._start, frames=self._frames)
        return (self._machine.open_client(frozenset(self._park.capabilities)).detach(),)

    def checkpoint(self, label: str) -> str:
        """Keep where it stands; the digest. That of its beginning if it never ran or is lost."""
        if self._machine is None:
            return self._start
        try:
            return self._machine.control.checkpoint(label=label).checkpoint
        except MachineLost:
            return self._start

    def end(self) -> None:
        """Stop it; its frames stay counted."""
        if self._machine is not None:
            self._park.end(self._machine)
            self._machine = None
