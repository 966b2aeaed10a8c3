"""Frames are counted over all machines of an attempt, with a limit and without."""

from __future__ import annotations

import os

import pytest

from pokerl.emulator import FrameCounter
from pokerl.emulator.frames import CAPACITY
from tests.conftest import Start


def test_without_a_limit_the_frames_of_all_machines_add_up_though_no_two_share_a_number(start: Start) -> None:
    with FrameCounter() as frames:
        one, two = start(frames=frames), start(frames=frames)
        one.control.wait(600)
        two.control.wait(1000)
        assert (one.frames, two.frames, frames.total) == (600, 1000, 1600)
        one.kill()
        assert frames.total == 1600


@pytest.mark.parametrize("limit", [0, 10_000_000])
def test_a_number_that_is_given_again_keeps_what_was_counted(limit: int) -> None:
    with FrameCounter(limit=limit) as host, FrameCounter(os.dup(host.descriptor), limit=limit) as machine:
        for _ in range(CAPACITY + 5):
            assert machine.take(host.new_slot(), 3) == 3
        machine.give_back(5, 1)
        assert (host.of(4), host.of(5), host.total) == (3, 2, 3 * (CAPACITY + 5) - 1)
    assert host.total == 3 * (CAPACITY + 5) - 1


def test_a_limit_is_met_exactly() -> None:
    with FrameCounter(limit=10) as frames:
        assert [frames.take(frames.new_slot(), 4) for _ in range(4)] == [4, 4, 2, 0]
        assert frames.take(1, 5, limited=False) == 5
        assert frames.total == 15
