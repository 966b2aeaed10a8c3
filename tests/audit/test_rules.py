"""The catalogue and its rules: what they find, and above all what they leave alone."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerl.audit import detectors
from pokerl.audit.catalogue import load_catalogue, signatures_of_poke
from pokerl.audit.decode import badge_words, describe_poke, money_words, species_words
from pokerl.audit.detectors import DETECTORS, LASTING, Watcher
from pokerl.audit.glimpse import Creature, Glimpse, take_glimpse
from pokerl.audit.provenance import explain, judge
from pokerl.cartridge import load
from pokerl.replay.verify import Reached, Replay

RED = load("red")
MAPS = {number: place.name for number, place in RED.maps.items()}
HONEST = Glimpse(
    frame=0,
    in_game=True,
    map=0x00,
    last_map=0x00,
    exits=frozenset({0x25, 0x0C}),
    returns=frozenset({0x00}),
    battle=0,
    party_count=1,
    party=(Creature(0x99, 0x99, 5, 135),),
    bag_count=1,
    quantities=(5,),
    money=bytes.fromhex("003000"),
    badges=0,
    gyms=0,
    gym_events=0,
    champion=False,
    done=RED.gates.places,
)


def changed(**what):
    return msgspec.structs.replace(HONEST, **what)


def seen(*moments):
    """What the watcher says of moments, each 16 frames after the one before; the last one lasts."""
    watcher = Watcher(RED)
    for number, moment in enumerate(moments):
        watcher.see(msgspec.structs.replace(moment, frame=16 * number))
    for number in range(len(moments), len(moments) + LASTING // 16 + 2):
        watcher.see(msgspec.structs.replace(moments[-1], frame=16 * number))
    return [(one.detector, one.frame) for one in watcher.sightings]


def test_every_rule_has_its_entry_and_every_entry_its_rule():
    catalogue = load_catalogue()
    assert {signature.detector for signature in catalogue if signature.detector} == DETECTORS
    assert len({signature.id for signature in catalogue}) == len(catalogue)
    assert {poked.symbol for signature in catalogue for poked in signature.pokes} <= set(RED.symbols)


def test_honest_moments_are_left_alone():
    assert seen(HONEST, changed(map=0x25), changed(map=0x25, last_map=0)) == []


@pytest.mark.parametrize(
    ("what", "detector"),
    [
        ({"party_count": 7}, "party"),
        ({"party": (Creature(0x96, 0x83, 5, 135),)}, "party"),
        ({"party": (Creature(0x99, 0x99, 101, 10**6),)}, "party"),
        ({"party": (Creature(0x99, 0x99, 100, 135),)}, "party"),
        ({"party": (Creature(0x99, 0x99, 5, 10**6),)}, "party"),
        ({"bag_count": 255}, "bag"),
        ({"quantities": (128,)}, "bag"),
        ({"money": b"\x9a\x00\x00"}, "money"),
        ({"badges": 1}, "badge_without_gym"),
    ],
)
def test_what_is_broken_and_stays_so_is_found_once(what, detector):
    assert seen(HONEST, changed(**what)) == [(detector, 16)]


@pytest.mark.parametrize("what", [{"party_count": 7}, {"party": (Creature(1, 2, 5, 135),)}, {"badges": 1}])
def test_what_is_broken_only_for_a_moment_is_left_alone(what):
    assert seen(HONEST, changed(**what), HONEST) == []


def test_nothing_is_judged_outside_a_game():
    assert seen(changed(in_game=False, party_count=99), changed(in_game=False, map=0x76, badges=255)) == []


@pytest.mark.parametrize("flags", [{"gyms": 1}, {"gym_events": 1}])
def test_a_badge_with_its_gym_is_left_alone(flags):
    assert seen(HONEST, changed(badges=1, **flags)) == []


def test_experience_may_run_ahead_of_the_level_in_battle():
    assert seen(HONEST, changed(battle=1, party=(Creature(0x99, 0x99, 5, 9000),))) == []


def test_money_may_rise_in_battle_and_shop_but_not_on_the_street():
    rich = bytes.fromhex("090000")
    assert seen(HONEST, changed(money=rich)) == [("money", 16)]
    assert seen(HONEST, changed(money=bytes.fromhex("005000"))) == []
    assert seen(changed(battle=2), changed(battle=2, money=rich), changed(money=rich)) == []
    mart = next(number for number, name in MAPS.items() if "MART" in name)
    assert seen(changed(map=mart), changed(map=mart, money=rich)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"map": 0x25}),  # a door
        ({}, {"map": 0x0C}),  # the edge of the map
        ({"map": 0x25, "exits": frozenset()}, {"map": 0x00, "last_map": 0x00}),  # out of the house
        ({"map": 0x33, "exits": frozenset()}, {"map": 0x29, "returns": frozenset({0x29})}),  # fainted
        ({"map": 0x0C}, {"map": 0x06}),  # flown
        ({"map": 0xDC, "exits": frozenset()}, {"map": 0x9C}),  # out of steps in the safari
    ],
)
def test_the_games_own_ways_are_no_findings(before, after):
    assert seen(changed(**before), changed(**after)) == []


def test_a_way_that_the_game_does_not_have_is_noted():
    assert seen(HONEST, changed(map=0xF5)) == [("map_edge", 16)]


def test_the_hall_of_fame_needs_the_champion():
    hall = changed(map=0x76)
    room = changed(map=0x78, exits=frozenset({0x76}))
    assert ("hall_of_fame", 32) in seen(HONEST, room, hall)
    beaten = msgspec.structs.replace(room, champion=True)
    assert "hall_of_fame" not in dict(seen(room, beaten, room, hall))


@given(st.integers(1, 100))
def test_a_level_fits_its_own_experience_on_every_curve(level):
    cubes = (4 * level**3 // 5, level**3, 5 * level**3 // 4)
    assert all(
        detectors.least_experience(level) <= experience <= detectors.most_experience(level) for experience in cubes
    )


class Bytes:
    def __init__(self, memory):
        self.memory = memory

    def read(self, address, length):
        return self.memory[address : address + length]


@given(st.integers())
def test_any_memory_gives_a_glimpse_and_no_rule_fails_on_it(seed):
    chance, watcher = random.Random(seed), Watcher(RED)
    for frame in range(0, 64, 16):
        watcher.see(take_glimpse(Bytes(chance.randbytes(0x10000)), frame, RED))


# Writes, decoded.


@given(st.integers(0x8000, 0xFFFF), st.binary(min_size=1, max_size=64))
def test_any_write_is_described_whole(address, after):
    after = after[: 0x10000 - address]
    changes = describe_poke(address, bytes(len(after)), after, RED)
    assert changes and all(change.meaning and change.symbol for change in changes)
    assert signatures_of_poke(address, len(after), load_catalogue(), RED.symbols)


def test_the_two_numbers_of_a_species_are_told_apart():
    assert species_words(163, RED) == "163 = PONYTA (dex no. 77)"
    assert species_words(131, RED) == "131 = MEWTWO (dex no. 150); dex no. 131 would be LAPRAS"
    assert "PIDGEOTTO" in species_words(150, RED) and "would be MEWTWO" in species_words(150, RED)


def test_money_badges_and_maps_are_said_as_the_game_means_them():
    assert money_words(b"\x99\x99\x99") == "$999,999"
    assert money_words(b"\x9f\x00\x00") == "9f0000 (not decimal)"
    assert badge_words(0b10000001, RED) == "Boulder, Earth"
    (change,) = describe_poke(0xD35E, b"\x00", b"\x76", RED)
    assert (change.symbol, change.before, change.after) == ("wCurMap", "00h = PALLET_TOWN", "76h = HALL_OF_FAME")
    (change,) = describe_poke(0xD74B, b"\x00", b"\x04", RED)
    assert change.after == "EVENT_GOT_STARTER"


def test_a_write_over_several_fields_is_split_into_them():
    changes = describe_poke(0xD16B, bytes(44), bytes([0x83, 0, 200] + [0] * 30 + [100] + [0] * 10), RED)
    assert [(change.meaning, change.after) for change in changes] == [
        ("species of party creature 1", species_words(0x83, RED)),
        ("hit points of party creature 1", "200"),
        ("level of party creature 1", "100"),
    ]


def test_half_a_number_is_shown_as_bytes():
    (change,) = describe_poke(0xD348, b"\x30", b"\x99", RED)
    assert (change.meaning, change.before, change.after) == ("money", "30", "99")


def test_a_write_to_unknown_memory_is_still_a_finding():
    assert signatures_of_poke(0xC000, 4, load_catalogue(), RED.symbols) == ("other-poke",)
    assert signatures_of_poke(0xFFD3, 1, load_catalogue(), RED.symbols) == ("random",)
    assert signatures_of_poke(0xD346, 2, load_catalogue(), RED.symbols) == ("money", "items")


# Provenance.


def a_replay(**reached):
    return Replay(
        agrees=True,
        disagreement=None,
        reached=tuple(Reached(name, name, frame) for name, frame in reached.items()),
        frames=1000,
        end=1000,
        checks=1,
        last_check=1000,
        pokes=0,
        without_pokes=False,
        origin="",
        seconds=1.0,
    )


def test_the_four_verdicts():
    recorded = [("lab", "Lab", 100), ("gym", "Gym", 500), ("won", "Won", 900), ("fuji", "Fuji", 950)]
    full, bare = a_replay(lab=100, gym=500, won=900), a_replay(lab=100, gym=600)
    glitch = [detectors.Sighting("bag", 550, "the bag holds 255 kinds of item")]
    findings = explain(glitch, glitch, (), load_catalogue())
    judged = judge(recorded, full, bare, findings, ())
    assert [(one.name, one.verdict) for one in judged] == [
        ("lab", "earned"),
        ("gym", "glitched"),
        ("won", "written"),
        ("fuji", "claimed"),
    ]
    assert judged[1].evidence.endswith("after frame 550 the bag holds 255 kinds of item")


def test_a_way_that_the_game_does_not_have_is_a_note_and_does_not_count():
    odd = [detectors.Sighting("map_edge", 50, "the map changed")]
    (finding,) = explain(odd, odd, (), load_catalogue())
    assert finding.severity == "note"
    assert judge([("lab", "Lab", 100)], a_replay(lab=100), a_replay(lab=100), [finding], ())[0].verdict == "earned"
