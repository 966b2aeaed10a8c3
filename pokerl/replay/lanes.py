"""Where each segment of a tree is drawn: frames run to the right, and no two segments of a lane overlap."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct


class Stretch(Struct, frozen=True):
    """What must be known of a segment to draw it: its id, its parent's ("" for none), its first and last frame."""

    segment: str
    parent: str
    start: int
    end: int


class Placed(Struct, frozen=True):
    """A stretch and its lane; ``parent_lane`` is where it branches off (its own lane for a root)."""

    stretch: Stretch
    lane: int
    parent_lane: int


def place(stretches: Sequence[Stretch], trunk: Collection[str]) -> tuple[Placed, ...]:
    """Give each stretch a lane.

    Args:
        stretches: parents before their children.
        trunk: ids of the segments on the trunk; they get lane 0 and nothing else does.

    Returns:
        One entry a stretch, in the same order. A child goes on in its parent's lane where that is free.
    """
    taken: dict[int, list[tuple[int, int]]] = {}
    lanes: dict[str, int] = {}
    placed: list[Placed] = []
    for stretch in stretches:
        above = lanes.get(stretch.parent, -1)
        lane = 0 if stretch.segment in trunk else _free_lane(stretch, above, taken)
        taken.setdefault(lane, []).append((stretch.start, stretch.end))
        lanes[stretch.segment] = lane
        placed.append(Placed(stretch, lane, above if above >= 0 else lane))
    return tuple(placed)


def _free_lane(stretch: Stretch, preferred: int, taken: dict[int, list[tuple[int, int]]]) -> int:
    candidates = [preferred] if preferred > 0 else []
    candidates += range(1, len(taken) + 2)
    return next(lane for lane in candidates if _is_free(stretch, taken.get(lane, [])))


def _is_free(stretch: Stretch, others: list[tuple[int, int]]) -> bool:
    return all(stretch.start >= end or start >= stretch.end for start, end in others)
