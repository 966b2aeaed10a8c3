"""A machine that only looks may go to checkpoints of any attempt; a player's may not."""

from __future__ import annotations

import pytest

from pokerl.errors import StateRejected


def test_only_a_machine_that_looks_restores_checkpoints_of_other_attempts(start, client_of):
    played = client_of(start(attempt="a001"))
    played.wait(40)
    end = played.checkpoint().checkpoint
    with pytest.raises(StateRejected, match="belongs to another attempt"):
        client_of(start(attempt="a002")).restore(end)
    probe = client_of(start(attempt="probe", any_checkpoint=True))
    assert probe.restore(end).frame == 40
