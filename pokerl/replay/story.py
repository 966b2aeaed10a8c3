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

    A branch goes on through the first child of each segment; every further child begins a branch of its own. Branches
    on which nothing was done are left out, unless others leave them.
    """
    kept = {segment.identifier for segment in trunk}
    mine = [segment for segment in tree.segments if segment.attempt == attempt and segment.identifier not in kept]
    children = _children(mine)
    mine = [segment for segment in mine if segment.acts or segment.identifier in children]
    children = _children(mine)
    heirs = {following[0].identifier for parent, following in children.items() if parent and parent not in kept}
    return tuple(tuple(_line(segment, children)) for segment in mine if segment.identifier not in heirs)


def tell(tree: Tree, trunk: Sequence[Segment], attempt: str) -> tuple[Chapter, ...]:
    """Chapters in the order of the story.

    The trunk is told from its root to its end. Where branches leave it they come first, each followed by those that
    leave it in turn; then the trunk goes on. The last chapter is always the trunk's.
    """
    branches = discarded_branches(tree, trunk, attempt)
    leaving: dict[str, list[Chapter]] = {}
    for number, branch in enumerate(branches, 1):
        leaving.setdefault(branch[0].parent, []).append(Chapter(number, branch))
    known = {segment.identifier for segment in (*trunk, *(one for branch in branches for one in branch))}
    order = [chapter for parent in leaving if parent not in known for chapter in _branches_from(parent, leaving)]
    for segment in trunk[:-1]:
        order += [Chapter(0, (segment,)), *_branches_from(segment.identifier, leaving)]
    for segment in trunk[-1:]:
        order += [*_branches_from(segment.identifier, leaving), Chapter(0, (segment,))]
    return tuple(_join(order))


def stretches(tree: Tree, attempt: str, trunk: Sequence[Segment]) -> tuple[Stretch, ...]:
    """The segments of an attempt and its trunk, as the map of branches draws them."""
    kept = {segment.identifier for segment in trunk}
    return tuple(
        Stretch(segment.identifier, segment.parent, segment.start_frame, segment.end_frame)
        for segment in tree.segments
        if segment.identifier in kept or (segment.attempt == attempt and segment.acts)
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


def _branches_from(parent: str, leaving: dict[str, list[Chapter]]) -> Iterator[Chapter]:
    for chapter in leaving.get(parent, ()):
        yield chapter
        for segment in chapter.segments:
            yield from _branches_from(segment.identifier, leaving)


def _join(chapters: Sequence[Chapter]) -> Iterator[Chapter]:
    """Trunk segments with nothing between them are one chapter."""
    for branch, group in groupby(chapters, key=lambda chapter: chapter.branch):
        if branch:
            yield from group
        else:
            yield Chapter(0, tuple(segment for chapter in group for segment in chapter.segments))
