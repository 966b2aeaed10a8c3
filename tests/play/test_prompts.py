"""What the agents are told: only what they may do, and blocks that leave time to think again."""

from __future__ import annotations

import pytest

from pokerl.budget import Limits
from pokerl.emulator.capability import MODES
from pokerl.play.prompts import agent_folder, game_reference, paced
from pokerl.rlm import AgentSpec


def test_calls_that_nothing_granted_allows_are_not_offered():
    fair = game_reference(MODES["fair"])
    assert "game.poke(" not in fair
    assert "game.press(" in fair
    assert "game.poke(" in game_reference(MODES["open"])


def test_calls_that_do_more_than_one_thing_stay():
    buttons_only = game_reference({"press"})
    assert "game.act(" in buttons_only
    assert "game.milestones" in buttons_only
    assert "game.read(" not in buttons_only
    assert "game.branch(" not in buttons_only


@pytest.mark.parametrize(("wall", "longest"), [(12 * 60.0, 180.0), (48 * 3600.0, 600.0), (4.0, 30.0), (None, 600.0)])
def test_an_endless_loop_leaves_most_of_the_time(wall, longest):
    agent = paced(AgentSpec(name="player", cell_seconds=600.0), Limits(wall_seconds=wall))
    assert agent.cell_seconds == longest
    assert f"may run for {longest:g} s" in agent.full_system


def test_sub_agents_are_offered_to_those_who_may_have_them():
    assert "rlm_query(" in AgentSpec(name="player", depth=1).full_system
    assert "rlm_query" not in AgentSpec(name="scout", depth=0).full_system


def test_a_scout_is_told_what_the_player_was_told():
    prompt = (agent_folder("scout") / "system.md").read_text(encoding="utf-8")
    assert "{{player_prompt}}" in prompt
