"""Random runs, replayed: the RAM hashes are those that were recorded, wherever they are replayed.

python -m tests.trials.determinism              100 runs, each replayed in this process, in a fresh one and from a
                                                copied run folder
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from pokerl import cartridge, shipped
from pokerl.emulator import Client, Machine, MachineSettings, Nursery
from pokerl.emulator.capability import CAPABILITIES
from pokerl.emulator.protocol import BUTTONS, Condition, Hold, Span, Until
from pokerl.timeline import Poke, Run, Segment, Tree, read_events

ROM = "cartridges/demo/demo.gb"
GAME = "demo"
ACTS = 40
MASKS = [0, 0, *[BUTTONS["a"]] * 3, *BUTTONS.values(), BUTTONS["a"] | BUTTONS["up"], BUTTONS["b"] | BUTTONS["left"]]

Chain = list[list[str]]
"""Names of the segments that end in a checkpoint, each with its RAM hash."""


def play(nursery: Nursery, folder: Path, seed: int) -> None:
    """A random run on two machines: inputs, waits, pictures, checkpoints, restores, pokes."""
    chance = random.Random(seed)
    folder.mkdir()
    nodes: list[str] = []
    for number in (1, 2):
        settings = MachineSettings(
            rom=str(shipped.path(ROM)),
            cartridge=GAME,
            run_folder=str(folder),
            attempt="a001",
            machine=f"m{number:04d}",
            capabilities=list(CAPABILITIES),
            start=chance.choice(nodes) if nodes else "",
        )
        with nursery.start(settings) as handle:
            for _ in range(ACTS):
                _act(handle.control, chance, nodes)
            nodes.append(handle.control.commit().checkpoint)


def _act(client: Client, chance: random.Random, nodes: list[str]) -> None:
    client.act(_steps(chance), reads=[Span(0x8000, 0x8000)], screen=chance.random() < 0.05)
    if chance.random() < 0.15:
        nodes.append(client.checkpoint().checkpoint)
    if nodes and chance.random() < 0.1:
        client.restore(chance.choice(nodes[-4:]))
    if chance.random() < 0.1:
        client.poke(0xC000 + chance.randrange(0x100), bytes([chance.randrange(256)]))


def _steps(chance: random.Random) -> list[Hold | Until]:
    steps: list[Hold | Until] = [Hold(chance.choice(MASKS), chance.randint(1, 60)) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.3:
        steps.append(Until([Condition(0xFFD3 + chance.randrange(2), "changed")], 40, buttons=chance.choice(MASKS)))
    if chance.random() < 0.1:
        steps.append(Until([], 30, stable=2))
    return steps


def recorded(folder: Path) -> Chain:
    """The RAM hashes that the log holds."""
    tree = Tree.from_events(read_events(folder))
    return sorted([segment.identifier, segment.ram] for segment in tree.segments if segment.checkpoint)


def replayed(folder: Path) -> Chain:
    """The RAM hashes that machines show which run each path of the tree from power-on, never loading a state."""
    tree = Tree.from_events(read_events(folder))
    chain: dict[str, str] = {}
    for end in tree.segments:
        if end.checkpoint and not any(child.checkpoint for child in tree.children(end.identifier)):
            chain |= _run(tree.path_to(end.identifier))
    return sorted([name, ram] for name, ram in chain.items())


def _run(path: tuple[Segment, ...]) -> dict[str, str]:
    machine = Machine(shipped.path(ROM), cartridge.load(GAME))
    hashes = {}
    for segment in path:
        for act in segment.acts:
            if isinstance(act, Run):
                machine.run(act.mask, act.frames)
            elif isinstance(act, Poke):
                machine.write(act.address, act.after)
        hashes[segment.identifier] = machine.ram_hash()
    machine.close()
    return hashes


class Comparison(NamedTuple):
    """Whether the chains of one run are equal, and how long they are."""

    checkpoints: int
    same_process: bool
    fresh_process: bool
    copied_folder: bool


def compare(nursery: Nursery, folder: Path, seed: int) -> Comparison:
    """Make a random run in ``folder`` and replay it in three ways."""
    run, copy = folder / f"run-{seed}", folder / f"copy-{seed}"
    play(nursery, run, seed)
    shutil.copytree(run, copy)
    said = recorded(run)
    command = [sys.executable, "-m", __name__ if __name__ != "__main__" else "tests.trials.determinism"]
    fresh = subprocess.run([*command, "--chain", str(run)], capture_output=True, text=True, check=True)
    return Comparison(len(said), replayed(run) == said, json.loads(fresh.stdout) == said, replayed(copy) == said)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--chain", type=Path, help="only print the replayed chain of this run folder")
    given = parser.parse_args()
    if given.chain:
        print(json.dumps(replayed(given.chain)))
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Nursery() as nursery:
        found = [compare(nursery, Path(folder), seed) for seed in range(given.runs)]
    different = [seed for seed, one in enumerate(found) if not all(one[1:])]
    checkpoints = sum(one.checkpoints for one in found)
    summary = {"runs": given.runs, "checkpoints": checkpoints, "different": different}
    print(json.dumps(summary | {"seconds": round(time.monotonic() - began, 1)}))
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
