"""The order in which a tree is told: the trunk, with each discarded branch where it was tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from pokerl.replay.lanes import Stretch
from pokerl.timeline.tree import Segment, Tree


class Chapter(Struct, frozen=True):
    """Segments that follow one another.

    Attributes:
        branch: 0 for the trunk, else the number of the discarded branch, from 1.
        segments: in order; the first one tells where the chapter begins.
    """

    branch: int
    segments: tuple[Segment, ...]


def discarded_branches(tree: Tree, trunk: Sequence[Segment], attempt: str) -> tuple[tuple[Segment, ...], ...]:
    """The segments of an attempt that are not on its trunk, as branches in the order in which they began.

    A branch goes on through the first child of each segment; every further child begins a branch of its own.
    """
    kept = {segment.identifier for segment in trunk}
    mine = [segment for segment in tree.segments if segment.attempt == attempt and segment.identifier not in kept]
    children = _children(mine)
    heirs = {children[parent][0].identifier for parent in children if parent not in kept and parent}
    return tuple(tuple(_line(segment, children)) for segment in mine if segment.identifier not in heirs)


def tell(tree: Tree, trunk: Sequence[Segment], attempt: str) -> tuple[Chapter, ...]:
    """Chapters in the order of the story.

    The trunk is told from its root to its end. Where branches leave it they come first, each followed by those that
    leave it in turn; then the trunk goes on. The last chapter is always the trunk's.
    """
    branches = discarded_branches(tree, trunk, attempt)
    numbered = {branch[0].identifier: (number, branch) for number, branch in enumerate(branches, 1)}
    leaving: dict[str, list[tuple[int, tuple[Segment, ...]]]] = {}
    for number, branch in numbered.values():
        leaving.setdefault(branch[0].parent, []).append((number, branch))
    known = {segment.identifier for branch in branches for segment in branch} | {one.identifier for one in trunk}
    order = [
        chapter for parent in leaving if parent not in known for chapter in _branches_from(parent, leaving)
    ]  # tried from power-on, or from another attempt's state
    for place, segment in enumerate(trunk):
        order.append(Chapter(0, (segment,)))
        if place < len(trunk) - 1:
            order.extend(_branches_from(segment.identifier, leaving))
    if trunk:
        order[-1:-1] = _branches_from(trunk[-1].identifier, leaving)
    return tuple(_join(order))


def stretches(tree: Tree, attempt: str, trunk: Sequence[Segment]) -> tuple[Stretch, ...]:
    """The segments of an attempt and its trunk, as the map of branches draws them."""
    kept = {segment.identifier for segment in trunk}
    return tuple(
        Stretch(segment.identifier, segment.parent, segment.start_frame, segment.end_frame)
        for segment in tree.segments
        if segment.attempt == attempt or segment.identifier in kept
    )


def _children(segments: Sequence[Segment]) -> dict[str, list[Segment]]:
    children: dict[str, list[Segment]] = {}
    for segment in segments:
        children.setdefault(segment.parent, []).append(segment)
    return children


def _line(segment: Segment, children: dict[str, list[Segment]]) -> Iterator[Segment]:
    yield segment
    while following := children.get(segment.identifier):
        segment = following[0]
        yield segment


def _branches_from(parent: str, leaving: dict[str, list[tuple[int, tuple[Segment, ...]]]]) -> Iterator[Chapter]:
    for number, branch in leaving.get(parent, ()):
        yield Chapter(number, branch)
        for segment in branch:
            yield from _branches_from(segment.identifier, leaving)


def _join(chapters: Sequence[Chapter]) -> Iterator[Chapter]:
    """Trunk segments with nothing between them are one chapter."""
    for branch, group in groupby(chapters, key=lambda chapter: chapter.branch):
        if branch:
            yield from group
        else:
            yield Chapter(0, tuple(segment for chapter in group for segment in chapter.segments))
