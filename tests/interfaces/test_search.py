"""Finding where a game keeps its numbers, in any Game Boy game."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from pokerl.cartridge import load
from pokerl.commands.playing import play_once
from pokerl.design.settings import ExperimentSettings
from pokerl.errors import UsageProblem
from pokerl.play.game import Game
from pokerl.play.search import WORK_RAM, RamSearch
from tests.conftest import Start
from tests.play.stage import FINISH, write_interface, write_script

TITLE, CHECKSUM = 0x134, 0x14D


@pytest.fixture
def unknown_rom(demo_rom: Path, tmp_path: Path) -> Path:
    """A ROM that pokerl does not know: the demo game's, with another title."""
    content = bytearray(demo_rom.read_bytes())
    content[CHECKSUM] = (content[CHECKSUM] + content[TITLE] - ord("Z")) & 0xFF
    content[TITLE] = ord("Z")
    path = tmp_path / "unknown.gb"
    path.write_bytes(bytes(content))
    return path


@pytest.fixture
def game(start: Start, client_of: Callable[..., Any], unknown_rom: Path) -> Game:
    """An unknown game, in its first room."""
    game = Game(client_of(start(rom=str(unknown_rom), cartridge="generic")), load("generic"))
    for turn in range(60):
        game.press("start" if turn % 4 == 0 else "a", hold=4, wait=16)
    game.press("b", "b", "b", wait=30)
    return game


def step(game: Game, button: str) -> None:
    game.hold(button, 10)
    game.wait(30)


def test_where_one_stands_is_found_by_walking(game):
    search = RamSearch(game)
    whole = len(search)
    for button, kept in ("right", search.increased), ("left", search.decreased), ("right", search.increased):
        step(game, button)
        kept()
    game.wait(60)
    assert search.unchanged() < whole / 20
    assert 0xD362 in search.addresses
    assert search.values[0xD362] == game.byte(0xD362)
    assert "D362" in repr(search) or len(search) > 20


def test_a_number_that_is_known_is_found_by_its_value(game):
    x = game.byte(0xD362)
    search = RamSearch(game)
    assert search.equal(x) > 0
    step(game, "right")
    assert search.differs_by(1) > 0
    assert 0xD362 in search.addresses


def test_numbers_of_several_bytes_come_in_either_order(game):
    game.poke(0xC800, bytes([0x12, 0x34]))
    assert 0xC800 in _found(game, 0x1234, big=True)
    assert 0xC800 in _found(game, 0x3412, big=False)
    assert RamSearch(game, [WORK_RAM], width=4).addresses[-1] == 0xDFFC


def _found(game: Game, number: int, *, big: bool) -> list[int]:
    search = RamSearch(game, width=2, big=big)
    search.equal(number)
    return search.addresses


def test_looking_again_drops_nothing(game):
    search = RamSearch(game)
    whole = len(search)
    game.wait(30)
    search.look()
    assert len(search) == whole
    assert search.unchanged() == whole


def test_a_width_out_of_bounds_is_told(game):
    with pytest.raises(UsageProblem, match="5 bytes"):
        RamSearch(game, width=5)


def test_an_attempt_can_be_played_on_an_unknown_game(unknown_rom: Path, tmp_path: Path):
    script = tmp_path / "script"
    turn = "from pokerl.play.search import RamSearch\ns = RamSearch(game)\ngame.wait(30)\nprint(s.changed() > 0)\n"
    write_script(script, "player-v1", turn + "print(show(game.screen()))\n" + FINISH)
    interface = write_interface(tmp_path / "interface", capabilities=("press", "screen", "ram.read"))
    settings = ExperimentSettings(
        cartridge="generic", rom=str(unknown_rom), runs=str(tmp_path / "runs"), scripted=str(script), mode="fair"
    )
    report = play_once(settings, str(interface), unsafe=False, console=Console(quiet=True))
    assert report.attempt.outcome == "answered", msgspec.to_builtins(report)
    assert not report.attempt.errors and report.attempt.frames == 30
