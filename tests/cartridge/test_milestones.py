"""When a milestone counts."""

from __future__ import annotations

import itertools
import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerl.cartridge import MemoryImage, MilestoneWatch, load, progress
from pokerl.errors import StateRejected


def noise(seed: int) -> bytes:
    """64 KB of anything: random bytes, or one byte over and over."""
    return Random(seed).randbytes(0x10000) if seed >= 256 else bytes([seed]) * 0x10000


@pytest.fixture
def playing(ram):
    ram[0xD732] = 1
    ram[0xD369] = 4
    ram[0xD35E] = 0x26
    ram[0xD31D] = b"\x00\xff"
    return ram


@pytest.fixture
def watch(playing, red):
    watch = MilestoneWatch(red.milestones)
    assert watch.update(playing.image(watch.spans)) == []
    return watch


def step(watch, ram, changes) -> list[str]:
    for address, value in changes.items():
        ram[address] = value
    return [milestone.name for milestone in watch.update(ram.image(watch.spans))]


def win(watch, ram) -> list[str]:
    return [
        *step(watch, ram, {0xD35E: 0x78}),
        *step(watch, ram, {0xD867: 2}),
        *step(watch, ram, {0xD35E: 0x76}),
        *step(watch, ram, {0xD5A2: 1}),
    ]


def test_the_way_of_the_game_is_told_in_order(watch, playing):
    assert step(watch, playing, {0xD35E: 0x25}) == ["bedroom_left"]
    assert step(watch, playing, {0xD35E: 0x00}) == []
    assert step(watch, playing, {0xD35E: 0x28}) == ["lab"]
    assert step(watch, playing, {0xD74B: 0x04}) == ["starter"]
    assert step(watch, playing, {0xD755: 0x80}) == ["brock"]
    assert step(watch, playing, {0xD31D: bytes([1, 0x2B, 1, 0xFF])}) == ["secret_key"]
    assert watch.reached == ("bedroom_left", "lab", "starter", "brock", "secret_key")


def test_winning_is_the_champion_then_the_hall_then_its_counter(watch, playing):
    assert win(watch, playing) == ["champion_room", "champion", "hall_of_fame", "won"]


def test_the_counter_alone_wins_nothing(watch, playing):
    assert step(watch, playing, {0xD35E: 0x76}) == ["hall_of_fame"]
    assert step(watch, playing, {0xD5A2: 1}) == []
    assert step(watch, playing, {0xD867: 2}) == ["champion"]
    assert "won" not in watch.reached


def test_a_milestone_counts_once_though_its_bit_is_cleared_and_set_again(watch, playing):
    assert step(watch, playing, {0xD863: 2}) == ["lorelei"]
    assert step(watch, playing, {0xD863: 0}) == []
    assert step(watch, playing, {0xD863: 2}) == []


def test_what_was_so_before_the_watch_began_does_not_count(playing, red):
    playing[0xD755] = 0x80
    watch = MilestoneWatch(red.milestones)
    assert step(watch, playing, {}) == []
    assert step(watch, playing, {0xD35E: 0x25}) == ["bedroom_left"]


@pytest.mark.parametrize("not_playing", [{0xD732: 0}, {0xD369: 0}])
def test_nothing_counts_while_no_game_is_played(playing, red, not_playing):
    watch = MilestoneWatch(red.milestones)
    step(watch, playing, not_playing)
    assert step(watch, playing, {0xD35E: 0x01, 0xD755: 0x80}) == []
    assert step(watch, playing, {0xD732: 1, 0xD369: 4}) == []  # the moment a saved game appears in memory
    assert step(watch, playing, {0xD35E: 0x02}) == ["pewter"]


def test_a_map_of_several_floors_counts_when_the_first_is_entered(watch, playing):
    assert step(watch, playing, {0xD35E: 0x3C}) == ["mt_moon"]
    assert step(watch, playing, {0xD35E: 0x3D}) == []


def test_a_watch_goes_on_from_its_state_as_if_nothing_had_happened(watch, playing, red):
    step(watch, playing, {0xD35E: 0x25})
    step(watch, playing, {0xD867: 2})
    plain = json.loads(json.dumps(watch.state()))
    heir = MilestoneWatch.from_state(red.milestones, plain)
    assert heir.reached == watch.reached
    assert heir.state() == watch.state()
    changes = {0xD35E: 0x76, 0xD74B: 4}
    assert step(heir, playing, changes) == step(watch, playing, {}) == ["starter", "hall_of_fame"]


def test_a_branch_does_not_know_what_another_one_reached(watch, playing, red):
    before = watch.state()
    branch = MilestoneWatch.from_state(red.milestones, before)
    assert step(watch, playing, {0xD755: 0x80}) == ["brock"]
    assert branch.reached == ()
    assert step(branch, playing, {}) == ["brock"]


@pytest.mark.parametrize("state", [{"reached": 3}, {"reached": [], "sample": [[1]]}, {"unknown": 1}])
def test_a_damaged_watch_state_is_refused(red, state):
    with pytest.raises(StateRejected, match="malformed"):
        MilestoneWatch.from_state(red.milestones, state)


@given(st.lists(st.integers(0, 1 << 32), min_size=2, max_size=5))
def test_any_memory_can_be_watched(seeds):
    red = load("red")
    watch = MilestoneWatch(red.milestones)
    for seed in seeds:
        image = MemoryImage([(0, noise(seed))])
        new = watch.update(image)
        assert [milestone.rank for milestone in new] == sorted(milestone.rank for milestone in new)
    assert len(set(watch.reached)) == len(watch.reached)


def test_a_larger_image_serves_as_well_as_the_spans_themselves(playing, red):
    watch = MilestoneWatch(red.milestones)
    watch.update(MemoryImage([(0, bytes(playing.data))]))
    playing[0xD755] = 0x80
    assert [milestone.name for milestone in watch.update(MemoryImage([(0, bytes(playing.data))]))] == ["brock"]


def test_little_has_to_be_read(red):
    spans = MilestoneWatch(red.milestones).spans
    assert len(spans) <= 64 and sum(length for _, length in spans) <= 128


def test_progress_grows_with_what_was_reached_and_ends_at_one(red):
    names = [milestone.name for milestone in red.milestones]
    scores = [progress(red.milestones, names[:count]) for count in range(len(names) + 1)]
    assert scores[0] == 0 and scores[-1] == 1
    assert all(earlier < later for earlier, later in itertools.pairwise(scores))
    assert progress((), []) == 0


def test_the_rules_of_red_name_what_is_worth_naming(red):
    names = {milestone.name for milestone in red.milestones}
    assert len(names) == len(red.milestones) >= 60
    badges = {"brock", "misty", "surge", "erika", "koga", "sabrina", "blaine", "giovanni"}
    assert badges | {"lorelei", "bruno", "agatha", "lance", "champion", "won"} <= names
    assert red.milestone("won").after == ("champion", "hall_of_fame")
    assert [milestone.rank for milestone in red.milestones] == list(range(1, len(names) + 1))
