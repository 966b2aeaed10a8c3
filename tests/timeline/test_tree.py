"""The tree: what the events say happened, one coherent path to each node."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerl.errors import RunFolderProblem, UsageProblem
from pokerl.timeline import Event, Poke, Run, Tree


class Story:
    """Writes events as machines would."""

    def __init__(self):
        self.events = []
        self.frames = {}

    def say(self, kind, segment, attempt="a001", **data):
        self.events.append(Event(kind, 1.0, attempt, segment[:5], segment, self.frames.get(segment, 0), data))

    def begin(self, segment, parent="", checkpoint="", attempt="a001"):
        self.frames[segment] = self.frames.get(parent, 0)
        self.say("segment_started", segment, attempt, parent=parent, checkpoint=checkpoint)

    def hold(self, segment, *runs, attempt="a001"):
        self.frames[segment] += sum(frames for _, frames in runs)
        self.say("input", segment, attempt, runs=[list(run) for run in runs], tool="t")

    def end(self, segment, digest, attempt="a001", commit=False):
        self.say("checkpoint", segment, attempt, digest=digest, ram=f"ram of {digest}", label="", tool="")
        if commit:
            self.say("commit", segment, attempt, digest=digest, label="")

    @property
    def tree(self):
        return Tree.from_events(self.events)


def names(path):
    return [segment.identifier for segment in path]


@pytest.fixture
def story():
    """m0001 plays 1→2→3; m0002 leaves at the first node and is killed; m0001 goes back and commits in 4."""
    story = Story()
    story.begin("m0001-0001")
    story.hold("m0001-0001", (1, 10), (0, 5))
    story.end("m0001-0001", "aa")
    story.begin("m0001-0002", "m0001-0001", "aa")
    story.hold("m0001-0002", (2, 20))
    story.begin("m0002-0001", "m0001-0001", "aa")
    story.hold("m0002-0001", (4, 7))
    story.end("m0001-0002", "bb")
    story.begin("m0001-0003", "m0001-0002", "bb")
    story.begin("m0001-0004", "m0001-0001", "aa")
    story.hold("m0001-0004", (8, 3))
    story.end("m0001-0004", "cc", commit=True)
    story.begin("m0001-0005", "m0001-0004", "cc")
    return story


def test_segments_carry_what_was_done_in_them(story):
    first = story.tree.segment("m0001-0001")
    assert first.acts == (Run(1, 10, "t"), Run(0, 5, "t"))
    assert (first.start_frame, first.end_frame, first.frames) == (0, 15, 15)
    assert (first.checkpoint, first.ram, first.committed) == ("aa", "ram of aa", False)


def test_a_path_leads_from_power_on_to_a_segment_or_a_checkpoint(story):
    assert names(story.tree.path_to("m0001-0003")) == ["m0001-0001", "m0001-0002", "m0001-0003"]
    assert names(story.tree.path_to("bb")) == ["m0001-0001", "m0001-0002"]


def test_the_trunk_leads_to_the_last_commit(story):
    assert names(story.tree.trunk("a001")) == ["m0001-0001", "m0001-0004"]


def test_without_a_commit_the_trunk_leads_to_where_the_first_machine_ended(story):
    story.events = [event for event in story.events if event.kind != "commit"]
    assert names(story.tree.trunk("a001")) == ["m0001-0001", "m0001-0004", "m0001-0005"]


def test_a_player_that_takes_over_a_branch_has_that_branch_on_its_trunk(story):
    story.end("m0002-0001", "dd")
    story.begin("m0001-0006", "m0002-0001", "dd")
    story.end("m0001-0006", "ee", commit=True)
    assert names(story.tree.trunk("a001")) == ["m0001-0001", "m0002-0001", "m0001-0006"]


def test_a_killed_machine_leaves_a_segment_without_end(story):
    killed = story.tree.segment("m0002-0001")
    assert (killed.checkpoint, killed.end_frame) == ("", 22)
    assert names(story.tree.path_to("m0002-0001")) == ["m0001-0001", "m0002-0001"]


def test_children_are_in_the_order_in_which_they_began(story):
    assert names(story.tree.children("m0001-0001")) == ["m0001-0002", "m0002-0001", "m0001-0004"]
    assert names(story.tree.children("")) == ["m0001-0001"]


def test_attempts_have_trunks_of_their_own(story):
    story.begin("m0003-0001", attempt="a002")
    assert names(story.tree.trunk("a002")) == ["m0003-0001"]
    assert story.tree.trunk("a003") == ()


def test_a_start_state_from_outside_the_run_is_a_root(story):
    story.begin("m0004-0001", "elsewhere-0001", "ff", attempt="a004")
    assert names(story.tree.path_to("m0004-0001")) == ["m0004-0001"]
    assert story.tree.trunk("a004")[0].start == "ff"


def test_pokes_and_milestones_stand_in_their_segment(story):
    story.say("poke", "m0001-0005", address=0xD35E, before="00", after="76", tool="warp", why="to win")
    story.say("milestone", "m0001-0005", name="champion", title="", tool="")
    segment = story.tree.segment("m0001-0005")
    assert segment.pokes == (Poke(18, 0xD35E, b"\0", b"\x76", "warp", "to win"),)
    assert segment.milestones == (("champion", 18),)


def test_what_is_not_there_is_said(story):
    with pytest.raises(UsageProblem):
        story.tree.path_to("m0009-0001")


def test_events_that_contradict_each_other_are_named(story):
    story.say("input", "m0009-0001", runs=[])
    with pytest.raises(RunFolderProblem, match="m0009"):
        _ = story.tree


@pytest.mark.parametrize("data", [{}, {"runs": [[1]]}, {"runs": 5}])
def test_a_damaged_event_is_named(story, data):
    story.events.append(Event("input", 1.0, "a001", "m0001", "m0001-0001", 0, data))
    with pytest.raises(RunFolderProblem):
        _ = story.tree


def test_segments_in_a_circle_are_named():
    story = Story()
    story.begin("m0001-0001", "m0001-0002")
    story.begin("m0001-0002", "m0001-0001")
    with pytest.raises(RunFolderProblem, match="ancestor"):
        story.tree.path_to("m0001-0001")


@settings(max_examples=100)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_every_path_begins_at_a_root_and_each_step_goes_on_from_the_one_before(parents):
    story = Story()
    for number, parent in enumerate(parents):
        known = f"m0001-{parent:04d}" if parent < number else ""
        story.begin(f"m0001-{number:04d}", known)
    for segment in story.tree.segments:
        path = story.tree.path_to(segment.identifier)
        assert path[0].parent == ""
        assert path[-1] == segment
        assert all(after.parent == before.identifier for before, after in pairwise(path))


def test_an_input_that_was_given_a_thousand_times_is_kept_once():
    story = Story()
    story.begin("m0001-0001")
    for _ in range(1000):
        story.hold("m0001-0001", (1, 8), (0, 16))
    (segment,) = story.tree.segments
    assert len(segment.acts) == 2000
    assert len({id(act) for act in segment.acts}) == 2
