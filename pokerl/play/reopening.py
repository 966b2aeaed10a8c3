"""A further machine in the place of one that died or hangs."""

from __future__ import annotations

from pokerl.emulator import MachineHandle
from pokerl.errors import MachineLost
from pokerl.play.machines import MachinePark
from pokerl.play.run import Run
from pokerl.timeline import Segment, Tree, read_events


def answers(machine: MachineHandle) -> bool:
    """Whether a machine still does; one that hangs is waited for."""
    try:
        machine.control.status()
    except MachineLost:
        return False
    return machine.alive


def replacement(run: Run, park: MachinePark, lost: MachineHandle) -> tuple[MachineHandle, Segment]:
    """A machine that stands where the last recorded act of a lost one led, and the segment that it goes on from.

    Frames that are done again for that are counted.

    Args:
        run: what the attempt belongs to.
        park: the attempt's machines; the lost one is ended.
        lost: what died or hangs.

    Raises:
        MachineLost: the new machine died, too, or the lost one had not begun.
    """
    name = lost.settings.machine
    park.end(lost)
    own = (event for event in read_events(run.folder) if event.machine == name)
    segments = Tree.from_events(own).segments
    if not segments:
        raise MachineLost("The machine died before it had begun.", "Begin again.")
    return park.go_on(segments[-1]), segments[-1]
