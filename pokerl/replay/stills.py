"""Small pictures of a run for a page: a GIF of chosen moments, a PNG of one frame."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pokerl.errors import RunFolderProblem, UsageProblem
from pokerl.replay.encoder import FRAME_RATE
from pokerl.replay.record import Record
from pokerl.replay.shots import shots
from pokerl.replay.verify import begin, open_machine
from pokerl.timeline.steps import frames_in
from pokerl.timeline.tree import Segment

EVERY = 6
"""Frames of play from one picture of a GIF to the next: ten pictures a second."""

BEFORE, AFTER = 60, 48
COLOURS = 16


def make_gif(
    record: Record,
    path: Sequence[Segment],
    rom: Path | str,
    target: Path,
    *,
    moments: Sequence[int] = (),
    scale: int = 2,
) -> int:
    """Write a short GIF of a path.

    Args:
        record: the run.
        path: segments from the root, e.g. a trunk.
        rom: the ROM file.
        target: the file; it appears only when it is complete.
        moments: frames of the path around which to show about two seconds each; by default the milestones' frames and
            the end.
        scale: whole number by which pictures are enlarged.

    Returns:
        How many pictures it holds.
    """
    machine = open_machine(record, rom)
    try:
        begin(machine, record, path)
        end = machine.frame + frames_in(path)
        wanted = windows(moments or [*(frame for segment in path for _, frame in segment.milestones), end], end)
        pictures = [
            _enlarge(shot.picture, scale)
            for shot in shots(machine, path, EVERY)
            if any(start <= shot.frame <= stop for start, stop in wanted)
        ]
    finally:
        machine.close()
    if not pictures:
        raise RunFolderProblem("The path has no frame to show.", "Choose an attempt that played.")
    _save_gif(pictures, target)
    return len(pictures)


def make_still(
    record: Record, path: Sequence[Segment], rom: Path | str, target: Path, *, frame: int | None = None, scale: int = 2
) -> None:
    """Write a PNG of the screen after a frame of a path; of its last frame by default.

    Raises:
        UsageProblem: the path does not reach that frame.
    """
    machine = open_machine(record, rom)
    try:
        begin(machine, record, path)
        every = 1 if frame is not None else max(1, frames_in(path))
        picture = next((shot.picture for shot in shots(machine, path, every) if frame in (None, shot.frame)), None)
    finally:
        machine.close()
    if picture is None:
        raise UsageProblem(f"The path does not reach frame {frame}.", "Choose one between its first and its last.")
    with complete(target) as draft:
        Image.fromarray(_enlarge(picture, scale)).save(draft, format="PNG", optimize=True)


def windows(moments: Sequence[int], end: int) -> tuple[tuple[int, int], ...]:
    """First and last frame of what is shown around each moment, overlapping ones joined, in order."""
    joined: list[tuple[int, int]] = []
    for moment in sorted(moments):
        start, stop = max(0, moment - BEFORE), min(end, moment + AFTER)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return tuple(joined)


@contextmanager
def complete(target: Path) -> Iterator[Path]:
    """A name to write under; what was written gets the real one if the block ends well, else it is removed."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _enlarge(picture: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    return picture.repeat(scale, axis=0).repeat(scale, axis=1)


def _save_gif(pictures: Sequence[NDArray[np.uint8]], target: Path) -> None:
    frames = [Image.fromarray(picture).quantize(COLOURS, dither=Image.Dither.NONE) for picture in pictures]
    each = round(1000 * EVERY / float(FRAME_RATE) / 10) * 10  # a GIF counts in hundredths of a second
    durations = [each] * (len(frames) - 1) + [1500]
    with complete(target) as draft:
        frames[0].save(draft, format="GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
