"""The machine: inputs in, memory and pictures out, and nothing else."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pokerl.cartridge import load
from pokerl.emulator import Machine
from pokerl.emulator.core import PyBoy, StateBuffer, StateFiles
from pokerl.emulator.protocol import BUTTONS
from pokerl.errors import RomProblem, StateRejected, UsageProblem

A, START = BUTTONS["a"], BUTTONS["start"]


@pytest.fixture
def machine(rom) -> Iterator[Machine]:
    machine = Machine(rom.path, rom.cartridge)
    yield machine
    machine.close()


@pytest.fixture
def another(rom) -> Iterator[Machine]:
    machine = Machine(rom.path, rom.cartridge)
    yield machine
    machine.close()


def test_the_cartridges_own_ram_is_read_whatever_the_bus_shows(machine, rom):
    content = bytes(range(256)) * 128
    console = PyBoy(io.BytesIO(rom.path.read_bytes()), ram_file=io.BytesIO(content), window="null")
    state = StateFiles().save(console)
    console.stop(save=False)
    machine.adopt(state)
    assert machine.cartridge_ram() == content
    assert machine.read(0xA000, 0x100) == b"\xff" * 0x100


def test_a_rom_that_the_emulator_cannot_run_is_told(rom, tmp_path):
    damaged = bytearray(rom.path.read_bytes())
    damaged[0x134] ^= 1
    (tmp_path / "damaged.gb").write_bytes(damaged)
    with pytest.raises(RomProblem, match="cannot run this ROM: Cartridge header checksum"):
        Machine(tmp_path / "damaged.gb", load("generic"))


def test_it_counts_the_frames_it_runs(machine):
    machine.run(0, 5)
    machine.run(A, 300)
    machine.run(A, 0)
    assert machine.frame == 305


def test_the_same_inputs_lead_to_the_same_memory(machine, another):
    for one in (machine, another):
        one.run(0, 200)
        one.run(START, 10)
        one.run(0, 90)
    assert machine.ram_hash() == another.ram_hash()


def test_how_the_inputs_are_cut_makes_no_difference(machine, another):
    machine.run(START, 100)
    for frames in (1, 2, 30, 67):
        another.run(START, frames)
    assert machine.ram_hash() == another.ram_hash()
    assert machine.save() == another.save()


def test_other_inputs_lead_to_other_memory(machine, another):
    machine.run(0, 1200)
    for _ in range(20):
        another.run(START, 10)
        another.run(0, 50)
    assert machine.ram_hash() != another.ram_hash()


def test_reading_and_looking_change_nothing(machine, another):
    for _ in range(40):
        machine.run(A, 7)
        another.run(A, 7)
        machine.read(0x8000, 0x8000)
        machine.screen()
    assert machine.ram_hash() == another.ram_hash()
    assert machine.frame == another.frame


def test_a_loaded_state_goes_on_as_the_saved_machine_does_with_buttons_still_held(machine, another):
    machine.run(0, 150)
    machine.run(START, 3)
    another.load(machine.save())
    assert another.frame == 153
    for one in (machine, another):
        one.run(START, 2)
        one.run(0, 200)
    assert machine.ram_hash() == another.ram_hash()
    assert machine.save() == another.save()


def test_loading_drops_what_was_done_since_the_save(machine):
    machine.run(0, 100)
    saved, before = machine.save(), machine.ram_hash()
    machine.run(START | A, 50)
    machine.write(0xC100, b"\x77")
    machine.load(saved)
    assert (machine.frame, machine.ram_hash()) == (100, before)


def test_nothing_but_a_saved_state_is_loaded(machine):
    with pytest.raises(StateRejected):
        machine.load(b"something else")


def test_the_picture_is_of_the_present_frame_whether_or_not_it_was_drawn(machine, another):
    machine.run(0, 250, render=False)
    seen = machine.screen()
    assert seen.shape == (144, 160, 3)
    assert seen.dtype == np.uint8
    another.run(0, 251, render=True)
    assert np.array_equal(seen, another.screen())


def test_the_first_picture_that_a_machine_draws_is_like_every_later_one(machine, another):
    for _ in range(300):
        another.run(0, 1, render=True)
    machine.run(0, 299)
    glimpsed = machine.screen()
    machine.run(0, 1, render=True)
    assert np.array_equal(machine.screen(), another.screen())
    assert np.array_equal(glimpsed, another.screen())


def test_memory_is_read_up_to_the_end_of_the_bus(machine):
    assert len(machine.read(0xFFF0, 100)) == 16
    assert machine.read(0xFF40, 3)[1] == 0xFF


def test_a_write_tells_what_stood_there(machine):
    machine.write(0xC800, b"\x01\x02")
    assert machine.write(0xC800, b"\x03\x04") == b"\x01\x02"
    assert machine.read(0xC800, 2) == b"\x03\x04"


@pytest.mark.parametrize(("address", "length"), [(0x7FFF, 1), (0xFFFF, 2), (0x2000, 4)])
def test_only_ram_is_written(machine, address, length):
    with pytest.raises(UsageProblem):
        machine.write(address, bytes(length))


def test_rom_banks_are_read_as_the_file_has_them(machine, rom):
    content = rom.path.read_bytes()
    assert machine.read_rom(0, 0x134, 16) == content[0x134:0x144]
    assert machine.read_rom(1, 0x4000, 64) == content[0x4000:0x4040]
    assert machine.read_rom(1, 0x7FFF, 1) == content[0x7FFF:0x8000]


@pytest.mark.parametrize(("bank", "address", "length"), [(511, 0x4000, 1), (1, 0x7FFF, 2), (0, 0x3FFF, 2)])
def test_a_stretch_that_leaves_its_rom_bank_is_refused(machine, bank, address, length):
    with pytest.raises(UsageProblem):
        machine.read_rom(bank, address, length)


def test_no_file_appears_beside_the_rom_and_none_is_read(rom, tmp_path):
    copy = tmp_path / "game.gb"
    shutil.copy(rom.path, copy)
    Path(f"{copy}.ram").write_bytes(b"\xaa" * 0x8000)
    Path(tmp_path / "game.sym").write_text("nonsense")
    machine = Machine(copy, rom.cartridge)
    machine.run(0, 60)
    machine.write(0x8000, b"x")
    clean = Machine(rom.path, rom.cartridge)
    clean.run(0, 60)
    assert machine.ram_hash() == clean.ram_hash()
    machine.close()
    clean.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["game.gb", "game.gb.ram", "game.sym"]
    assert Path(f"{copy}.ram").read_bytes() == b"\xaa" * 0x8000


def test_a_rom_of_another_cartridge_is_refused(rom, tmp_path):
    other = tmp_path / "other.gb"
    other.write_bytes(rom.path.read_bytes()[:-1] + b"\x99")
    with pytest.raises(RomProblem, match="SHA-1"):
        Machine(other, rom.cartridge)
    with pytest.raises(RomProblem, match="cannot be read"):
        Machine(tmp_path / "missing.gb", rom.cartridge)
    (tmp_path / "short.gb").write_bytes(b"x")
    with pytest.raises(RomProblem, match="too short"):
        Machine(tmp_path / "short.gb", rom.cartridge)


def test_a_rom_with_a_real_time_clock_is_refused_because_it_cannot_be_replayed(rom, tmp_path):
    content = bytearray(rom.path.read_bytes())
    content[0x147] = 0x10
    (tmp_path / "clock.gb").write_bytes(content)
    with pytest.raises(RomProblem, match="clock"):
        Machine(tmp_path / "clock.gb", load("generic"))


def test_a_picture_is_the_emulators_without_its_fourth_channel(machine):
    machine.run(0, 300, render=True)
    shown = machine.screen()
    assert len(np.unique(shown)) > 1
    assert shown.flags["C_CONTIGUOUS"]
    assert np.array_equal(shown, np.frombuffer(machine.picture(), np.uint8).reshape(144, 160, 4)[:, :, :3])


def test_states_are_saved_quickly_and_are_those_of_the_documented_way(machine):
    plain = StateFiles()
    quick = machine._states
    assert isinstance(quick, StateBuffer)
    for frames in (1, 200, 500):
        machine.run(BUTTONS["start"], frames)
        state = quick.save(machine._pyboy)
        assert state == plain.save(machine._pyboy)
        machine.run(0, 100)
        later = plain.save(machine._pyboy)
        quick.load(machine._pyboy, state)
        assert plain.save(machine._pyboy) == state
        machine._mask = BUTTONS["start"]
        machine.run(0, 100)
        assert plain.save(machine._pyboy) == later


IMPORTED_BEFORE = """
import sys, pyboy
from pokerl import cartridge
from pokerl.emulator import Machine
from pokerl.emulator.core import PyBoy, StateBuffer, StateFiles
machine = Machine(sys.argv[1], cartridge.load("demo"))
print(type(machine._states).__name__)
machine.run(0, 30)
saved, ram = machine.save(), machine.ram_hash()
machine.run(0, 30)
machine.load(saved)
print(machine.ram_hash() == ram)
"""


def test_where_pyboy_was_imported_by_someone_else_states_are_saved_the_documented_way(rom):
    command = [sys.executable, "-W", "ignore", "-c", IMPORTED_BEFORE, str(rom.path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["StateFiles", "True"]
