"""What is played for measuring: the demo game, or the ROM that POKERL_ROM names."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any, NamedTuple

from pokerl import cartridge, shipped
from pokerl.cartridge import Cartridge
from pokerl.emulator import Machine
from pokerl.emulator.protocol import BUTTONS
from pokerl.timeline import pack_state

A = BUTTONS["a"]
WALKING = 0xCFC5
"""wWalkCounter: not 0 while the player is between two squares."""

POSITION = (0xD361, 2)


class Game(NamedTuple):
    """A ROM with its profile."""

    rom: Path
    cartridge: Cartridge

    def machine(self) -> Machine:
        """A machine at power-on."""
        return Machine(self.rom, self.cartridge)

    def in_play(self) -> Machine:
        """A machine whose player stands in a room and can walk."""
        machine = self.machine()
        machine.run(0, 60)
        chance = random.Random(1)
        while not machine.byte(0xD369) and machine.frame < 30_000:
            machine.run(A if chance.random() < 0.7 else BUTTONS["start"], 8)
            machine.run(0, 8)
        for _ in range(40):
            machine.run(BUTTONS["b"], 4)
            machine.run(0, 12)
        return machine

    def state_file(self, folder: Path) -> Path:
        """A file with such a state."""
        machine = self.in_play()
        path = folder / "room.state"
        path.write_bytes(pack_state(machine.stored()))
        machine.close()
        return path


def chosen() -> Game:
    """The game to measure with."""
    given = os.environ.get("POKERL_ROM")
    if given:
        return Game(Path(given), cartridge.identify(Path(given).read_bytes()))
    return Game(shipped.path("cartridges/demo/demo.gb"), cartridge.load("demo"))


def raw(machine: Machine) -> Any:
    """PyBoy itself, below a machine."""
    return machine._pyboy


def masks(count: int, seed: int = 1) -> list[int]:
    """Buttons to walk with, now and then A and B."""
    chance = random.Random(seed)
    names = ["up", "down", "left", "right", "up", "down", "left", "right", "a", "b"]
    return [BUTTONS[chance.choice(names)] for _ in range(count)]


NAMES = {bit: name for name, bit in BUTTONS.items()}
