"""Going on where a machine stood when it was killed."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from pokerl.emulator.client import Client
from pokerl.emulator.frames import FrameCounter
from pokerl.emulator.handle import MachineHandle
from pokerl.emulator.nursery import Nursery
from pokerl.emulator.protocol import MAXIMUM_ACT_FRAMES, Hold, MachineSettings
from pokerl.timeline.steps import steps_of
from pokerl.timeline.tree import Poke, Run, Segment

_HOLDS_AT_ONCE = 1024


def go_on(
    nursery: Nursery, settings: MachineSettings, segment: Segment, frames: FrameCounter | None = None
) -> MachineHandle:
    """A new machine that stands where the acts of a segment lead, whatever became of the machine that did them.

    It starts from the state that the segment began with and does its acts again, which are recorded as its own. An act
    that was recorded is never lost, and one that was not has not happened.

    Args:
        nursery: forks the machine.
        settings: of the new machine; their ``start`` is not looked at.
        segment: usually the last one of the machine that was killed.
        frames: the counter of the attempt's frames, where those done again count.

    Raises:
        RunFolderProblem: an act of the segment is malformed.
        StateRejected: its start state is missing or damaged.
        MachineLost: the new machine died, too.
    """
    start = segment.checkpoint or segment.start
    handle = nursery.start(msgspec.structs.replace(settings, start=start), frames)
    with contextlib.ExitStack() as undo:
        undo.callback(handle.stop)
        if not segment.checkpoint:
            _do_again(handle.control, segment)
        undo.pop_all()
    return handle


def _do_again(client: Client, segment: Segment) -> None:
    for tool, acts in itertools.groupby(_acts(segment), key=lambda act: act.tool):
        holds: list[Hold] = []
        for act in acts:
            if isinstance(act, Poke):
                _hold(client, holds, tool)
                client.poke(act.address, act.after, tool=tool, why=act.why)
                holds = []
            else:
                holds.append(Hold(act.mask, act.frames))
        _hold(client, holds, tool)


def _acts(segment: Segment) -> Iterator[Run | Poke]:
    for step in steps_of(segment):
        if isinstance(step, Run):
            for frames in _pieces(step.frames):
                yield Run(step.mask, frames, step.tool)
        elif isinstance(step, Poke):
            yield step


def _pieces(frames: int) -> Iterator[int]:
    while frames > 0:
        yield min(frames, MAXIMUM_ACT_FRAMES // _HOLDS_AT_ONCE)
        frames -= MAXIMUM_ACT_FRAMES // _HOLDS_AT_ONCE


def _hold(client: Client, holds: Sequence[Hold], tool: str) -> None:
    for start in range(0, len(holds), _HOLDS_AT_ONCE):
        client.act(holds[start : start + _HOLDS_AT_ONCE], tool=tool)
