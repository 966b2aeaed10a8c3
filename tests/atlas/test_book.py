"""The battle tables of a ROM: the demo game's against their source, the real game's by what must hold of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pokerl.atlas import Book, open_book, read_rom_of
from pokerl.cartridge import load
from pokerl.errors import UsageProblem
from tests.conftest import Rom

SOURCE = Path(__file__).parents[2] / "cartridges" / "demo" / "data"
FACTORS = {0.0, 0.25, 0.5, 1.0, 2.0, 4.0}


def source(name: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((SOURCE / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book(demo_rom: Path) -> Book:
    return open_book(load("demo"), read_rom_of(demo_rom.read_bytes()))


def test_creatures_are_as_their_source_says(book: Book) -> None:
    numbers = {move.name: number for number, move in book.moves.items()}
    for name, entry in source("creatures").items():
        found = book.species[entry["index"]]
        abilities = [found.hp, found.attack, found.defence, found.speed, found.special]
        assert (found.name, abilities, found.catch_rate) == (name, entry["stats"], entry["catch"])
        assert list(found.types) == list(dict.fromkeys(entry["types"]))
        assert [list(pair) for pair in found.learned] == [
            [level, numbers[move.replace(" ", "_")]] for level, move in entry.get("learn", [])
        ]
        into = [[one.value, book.species[one.species].name] for one in found.evolutions]
        assert into == ([entry["evolution"]] if "evolution" in entry else [])


def test_moves_are_as_their_source_says(book: Book) -> None:
    for name, entry in source("moves").items():
        found = book.moves[entry["id"]]
        assert found.name == name.replace(" ", "_")
        assert (found.type, found.power, found.uses) == (entry["type"], entry["power"], entry["points"])
        assert found.accuracy == pytest.approx(entry["accuracy"] / 100, abs=0.01)


def test_types_multiply(book: Book) -> None:
    assert book.effect("WATER", ["FIRE"]) == 2
    assert book.effect("WATER", ("FIRE", "FIRE")) == 2
    assert book.effect("WATER", ("FIRE", "ROCK")) == 4
    assert book.effect("GROUND", ("FLYING",)) == 0
    assert book.effect("NORMAL", ("NORMAL",)) == 1


def test_a_game_whose_tables_are_unknown_is_told() -> None:
    with pytest.raises(UsageProblem, match="battle tables"):
        open_book(load("generic"), read_rom_of(bytes(0x8000)))


@pytest.mark.rom
def test_the_real_games_tables_hang_together(real: Rom) -> None:
    cartridge = real.cartridge
    found = open_book(cartridge, read_rom_of(real.path.read_bytes()))
    assert len(found.species) == 151
    assert set(found.moves) == set(cartridge.moves)
    for species in found.species.values():
        assert {move for _, move in species.learned} <= set(found.moves)
        assert {one.species for one in species.evolutions} <= set(found.species)
        assert all(kind in cartridge.types.values() for kind in species.types)
        assert all(found.effect(move.type, species.types) in FACTORS for move in found.moves.values())
    mew = next(one for one in found.species.values() if one.name == "MEW")
    assert len({mew.hp, mew.attack, mew.defence, mew.speed, mew.special}) == 1
    assert not mew.evolutions
