"""A machine on which somebody who designs tries things: the designer's own, and one for each of its helpers."""

from __future__ import annotations

import threading

from pokerl.emulator import MachineHandle
from pokerl.errors import MachineLost
from pokerl.play.branches import Branches
from pokerl.play.machines import MachinePark
from pokerl.play.reopening import answers, replacement
from pokerl.play.run import Run
from pokerl.rlm.extension import Function, Reply


class Probe:
    """One machine of the desk's, started when it is first needed and again when it was lost.

    Args:
        run: the run.
        park: where machines come from.
        start: digest of the checkpoint that it begins with; empty for power-on.
        frames: what it alone may run; 0 for no limit of its own.
    """

    def __init__(self, run: Run, park: MachinePark, start: str, frames: int = 0) -> None:
        self._run = run
        self._branches = Branches(park)
        self._park = park
        self._start = start
        self._frames = frames
        self._machine: MachineHandle | None = None
        self._replacing = threading.Lock()

    @property
    def lost(self) -> bool:
        """Whether it was started, and died or hangs."""
        return self._machine is not None and not answers(self._machine)

    def functions(self) -> dict[str, Function]:
        """What a worker may ask about machines."""
        return self._branches.functions() | {"reopen_machine": lambda _: Reply(None, self._client())}

    def descriptors(self) -> tuple[int, ...]:
        """A socket to it for a new worker, as ``Extension.descriptors`` wants it; those of the one before end."""
        self._branches.drop()
        return self._client()

    def _client(self) -> tuple[int, ...]:
        """A socket to it; if it is lost, to the one that goes on in its place."""
        with self._replacing:
            if self._machine is None:
                self._machine = self._park.start(self._start, frames=self._frames)
            elif not answers(self._machine):
                self._machine = self._another(self._machine)
            return (self._machine.open_client(frozenset(self._park.capabilities)).detach(),)

    def _another(self, lost: MachineHandle) -> MachineHandle:
        """One that stands where the lost one stood; where that had a limit of its own, at the beginning."""
        if not self._frames:
            return replacement(self._run, self._park, lost)[0]
        self._park.end(lost)
        return self._park.start(self._start, frames=self._frames)

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
