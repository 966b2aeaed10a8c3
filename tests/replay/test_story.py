"""How a tree is told and drawn."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pokerl.replay.lanes import Stretch, place
from pokerl.replay.stills import windows
from pokerl.replay.story import discarded_branches, tell
from pokerl.timeline.tree import Run, Segment, Tree


def segment(number, parent, start=0, frames=10, attempt="a001"):
    identifier = f"s{number}"
    return Segment(
        identifier=identifier,
        attempt=attempt,
        machine="m0001",
        parent=parent,
        start="",
        checkpoint="",
        ram="",
        start_frame=start,
        end_frame=start + frames,
        acts=(Run(0, frames),) if frames else (),
        milestones=(),
        began=0.0,
        committed=False,
    )


@st.composite
def trees(draw):
    """A tree of segments, and a path of it from a root to some segment."""
    segments = []
    for number in range(draw(st.integers(1, 25))):
        parent = draw(st.sampled_from([None, *segments])) if segments else None
        start = parent.end_frame if parent else 0
        frames = draw(st.integers(0, 30))
        segments.append(segment(number, parent.identifier if parent else "", start, frames))
    tree = Tree(segments, {})
    return tree, tree.path_to(draw(st.sampled_from(segments)).identifier)


@given(trees())
def test_everything_that_was_done_is_told_once(drawn):
    tree, trunk = drawn
    told = [one.identifier for chapter in tell(tree, trunk, "a001") for one in chapter.segments]
    assert len(told) == len(set(told))
    assert {one.identifier for one in tree.segments if one.acts} <= set(told) | {one.identifier for one in trunk}
    assert {one.identifier for one in trunk} <= set(told)


@given(trees())
def test_the_trunk_is_told_in_order_and_last(drawn):
    tree, trunk = drawn
    chapters = tell(tree, trunk, "a001")
    assert [one for chapter in chapters if not chapter.branch for one in chapter.segments] == list(trunk)
    assert chapters[-1].branch == 0


@given(trees())
def test_a_branch_is_a_line_that_leaves_what_was_told(drawn):
    tree, trunk = drawn
    for branch in discarded_branches(tree, trunk, "a001"):
        assert all(after.parent == before.identifier for before, after in itertools.pairwise(branch))


def test_branches_are_told_where_they_leave_the_trunk():
    tree = Tree([segment(1, ""), segment(2, "s1"), segment(3, "s1"), segment(4, "s2"), segment(5, "s3")], {})
    chapters = tell(tree, tree.path_to("s5"), "a001")
    assert [(chapter.branch, [one.identifier for one in chapter.segments]) for chapter in chapters] == [
        (0, ["s1"]),
        (1, ["s2", "s4"]),
        (0, ["s3", "s5"]),
    ]


def test_an_empty_branch_is_not_told():
    tree = Tree([segment(1, ""), segment(2, "s1", frames=0), segment(3, "s1")], {})
    assert discarded_branches(tree, tree.path_to("s3"), "a001") == ()


@given(trees())
def test_no_two_segments_are_drawn_over_each_other(drawn):
    tree, trunk = drawn
    kept = {one.identifier for one in trunk}
    stretches = [Stretch(one.identifier, one.parent, one.start_frame, one.end_frame) for one in tree.segments]
    placed = place(stretches, kept)
    assert all((one.lane == 0) == (one.stretch.segment in kept) for one in placed)
    for number, one in enumerate(placed):
        for other in placed[number + 1 :]:
            if one.lane == other.lane:
                assert one.stretch.end <= other.stretch.start or other.stretch.end <= one.stretch.start


@given(st.lists(st.integers(0, 5000), min_size=1), st.integers(5000, 9000))
def test_moments_become_separate_windows_in_order(moments, end):
    shown = windows(moments, end)
    assert all(any(start <= moment <= stop for start, stop in shown) for moment in moments)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(shown))
