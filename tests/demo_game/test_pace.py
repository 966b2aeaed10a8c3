"""Sixty frames a second: the game lives through every frame of its walkthrough."""

from __future__ import annotations

from tests.trials.pace import measure, walkthrough


def test_no_frame_is_lost_from_power_on_to_the_hall_of_fame() -> None:
    pace = measure(walkthrough())
    assert all(pace.frames[kind] > 5_000 for kind in ("walking", "standing", "menus and texts", "battle"))
    assert pace.lost.total() == 0
