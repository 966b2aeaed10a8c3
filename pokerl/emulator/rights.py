"""What a socket may ask of a machine. It is fixed when the socket is made and never depends on what is sent."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from pokerl.emulator.capability import CAPABILITIES, Capability
from pokerl.emulator.protocol import Act, Until
from pokerl.errors import CapabilityDenied, UsageProblem

_ROM_END = 0x8000


class Missing(CapabilityDenied):
    """A capability is missing; says which."""

    def __init__(self, capability: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.capability = capability


class Rights(Struct, frozen=True):
    """What a socket may ask for.

    Attributes:
        capabilities: what it may do to the machine.
        commits: whether it may commit.
        host: whether it is the host's own: no budget, and states of any attempt.
    """

    capabilities: frozenset[Capability]
    commits: bool = False
    host: bool = False

    @classmethod
    def of(cls, names: Iterable[str], *, commits: bool) -> Rights:
        """The rights of a client with the capabilities of these names.

        Raises:
            UsageProblem: there is no capability of such a name.
        """
        wanted = set(names)
        unknown = sorted(wanted.difference(CAPABILITIES))
        if unknown:
            raise UsageProblem(f"There is no capability {unknown[0]!r}.", f"Known are {', '.join(CAPABILITIES)}.")
        return cls(frozenset(name for name in CAPABILITIES if name in wanted), commits)

    def require(self, needed: Iterable[Capability]) -> None:
        """Raise :class:`~pokerl.errors.CapabilityDenied` unless all of these are among the capabilities."""
        for capability in needed:
            if capability not in self.capabilities:
                raise Missing(
                    capability,
                    f"This needs the capability '{capability}', which is not granted here.",
                    f"Granted are: {', '.join(sorted(self.capabilities)) or 'none'}.",
                )

    def require_commit(self) -> None:
        """Raise :class:`~pokerl.errors.CapabilityDenied` unless this socket may commit."""
        if not self.commits or not self.capabilities & {"press", "branch"}:
            raise Missing(
                "commit",
                "Only the player's own machine may commit.",
                "Restore the checkpoint on that machine, then commit there.",
            )


HOST = Rights(frozenset(CAPABILITIES), commits=True, host=True)


def needed_for(act: Act) -> set[Capability]:
    """The capabilities that an act needs."""
    needed: set[Capability] = set()
    if act.steps:
        needed.add("press")
    if act.screen:
        needed.add("screen")
    for span in act.reads:
        needed.add("rom.read" if span.address < _ROM_END else "ram.read")
        if span.address < _ROM_END < span.address + span.length:
            needed.add("ram.read")
    for step in act.steps:
        if isinstance(step, Until):
            needed.update("rom.read" if condition.address < _ROM_END else "ram.read" for condition in step.conditions)
            if not step.conditions:
                needed.add("screen")
    return needed
