"""A machine may have a frame limit of its own, beside the one that all machines of an attempt share."""

from __future__ import annotations

import pytest

from pokerl.emulator import FrameCounter
from pokerl.emulator.protocol import Hold
from pokerl.errors import BudgetSpent


def test_it_runs_exactly_its_own_frames_and_then_no_more(start, client_of):
    handle = start(own_frame_limit=700)
    client = client_of(handle)
    client.act([Hold(0, 300)])
    with pytest.raises(BudgetSpent, match="700 frames of this branch"):
        client.act([Hold(0, 1000)])
    assert handle.frames == client.status().frame == 700
    with pytest.raises(BudgetSpent):
        client.act([Hold(0, 1)])


def test_going_back_gives_no_frames_back(start, client_of):
    handle = start(own_frame_limit=100)
    client = client_of(handle)
    here = client.checkpoint()
    client.act([Hold(0, 60)])
    client.restore(here.checkpoint)
    with pytest.raises(BudgetSpent):
        client.act([Hold(0, 60)])
    assert (handle.frames, client.status().frame) == (100, 40)


def test_the_others_go_on_and_the_shared_limit_still_holds(start, client_of):
    with FrameCounter(limit=500) as counter:
        small = start(own_frame_limit=100, frame_limit=500, frames=counter)
        large = start(frame_limit=500, frames=counter)
        with pytest.raises(BudgetSpent, match="this branch"):
            client_of(small).act([Hold(0, 200)])
        with pytest.raises(BudgetSpent, match="this attempt"):
            client_of(large).act([Hold(0, 1000)])
        assert (small.frames, large.frames) == (100, 400)


def test_the_host_is_not_bound_by_it(start, client_of):
    handle = start(own_frame_limit=100)
    with pytest.raises(BudgetSpent):
        client_of(handle).act([Hold(0, 200)])
    handle.control.act([Hold(0, 50)])
    assert handle.control.checkpoint().frame == 150
