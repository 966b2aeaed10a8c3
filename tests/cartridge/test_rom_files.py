"""Which file is which game, and what is wrong with the others."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from pokerl import shipped
from pokerl.cartridge import identify, known, load, locate_rom
from pokerl.errors import ConfigurationProblem, RomProblem

LOGO = bytes.fromhex("ceed6666cc0d000b03730083000c000d")


def fake_rom(size: int = 0x100000, title: bytes = b"POKEMON RED") -> bytes:
    """A file that looks like a ROM from outside."""
    rom = bytearray(size)
    rom[0x104 : 0x104 + len(LOGO)] = LOGO
    rom[0x134 : 0x134 + len(title)] = title
    rom[0x14D] = -sum(byte + 1 for byte in rom[0x134:0x14D]) & 0xFF
    return bytes(rom)


def problem(path: Path | None, cartridge: str = "red") -> str:
    with pytest.raises(RomProblem) as caught:
        locate_rom(load(cartridge), path)
    assert caught.value.remedy
    return str(caught.value)


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_the_demo_game_needs_no_file():
    path = locate_rom(load("demo"))
    assert identify(path.read_bytes()).identifier == "demo"
    assert locate_rom(load("demo"), path) == path


def test_no_rom_at_all_is_told_with_the_wanted_digest():
    assert load("red").sha1[0] in problem(None)


def test_a_missing_file(tmp_path):
    assert "There is no file" in problem(tmp_path / "red.gb")


def test_a_folder(tmp_path):
    assert "is a folder" in problem(tmp_path)


def test_an_archive(tmp_path):
    path = tmp_path / "red.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("red.gb", b"rom")
    assert "is an archive" in problem(path)


@pytest.mark.parametrize(("name", "size"), [("red.sav", 0x8000), ("red.gb.ram", 100), ("red.gb", 0x8000)])
def test_a_saved_game(tmp_path, name, size):
    assert "is a saved game" in problem(written(tmp_path, name, bytes(size)))


@pytest.mark.parametrize("data", [b"", b"hello", bytes(0x100000)])
def test_something_that_is_no_rom(tmp_path, data):
    assert "not a Game Boy ROM" in problem(written(tmp_path, "red.gb", data))


def test_a_file_far_too_large_is_not_read(tmp_path):
    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.truncate(1 << 32)
    assert "too many for a Game Boy ROM" in problem(path)


def test_a_rom_cut_short(tmp_path):
    assert "was cut short" in problem(written(tmp_path, "red.gb", fake_rom(0x80000)))


def test_a_patched_rom_is_told_with_its_digest(tmp_path):
    rom = fake_rom()
    told = problem(written(tmp_path, "red.gb", rom))
    assert "was patched" in told
    assert hashlib.sha1(rom).hexdigest() in told


def test_an_unknown_game_is_told_with_its_digest_and_the_known_ones(tmp_path):
    rom = fake_rom(title=b"TETRIS")
    told = problem(written(tmp_path, "tetris.gb", rom))
    assert hashlib.sha1(rom).hexdigest() in told and "TETRIS" in told
    assert all(digest in told for cartridge in known() for digest in cartridge.sha1)


def test_another_known_game_is_called_by_its_name():
    demo = locate_rom(load("demo"))
    assert "is the demo game, not Pokémon Red" in problem(demo)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = written(tmp_path, "red.gb", fake_rom())
    path.chmod(0)
    assert "cannot be read" in problem(path)


def test_any_rom_will_do_for_the_generic_cartridge(tmp_path):
    path = written(tmp_path, "tetris.gb", fake_rom(0x8000, b"TETRIS"))
    assert locate_rom(load("generic"), path) == path
    assert "is a saved game" in problem(written(tmp_path, "tetris.sav", bytes(0x8000)), "generic")


def test_a_generic_rom_with_a_damaged_header_is_refused(tmp_path):
    rom = bytearray(fake_rom(0x8000, b"TETRIS"))
    rom[0x134] = ord("B")
    told = problem(written(tmp_path, "tetris.gb", bytes(rom)), "generic")
    assert "checksum is 0C, its content adds up to 1E" in told and "rgbfix" in told
    assert "ends within its header" in problem(written(tmp_path, "tetris.gb", bytes(rom[:0x120])), "generic")


def test_unknown_bytes_are_identified_as_nothing_known():
    with pytest.raises(RomProblem, match="No known game has the SHA-1"):
        identify(b"nothing")


def test_an_unknown_cartridge_is_told_with_the_known_ones():
    with pytest.raises(ConfigurationProblem, match=r"no cartridge named 'green'.*red"):
        load("green")


def test_known_games_have_names_for_everything():
    assert {cartridge.identifier for cartridge in known()} == {"red", "blue", "demo"}
    red = load("red")
    assert load("blue").symbols == red.symbols and load("blue").sha1 != red.sha1
    assert (len(red.maps), len(red.moves), red.items[0x2B]) == (248, 165, "SECRET_KEY")
    assert red.rom_symbols["AnimateHallOfFame"] == (0x1C, 0x41A0)


def test_blue_has_reds_places_in_the_rom_but_for_those_that_moved():
    red, blue = load("red").rom_symbols, load("blue").rom_symbols
    assert red.keys() == blue.keys()
    assert blue["MapHeaderPointers"] == red["MapHeaderPointers"]
    assert (red["Gym_Block"], blue["Gym_Block"]) == ((0x1A, 0x467F), (0x1A, 0x466F))


def test_a_shipped_file_that_is_missing_is_told():
    assert shipped.path("cartridges/demo/demo.gb").is_file()
    with pytest.raises(ConfigurationProblem, match="missing"):
        shipped.path("cartridges/demo/none.gb")


@pytest.mark.rom
def test_the_real_game_is_identified(real):
    path, game = real.path, real.cartridge
    assert game.identifier in ("red", "blue")
    assert locate_rom(game, path) == path
    other = load("blue" if game.identifier == "red" else "red")
    assert f"is {game.title}, not {other.title}" in problem(path, other.identifier)
