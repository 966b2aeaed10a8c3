"""States that older versions of PyBoy saved: each is read to its end and goes on as it was."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerl.cartridge import load
from pokerl.emulator import Machine
from pokerl.emulator.core import StateFiles
from pokerl.errors import StateRejected
from pokerl.states.belonging import belongs
from pokerl.states.foreign import import_state
from pokerl.states.older import completed
from pokerl.states.shelf import take_state
from tests.states.tiny import COUNTER, tiny_rom

OLD = sorted((Path(__file__).parent / "old").glob("*.state.gz"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("rom") / "tiny.gb"
    path.write_bytes(tiny_rom())
    return path


@pytest.fixture
def machine(tiny) -> Iterator[Machine]:
    machine = Machine(tiny, load("generic"))
    yield machine
    machine.close()


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.name.removesuffix(".state.gz"))
def test_a_state_of_an_older_pyboy_goes_on_where_it_stood(path, machine, tiny):
    state = gzip.decompress(path.read_bytes())
    machine.adopt(completed(state))
    assert belongs(state, machine, tiny.read_bytes())
    counted = machine.byte(COUNTER)
    assert counted > 0
    machine.run(0, 10)
    assert machine.byte(COUNTER) == counted + 10
    assert machine.stored().pyboy != path.name.removesuffix(".state.gz")


def test_all_releases_are_tried():
    assert {gzip.decompress(path.read_bytes())[0] for path in OLD} == {9, 10, 11, 12, 14, 15, 17}


def test_one_is_imported_and_says_of_which_format_it_was(tiny, tmp_path):
    path = tmp_path / "counting.state"
    path.write_bytes(gzip.decompress(OLD[0].read_bytes()))
    kept, said = import_state(path, load("generic"), str(tiny), trust=True, folder=tmp_path)
    assert "counting.state (PyBoy state format 9)" in kept.label and said == ""
    assert take_state("counting", tmp_path).rom_sha1 == kept.rom_sha1


def test_a_state_of_today_is_left_as_it_is(machine):
    state = StateFiles().save(machine._pyboy)
    assert completed(state) == state


def test_a_state_with_something_after_its_end_is_refused(machine):
    state = gzip.decompress(OLD[-1].read_bytes())
    with pytest.raises(StateRejected, match="goes on where one of this ROM ends"):
        machine.adopt(completed(state) + b"\0")


def test_a_state_of_another_game_is_refused(tmp_path):
    rom = bytearray(tiny_rom())
    rom[0x149] = 3  # as much RAM as the demo game has
    rom[0x14D] -= 1
    (tmp_path / "tiny.gb").write_bytes(rom)
    machine = Machine(tmp_path / "tiny.gb", load("generic"))
    machine.run(0, 300)
    path = tmp_path / "tiny.state"
    path.write_bytes(StateFiles().save(machine._pyboy))
    machine.close()
    with pytest.raises(StateRejected, match="it is of another game than"):
        import_state(path, load("demo"), "", trust=True, folder=tmp_path)


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_completed_to_something(state):
    assert len(completed(state)) >= len(state)
