from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from pyboy import PyBoy

from pokerl.cartridge import STATE_SPANS, Cartridge, GameState, MemoryImage, load, locate_rom, read_state
from tests.conftest import Rom


class Ram:
    """64 KB of memory that a test fills by hand."""

    def __init__(self, content: bytes | None = None) -> None:
        self.data = bytearray(content or bytes(0x10000))

    def __setitem__(self, address: int, value: int | bytes) -> None:
        chunk = bytes([value]) if isinstance(value, int) else value
        self.data[address : address + len(chunk)] = chunk

    def image(self, spans: tuple[tuple[int, int], ...] = STATE_SPANS) -> MemoryImage:
        return MemoryImage((address, bytes(self.data[address : address + length])) for address, length in spans)


class Console:
    """A real game on a real emulator."""

    def __init__(self, path: str) -> None:
        self.boy = PyBoy(path, window="null", sound_emulated=False, ram_file=io.BytesIO(bytes(32768)))
        self.frames = 0
        self.after_chunk: Callable[[], None] = lambda: None

    def run(self, frames: int) -> None:
        for _ in range(0, frames, 16):
            self.boy.tick(16, False, False)
            self.after_chunk()

    def press(self, *buttons: str, hold: int = 16, wait: int = 32) -> None:
        for button in buttons:
            self.boy.button_press(button)
        self.run(hold)
        for button in buttons:
            self.boy.button_release(button)
        self.run(wait)

    def image(self, spans: tuple[tuple[int, int], ...] = STATE_SPANS) -> MemoryImage:
        return MemoryImage((address, bytes(self.boy.memory[address : address + length])) for address, length in spans)

    def state(self, cartridge: Cartridge) -> GameState:
        return read_state(self.image(), cartridge)

    def new_game(self, cartridge: Cartridge) -> GameState:
        """Through title, menu and introduction until the player stands in the bedroom."""
        self.run(1500)
        for press in range(250):
            self.press("start" if press < 4 else "a")
            if self.state(cartridge).running:
                break
        self.run(320)
        return self.state(cartridge)

    def walk_downstairs(self) -> None:
        """From where a new game begins to the ground floor, round the bedroom's furniture."""
        for button in ("right", "up", "right"):
            for _ in range(8):
                self.press(button)
        self.run(128)


@pytest.fixture
def red() -> Cartridge:
    return load("red")


@pytest.fixture
def ram() -> Ram:
    return Ram()


@pytest.fixture
def demo_console() -> Iterator[Console]:
    console = Console(str(locate_rom(load("demo"))))
    yield console
    console.boy.stop(save=False)


@pytest.fixture
def real_game(real: Rom) -> Cartridge:
    return real.cartridge


@pytest.fixture
def console(real: Rom) -> Iterator[Console]:
    """The game that POKERL_ROM names."""
    console = Console(str(real.path))
    yield console
    console.boy.stop(save=False)
