"""What happened along a path of the tree, step by step, as a replay repeats it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from pokerl.errors import RunFolderProblem
from pokerl.timeline.data import LONGEST_RUN
from pokerl.timeline.tree import Poke, Run, Segment


class Check(Struct, frozen=True):
    """A checkpoint at the end of a segment: the frame and the RAM hash that a replay must show there."""

    frame: int
    ram: str


Step = Run | Poke | Check


def steps_of(segment: Segment) -> Iterator[Step]:
    """What happened in a segment, in order, its checkpoint last.

    Raises:
        RunFolderProblem: one of its inputs or pokes is malformed.
    """
    for act in segment.acts:
        if not (_run_fits(act) if isinstance(act, Run) else _poke_fits(act)):
            raise RunFolderProblem(
                f"Segment {segment.identifier} holds an input or poke that no machine would record.",
                "The log was changed after it was written; restore it from a copy.",
            )
        yield act
    if segment.checkpoint:
        yield Check(segment.end_frame, segment.ram)


def frames_in(path: Sequence[Segment]) -> int:
    """Frames that the inputs of a path run.

    Raises:
        RunFolderProblem: one of them is malformed.
    """
    return sum(step.frames for segment in path for step in steps_of(segment) if isinstance(step, Run))


def _run_fits(run: Run) -> bool:
    return (
        isinstance(run.mask, int)
        and 0 <= run.mask <= 0xFF
        and isinstance(run.frames, int)
        and 0 <= run.frames <= LONGEST_RUN
    )


def _poke_fits(poke: Poke) -> bool:
    return (
        isinstance(poke.address, int)
        and 0x8000 <= poke.address <= 0x10000 - len(poke.after)
        and len(poke.before) == len(poke.after) > 0
    )
