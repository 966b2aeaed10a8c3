"""Tools: bound to the player's machine, usable on another, and named in what they do."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from pokerl.errors import CapabilityDenied
from pokerl.play.game import Game
from pokerl.play.tools import bind, load_tools
from pokerl.timeline import read_events
from tests.conftest import Rom, Start
from tests.play.stage import write_interface

SOURCE = '''
from pokerl.play import Game

def rich(game: Game, amount: int = 9) -> str:
    """Get rich."""
    game.poke("wPlayerMoney", amount, why="for the shop")
    return "rich"

def everything(game: Game) -> str:
    rich(game)
    game.poke("wObtainedBadges", 255)
    return inner(game)

def inner(game: Game) -> str:
    game.wait(1)
    return game.tool

def fails(game: Game) -> None:
    raise ValueError("no")

def _hidden(game): ...
'''


@pytest.fixture
def tools(tmp_path: Path, game: Game) -> dict[str, Callable]:
    return bind(load_tools(write_interface(tmp_path / "i", SOURCE), "interface_under_test"), game)


def labels(run_folder: Path, kind: str) -> list[str]:
    return [event.data["tool"] for event in read_events(run_folder) if event.kind == kind]


def test_only_public_functions_that_take_game_are_tools(tools):
    assert sorted(tools) == ["everything", "fails", "inner", "rich"]


def test_a_bound_tool_shows_what_the_player_writes(tools):
    assert str(inspect.signature(tools["rich"])) == "(amount: int = 9) -> str"
    assert tools["rich"].__doc__ == "Get rich."
    assert tools["rich"].__name__ == "rich"


def test_each_poke_bears_the_name_of_the_innermost_tool(tools, game, run_folder):
    game.poke(0xC800, 1)
    assert tools["everything"]() == "inner"
    assert labels(run_folder, "poke") == ["", "rich", "everything"]
    assert labels(run_folder, "input") == ["inner"]


def test_a_tool_that_raises_leaves_no_label_behind(tools, game):
    with pytest.raises(ValueError, match="no"):
        tools["fails"]()
    assert game.tool == ""


def test_a_tool_given_another_machine_acts_on_that_one(tools, game, start: Start, client_of, rom: Rom):
    other = Game(client_of(start()), rom.cartridge)
    tools["rich"](other, amount=7)
    assert other.byte("wPlayerMoney") == 7
    assert game.byte("wPlayerMoney") == 0


def test_a_refusal_bears_the_name_of_the_tool(tmp_path, start: Start, client_of, rom: Rom, run_folder):
    fair = Game(client_of(start(capabilities=["press", "ram.read"])), rom.cartridge)
    tools = bind(load_tools(write_interface(tmp_path / "i", SOURCE), "interface_refused"), fair)
    with pytest.raises(CapabilityDenied, match=r"ram\.write"):
        tools["rich"]()
    assert labels(run_folder, "refusal") == ["rich"]


def test_two_versions_side_by_side_do_not_mix(tmp_path, game):
    first = write_interface(tmp_path / "a", "LIMIT = 1\ndef limit(game): return LIMIT")
    second = write_interface(tmp_path / "b", "LIMIT = 2\ndef limit(game): return LIMIT")
    one, two = (bind(load_tools(each, f"side_{each.name}"), game) for each in (first, second))
    assert (one["limit"](), two["limit"]()) == (1, 2)


def test_a_package_imports_its_own_modules(tmp_path, game):
    folder = write_interface(tmp_path / "i")
    (folder / "tools.py").unlink()
    (folder / "tools").mkdir()
    (folder / "tools" / "__init__.py").write_text("from . import maps\ndef go(game): return maps.HERE\n")
    (folder / "tools" / "maps.py").write_text("HERE = 5\n")
    assert bind(load_tools(folder, "interface_package"), game)["go"]() == 5
