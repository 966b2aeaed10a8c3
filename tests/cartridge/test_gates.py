"""Gates: data that fits the game it belongs to."""

from __future__ import annotations

import pytest

from pokerl.cartridge import load
from pokerl.cartridge.gates import read_gates
from pokerl.cartridge.milestone import EventRises
from pokerl.errors import ConfigurationProblem


@pytest.mark.parametrize("identifier", ["demo", "red", "blue"])
def test_a_gate_names_maps_and_events_that_the_game_has(identifier):
    cartridge = load(identifier)
    events = {(event.address, event.bit) for event in cartridge.events}
    badges = {(0xD356, bit) for bit in range(len(cartridge.badges))}
    assert cartridge.gates.gates and cartridge.gates.places <= events | badges
    assert {place for gate in cartridge.gates.gates for place in gate.maps} <= set(cartridge.maps)
    assert {place for leap in cartridge.gates.leaps for place in leap.origins | leap.targets} <= set(cartridge.maps)


@pytest.mark.parametrize("identifier", ["demo", "red"])
def test_an_event_that_a_milestone_waits_for_has_a_name(identifier):
    cartridge = load(identifier)
    events = {(event.address, event.bit) for event in cartridge.events}
    assert {bit for one in cartridge.milestones if isinstance(one.when, EventRises) for bit in one.when.bits} <= events


def test_a_game_of_which_nothing_is_known_has_no_gates():
    assert load("generic").gates.gates == () and load("generic").gates.engaged is None


def test_the_game_itself_takes_the_player_to_the_hall_of_fame_and_not_back():
    for gates in (load("demo").gates, load("red").gates, load("blue").gates):
        assert gates.leads(0x78, 0x76)
        assert not gates.leads(0x76, 0x78)


@pytest.mark.parametrize(
    "content",
    ["", 'engaged = "D733"\ngate = []', 'engaged = "D733.3"\n[[gate]]\ntitle = "x"\nmaps = []\nneeds = ["?"]'],
)
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "gates.toml"
    path.write_text(content)
    with pytest.raises(ConfigurationProblem, match=r"gates\.toml"):
        read_gates(path)
