"""A demo game that walks along paths, with its picture and memory at every step."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from pyboy import PyBoy

from pokerl.atlas import Path, Place, World, open_atlas
from pokerl.cartridge import STATE_SPANS, Cartridge, GameState, MemoryImage, load, locate_rom, read_state
from tests.conftest import Rom

MAP, Y, X = 0xD35E, 0xD361, 0xD362
STILL = ((0xCFC5, 0), (0xCD6B, 0), (0xCD38, 0))


class Walker:
    """A game on a real emulator."""

    def __init__(self, rom: str, cartridge: Cartridge) -> None:
        self.cartridge = cartridge
        self.boy = PyBoy(rom, window="null", sound_emulated=False, ram_file=io.BytesIO(bytes(32768)))
        self.boy.tick(1, True, False)

    @property
    def place(self) -> Place:
        memory = self.boy.memory
        return Place(memory[MAP], memory[X], memory[Y])

    def image(self, spans: tuple[tuple[int, int], ...] = STATE_SPANS) -> MemoryImage:
        return MemoryImage((address, bytes(self.boy.memory[address : address + length])) for address, length in spans)

    def state(self) -> GameState:
        return read_state(self.image(), self.cartridge)

    def picture(self) -> np.ndarray:
        self.boy.tick(1, True, False)
        self.boy.tick(1, True, False)
        return self.boy.screen.ndarray[:, :, :3].copy()

    def press(self, button: str, hold: int = 16, wait: int = 32) -> None:
        self.boy.button_press(button)
        self.boy.tick(hold, False, False)
        self.boy.button_release(button)
        self.boy.tick(wait, False, False)

    def new_game(self) -> None:
        self.boy.tick(1500, False, False)
        for press in range(250):
            self.press("start" if press < 4 else "a")
            if self.state().running:
                break
        self.boy.tick(320, False, False)

    def step(self, button: str, *, to_map: int | None = None) -> None:
        """Hold a button until the player moved (or came to that map), at most two thirds of a second."""
        start = self.place
        self.boy.button_press(button)
        for _ in range(40):
            self.boy.tick(1, False, False)
            if (self.place.map == to_map) if to_map is not None else (self.place != start):
                break
        self.boy.button_release(button)
        self.boy.tick(48 if self.place.map == start.map else 160, False, False)
        for _ in range(250):
            if all(self.boy.memory[address] == value for address, value in STILL):
                return
            self.boy.tick(4, False, False)
        raise AssertionError(f"the game does not stand still at {self.place}")

    def follow(self, path: Path) -> Iterator[str]:
        """Walk a path; yields the button of each move after it."""
        for move in path.moves:
            self.step(move.button, to_map=move.place.map if move.place.map != self.place.map else None)
            yield move.button


@pytest.fixture(scope="session")
def world() -> World:
    return open_atlas(load("demo"))


@pytest.fixture
def walker() -> Iterator[Walker]:
    cartridge = load("demo")
    walker = Walker(str(locate_rom(cartridge)), cartridge)
    walker.new_game()
    yield walker
    walker.boy.stop(save=False)


@pytest.fixture
def real_walker(real: Rom) -> Iterator[Walker]:
    """The game that POKERL_ROM names."""
    walker = Walker(str(real.path), real.cartridge)
    walker.new_game()
    yield walker
    walker.boy.stop(save=False)
