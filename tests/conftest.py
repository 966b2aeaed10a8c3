"""What tests share: the demo cartridge, the real one if there is one, a nursery, an empty run folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import pokerl.emulator.core  # noqa: F401  before a test imports PyBoy: states would be saved the slow way
from pokerl import cartridge, shipped
from pokerl.cartridge import Cartridge
from pokerl.emulator import Client, FrameCounter, MachineHandle, MachineSettings, Nursery
from pokerl.emulator.capability import MODES
from pokerl.emulator.protocol import Answer
from pokerl.wire import Channel


@dataclass(frozen=True)
class Rom:
    """A ROM to play with and its profile."""

    path: Path
    cartridge: Cartridge


@pytest.fixture(scope="session")
def demo_rom() -> Path:
    return shipped.path("cartridges/demo/demo.gb")


@pytest.fixture(scope="session")
def rom(demo_rom: Path) -> Rom:
    return Rom(demo_rom, cartridge.load("demo"))


@pytest.fixture(scope="session")
def real() -> Rom:
    """The game that POKERL_ROM names: Red or Blue."""
    path = os.environ.get("POKERL_ROM")
    if not path:
        pytest.skip("POKERL_ROM names no ROM")
    return Rom(Path(path), cartridge.identify(Path(path).read_bytes()))


@pytest.fixture(scope="session")
def red_rom(real: Rom) -> Path:
    if real.cartridge.identifier != "red":
        pytest.skip("POKERL_ROM is not Red")
    return real.path


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


Start = Callable[..., MachineHandle]


@pytest.fixture
def start(nursery: Nursery, rom: Rom, run_folder: Path) -> Iterator[Start]:
    """Start a machine on the demo cartridge; what is not given is that of an attempt in the open mode."""
    handles: list[MachineHandle] = []

    def start(*, frames: FrameCounter | None = None, **given: Any) -> MachineHandle:
        settings: dict[str, Any] = {
            "rom": str(rom.path),
            "cartridge": rom.cartridge.identifier,
            "run_folder": str(run_folder),
            "attempt": "a001",
            "machine": f"m{len(handles) + 1:04d}",
            "capabilities": sorted(MODES["open"]),
        }
        handles.append(nursery.start(MachineSettings(**settings | given), frames))
        return handles[-1]

    yield start
    for handle in handles:
        handle.stop()


@pytest.fixture
def client_of() -> Callable[[MachineHandle], Client]:
    """A client on the untrusted socket, as a worker has it."""
    return lambda handle: Client(Channel(handle.client_socket, Answer))
