"""The pixels interface: nothing but screen and buttons, and what the picture tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pokerl import shipped
from pokerl.cartridge import load
from pokerl.emulator import Client
from pokerl.emulator.capability import MODES
from pokerl.errors import CapabilityDenied, UsageProblem
from pokerl.play.game import Game
from pokerl.play.interface import load_interface
from pokerl.play.tools import bind, load_tools
from tests.conftest import Start

FOLDER = shipped.path("interfaces/pixels")
Tools = dict[str, Callable[..., Any]]


@pytest.fixture
def client(start: Start, client_of: Callable[..., Any]) -> Client:
    connected: Client = client_of(start(capabilities=sorted(MODES["pixels"])))
    return connected


@pytest.fixture
def game(client: Client) -> Game:
    return Game(client, load("demo"))


@pytest.fixture
def tools(game: Game) -> Tools:
    """The tools, with the hero in the first room."""
    tools = bind(load_tools(FOLDER, "pixels_under_test"), game)
    for turn in range(60):
        game.press("start" if turn % 4 == 0 else "a", hold=4, wait=16)
        if turn > 8 and not tools["box_open"]() and tools["step"]("down") == "moved 1 squares down":
            return tools
    raise AssertionError("no game began")


def test_it_asks_for_what_the_pixels_mode_grants():
    assert set(load_interface(FOLDER).manifest.capabilities) <= MODES["pixels"]


def test_nothing_of_memory_can_be_seen_with_it(game):
    with pytest.raises(CapabilityDenied):
        game.read("wXCoord")


def test_a_picture_is_enlarged_and_has_a_grid(game, tools):
    plain, grid = tools["picture"](grid=False), tools["picture"](scale=2)
    assert plain.shape == (432, 480, 3)
    assert grid.shape == (288, 320, 3)
    assert np.array_equal(plain[::3, ::3], game.screen())
    assert np.any(np.all(grid == (220, 60, 60), axis=2))


def test_a_step_says_whether_the_picture_moved(tools):
    told = tools["step"]("left", 9)
    assert told.startswith("moved ") and "did not move" in told
    assert tools["walk"]("right 2, left 1") == "all walked"
    assert tools["walk"]("left 9").startswith("in 'left 9': moved")


def test_a_menu_is_read_from_the_picture(tools):
    assert "changed" in tools["press"]("start")
    assert "[TEAM]" in tools["read"]() or "[" in tools["read"]()
    before = tools["read"]()
    tools["press"]("down")
    assert tools["read"]() != before
    tools["press"]("b")
    assert tools["read"]() == "nothing that can be read"


def test_a_text_box_is_noticed_and_read_to_its_end(tools):
    tools["step"]("up", 9)
    assert tools["press"]("a") == "a text box opened"
    assert tools["box_open"]()
    told = tools["read_on"]()
    assert told.endswith("[the box is closed]") and len(told) > 40
    words = told.split()
    assert all(words[place : place + 3] != words[place + 3 : place + 6] for place in range(len(words)))
    assert not tools["box_open"]()


def test_a_game_whose_letters_nobody_shipped_is_read_once_they_are_taught(client, tools):
    unknown = bind(load_tools(FOLDER, "pixels_without_letters"), Game(client, load("red")))
    tools["step"]("up", 9)
    assert unknown["press"]("a") == "a text box opened"
    told = tools["read"]().removeprefix("text: ")
    assert told not in unknown["read"]()
    first = next(length for length in range(18, 0, -1) if told[length : length + 1] in ("", " "))
    unknown["teach"](14, 1, told[:first])
    assert unknown["read"]().startswith(f"text: {told[:first]}")


def test_letters_are_taught_by_telling_what_stands_where(tools):
    with pytest.raises(UsageProblem, match="fit"):
        tools["teach"](17, 19, "too long")
    assert "known" in tools["teach"](0, 0, "A")
