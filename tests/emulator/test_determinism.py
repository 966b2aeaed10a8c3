"""Start state, inputs and pokes determine everything.

A path cut by checkpoints, restores and other machines is the same path when a fresh machine runs it from power-on
without ever loading a state.
"""

from __future__ import annotations

import random

import pytest

from pokerl.cartridge import load
from pokerl.emulator import Machine, MachineSettings
from pokerl.emulator.capability import CAPABILITIES
from pokerl.emulator.protocol import BUTTONS, Condition, Hold, Span, Until
from pokerl.timeline import Run, StateStore, Tree, read_events

MASKS = [0, 0, *[BUTTONS["a"]] * 3, *BUTTONS.values(), BUTTONS["a"] | BUTTONS["up"], BUTTONS["b"] | BUTTONS["left"]]


def wander(nursery, settings, seed, frames):
    """Play at random on several machines, with checkpoints and restores everywhere; returns frames run and restores."""
    chance = random.Random(seed)
    nodes, restores, ran, machines = [], 0, 0, 0
    while ran < frames:
        machines += 1
        start = chance.choice(nodes[-2:]).checkpoint if nodes else ""
        handle = nursery.start(MachineSettings(**settings, machine=f"m{machines:04d}", start=start))
        with handle:
            client = handle.control
            for _ in range(120):
                client.act(random_steps(chance), reads=[Span(0x8000, 0x8000)], screen=chance.random() < 0.05)
                if chance.random() < 0.3:
                    nodes.append(client.checkpoint())
                if nodes and chance.random() < 0.15:
                    client.restore(chance.choice(nodes[-4:]).checkpoint)
                    restores += 1
                if chance.random() < 0.02:
                    client.poke(0xC000 + chance.randrange(0x100), bytes([chance.randrange(256)]))
            ran += handle.frames
    return ran, restores


def random_steps(chance):
    steps = [Hold(chance.choice(MASKS), chance.randint(1, 60)) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.2:
        steps.append(Until([Condition(0xFFD3 + chance.randrange(2), "changed")], 40, buttons=chance.choice(MASKS)))
    if chance.random() < 0.1:
        steps.append(Until([], 30, stable=2))
    return steps


def replay(rom, cartridge, path):
    """Run a path from power-on; yields what the fresh machine has at the end of each segment."""
    machine = Machine(rom, cartridge)
    milestones = []
    for segment in path:
        for act in segment.acts:
            if isinstance(act, Run):
                milestones += machine.run(act.mask, act.frames)
            else:
                assert machine.write(act.address, act.after) == act.before
        yield segment, machine
    assert [(reached.milestone.name, reached.frame) for reached in milestones] == [
        milestone for segment in path for milestone in segment.milestones
    ]
    machine.close()


def compare_longest_paths(rom, cartridge, run_folder, count):
    """Compare the RAM hash of every checkpoint on the longest paths.

    Returns:
        How many checkpoints were compared, and how many frames the longest path has.
    """
    tree = Tree.from_events(read_events(run_folder))
    ends = sorted((one for one in tree.segments if one.checkpoint), key=lambda one: one.end_frame)[-count:]
    compared = 0
    for end in ends:
        for segment, machine in replay(rom, cartridge, tree.path_to(end.identifier)):
            assert machine.frame == segment.end_frame
            if segment.checkpoint:
                assert machine.ram_hash() == segment.ram, f"{segment.identifier} differs at frame {machine.frame}"
                compared += 1
        states = StateStore(run_folder)
        resumed = Machine(rom, cartridge)
        resumed.load_stored(states.get(end.checkpoint))
        assert resumed.ram_hash() == end.ram
        resumed.close()
    return compared, ends[-1].end_frame


def settings_of(rom, identifier, run_folder):
    return {
        "rom": str(rom),
        "cartridge": identifier,
        "run_folder": str(run_folder),
        "attempt": "a001",
        "capabilities": list(CAPABILITIES),
    }


def test_a_branched_recording_is_equal_to_its_linear_replay_on_the_demo_cartridge(nursery, rom, run_folder):
    settings = settings_of(rom.path, rom.cartridge.identifier, run_folder)
    ran, restores = wander(nursery, settings, seed=7, frames=15_000)
    assert ran >= 15_000
    assert restores > 20
    compared, longest = compare_longest_paths(rom.path, rom.cartridge, run_folder, 1)
    assert compared > 20
    assert longest > 5_000


@pytest.mark.rom
@pytest.mark.parametrize("seed", [1, 2])
def test_a_branched_recording_is_equal_to_its_linear_replay_on_the_real_game(nursery, red_rom, run_folder, seed):
    ran, restores = wander(nursery, settings_of(red_rom, "red", run_folder), seed=seed, frames=50_000)
    assert ran >= 50_000
    assert restores > 80
    compared, longest = compare_longest_paths(red_rom, load("red"), run_folder, 2)
    assert compared > 100
    assert longest > 20_000
