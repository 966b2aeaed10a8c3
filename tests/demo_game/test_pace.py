"""Sixty frames a second: whoever walks never waits."""

from __future__ import annotations

from tests.trials.pace import measure, walkthrough


def test_no_frame_is_lost_while_one_walks() -> None:
    pace = measure(walkthrough()[:1500])
    assert pace.frames["walking"] > 2000
    assert pace.lost["walking"] == 0
