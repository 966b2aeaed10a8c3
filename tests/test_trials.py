"""Samples of the trials; ``make trials`` does them in full."""

from __future__ import annotations

import random

from tests.trials.attempts import cut_off
from tests.trials.determinism import compare
from tests.trials.kills import disturbed
from tests.trials.wandering import wander


def test_an_attempt_that_is_killed_and_interrupted_ends_as_if_nothing_had_happened(tmp_path):
    kinds = [*["machine"] * 2, "host", "interrupt"]
    random.Random(5).shuffle(kinds)
    outcome = disturbed(tmp_path, kinds, seed=5)
    assert outcome.disturbed.total() == 4
    assert (outcome.lost, outcome.wrong) == (0, [])
    assert outcome.unknown <= 4


def test_a_whole_attempt_that_is_cut_off_goes_on_and_ends_as_if_nothing_had_happened(tmp_path):
    outcome = cut_off(tmp_path, ["kill", "interrupt"], attempts=1, seed=6)
    assert (outcome.cut, outcome.wrong) == ({"kill": 1, "interrupt": 1}, [])
    assert outcome.asked_again <= 2


def test_random_runs_are_replayed_alike_here_in_a_fresh_process_and_from_a_copy(tmp_path, nursery):
    found = compare(nursery, tmp_path, 1001)
    assert found.checkpoints > 3
    assert found[1:] == (True, True, True)


def test_random_players_find_no_corrupt_state_in_the_demo_game_and_no_frame_that_it_lost():
    once, again = (wander(12_000, seed=3, leg=1_500, until=9_000) for _ in range(2))
    assert (once.faults, once.lost) == ([], 0)
    assert len(once.maps) > 3 and once.dialogues > 5
    assert once.digest == again.digest
