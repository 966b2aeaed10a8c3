"""Pictures of a path, made by replaying its inputs; only the frames that are shown are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pokerl.emulator.machine import Machine
from pokerl.timeline.steps import frames_in, steps_of
from pokerl.timeline.tree import Poke, Run, Segment


class Shot(Struct, frozen=True):
    """One picture: what was on the screen after a frame, and who did what.

    ``pokes`` are those since the shot before.
    """

    frame: int
    segment: str
    buttons: int
    tool: str
    pokes: tuple[Poke, ...]
    picture: NDArray[np.uint8]


def shots(machine: Machine, path: Sequence[Segment], every: int = 1, *, last: bool = True) -> Iterator[Shot]:
    """Replay segments and draw every ``every``-th frame.

    Args:
        machine: where the path begins; it is moved to its end.
        path: segments that follow one another.
        every: frames from one picture to the next, at least 1, counted from where the path begins.
        last: whether the very last frame is drawn in any case.
    """
    left, since = frames_in(path), 0
    pokes: tuple[Poke, ...] = ()
    for where, step in ((segment.identifier, step) for segment in path for step in steps_of(segment)):
        if isinstance(step, Poke):
            machine.write(step.address, step.after)
            pokes = (*pokes, step)
        elif isinstance(step, Run):
            held = step.frames
            while held:
                frames = min(held, every - since)
                held, left, since = held - frames, left - frames, since + frames
                shown = since == every or (last and not left)
                machine.run(step.mask, frames, render=shown)
                if shown:
                    yield Shot(machine.frame, where, step.mask, step.tool, pokes, machine.screen())
                    since, pokes = 0, ()
