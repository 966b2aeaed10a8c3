"""Honest play raises no alarm, however it stumbles about."""

from __future__ import annotations

import json
import random

import pytest

from pokerl.audit.detectors import Watcher
from pokerl.audit.glimpse import take_glimpse
from pokerl.cartridge import identify
from pokerl.emulator.machine import Machine
from pokerl.emulator.protocol import BUTTONS
from pokerl.replay.verify import SAMPLE_EVERY, pieces

WALKING = ["up", "down", "left", "right", "a", "a", "b"]


def stumble(rom, seed, presses):
    """Sightings of a game in which buttons are pressed at random, walking in one direction for a while each time."""
    cartridge = identify(rom.read_bytes())
    machine, chance = Machine(rom, cartridge), random.Random(seed)
    watcher = Watcher(cartridge)
    visited = set()
    for press in range(presses):
        button = "a" if press < 40 else chance.choice(WALKING) if press % 7 else "b"
        for mask, frames in ((BUTTONS[button], 16), (0, 16)):
            machine.run(mask, frames)
            watcher.see(take_glimpse(machine, machine.frame, cartridge))
            visited.add(machine.byte(0xD35E))
    machine.close()
    return watcher.sightings, visited


def test_stumbling_about_the_demo_game_raises_no_alarm(demo_rom):
    sightings, visited = stumble(demo_rom, seed=1, presses=1500)
    assert sightings == [] and len(visited) > 1


def test_playing_the_whole_demo_game_by_the_rules_raises_no_alarm(demo_rom):
    log = json.loads(demo_rom.with_name("walkthrough.json").read_text())
    cartridge = identify(demo_rom.read_bytes())
    machine, watcher = Machine(demo_rom, cartridge), Watcher(cartridge)
    for mask, frames in log["runs"]:
        for piece in pieces(machine.frame, frames):
            machine.run(mask, piece)
            if not machine.frame % SAMPLE_EVERY:
                watcher.see(take_glimpse(machine, machine.frame, cartridge))
    memory, reached = machine.ram_hash(), machine.milestones
    machine.close()
    assert memory == log["ram"], "walkthrough.json is stale: another ROM plays differently. Run: make recordings"
    assert watcher.sightings == [] and "won" in reached


@pytest.mark.rom
def test_stumbling_about_the_real_game_raises_no_alarm(red_rom):
    sightings, _ = stumble(red_rom, seed=1, presses=1500)
    assert sightings == []
