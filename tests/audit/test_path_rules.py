"""Rules about whole paths: gates, and trainers who were left behind."""

from __future__ import annotations

import msgspec
import pytest

from pokerl.audit.path_rules import Engagement, GateKeeper
from pokerl.cartridge import load
from tests.audit.test_rules import HONEST

DEMO, RED = load("demo"), load("red")
STAR_ROAD, STAR_PLATEAU, LOBBY = 0x22, 0x09, 0xAE
THREE_LEADERS = frozenset({(0xD755, 7), (0xD75E, 7), (0xD773, 7)})
THREE_BADGES = frozenset({(0xD356, 0), (0xD356, 1), (0xD356, 2)})
BEFORE = frozenset({(0xD74E, 0)})
"""What the demo's first gate asks for."""


def told(rule, *moments):
    """What a rule says of moments, without the silence between."""
    said = (rule.see(msgspec.structs.replace(HONEST, frame=16 * n, **moment)) for n, moment in enumerate(moments))
    return [words for words in said if words]


def at(place, done=BEFORE, **more):
    return {"map": place, "done": done, **more}


@pytest.mark.parametrize("done", [THREE_LEADERS, THREE_BADGES])
def test_who_has_done_what_a_gate_asks_for_may_pass_it_anyhow(done):
    assert told(GateKeeper(DEMO), at(STAR_ROAD), at(STAR_ROAD, BEFORE | done), at(STAR_PLATEAU, BEFORE | done)) == []


def test_who_comes_behind_a_gate_without_it_is_told_once_what_was_missing():
    without_one = BEFORE | frozenset({(0xD755, 7), (0xD356, 1)})
    way = [
        at(STAR_ROAD, without_one),
        at(STAR_PLATEAU, without_one),
        at(STAR_ROAD, without_one),
        at(LOBBY, without_one),
    ]
    assert told(GateKeeper(DEMO), *way) == [
        "STAR_PLATEAU was reached past the badge check of STAR ROAD without the Spark Badge"
    ]


def test_what_was_done_once_counts_though_the_game_clears_it_again():
    assert told(GateKeeper(DEMO), at(STAR_ROAD, BEFORE | THREE_LEADERS), at(STAR_ROAD), at(STAR_PLATEAU)) == []


def test_a_path_that_begins_behind_a_gate_says_nothing_about_it():
    assert told(GateKeeper(DEMO), at(LOBBY), at(STAR_PLATEAU), at(STAR_ROAD), at(STAR_PLATEAU)) == []


def test_title_screens_and_their_memory_are_no_path():
    outside = {"in_game": False}
    assert told(GateKeeper(DEMO), at(STAR_ROAD), at(STAR_PLATEAU, **outside)) == []
    assert told(GateKeeper(DEMO), at(STAR_ROAD, BEFORE | THREE_LEADERS, **outside), at(STAR_ROAD), at(STAR_PLATEAU))


def test_every_gate_of_red_is_found_by_name():
    for gate in RED.gates.gates:
        others = frozenset(place for place in RED.gates.places if not any(place in need for need in gate.needs))
        (words,) = told(GateKeeper(RED), at(0x00, others), at(min(gate.maps), others))
        assert gate.title in words


def test_getting_away_from_a_trainer_is_told_once():
    seen = {"map": 0x41, "engaged": True}
    away = {"map": 0x03, "engaged": True}
    elsewhere = {"map": 0x11, "engaged": True}
    (words,) = told(Engagement(DEMO), {"map": 0x41}, seen, away, elsewhere)
    assert words == "a trainer of MISTMERE_GYM had seen the player, who got away to MISTMERE without the battle"


@pytest.mark.parametrize("after", [{"battle": 2, "engaged": True}, {"engaged": False}])
def test_who_was_fought_may_go(after):
    seen = {"map": 0x41, "engaged": True}
    assert told(Engagement(DEMO), seen, {"map": 0x41} | after, {"map": 0x03, "engaged": False}) == []
    assert told(Engagement(DEMO), seen, {"map": 0x41} | after, {"map": 0x03, "engaged": True}) == []


def test_a_game_of_which_nothing_is_known_is_left_alone():
    generic = load("generic")
    assert told(GateKeeper(generic), at(STAR_ROAD), at(STAR_PLATEAU)) == []
