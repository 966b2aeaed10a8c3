"""The starter interface on the demo game: it walks, it reads to the end, it leaves choices to the player."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pokerl.play.game import Game
from pokerl.play.tools import bind, load_tools
from pokerl.shipped import path as shipped


@pytest.fixture
def starter(game: Game) -> SimpleNamespace:
    return SimpleNamespace(**bind(load_tools(shipped("interfaces") / "starter", "starter_on_demo"), game))


@pytest.fixture
def in_the_lab(game: Game, starter: SimpleNamespace) -> None:
    for _ in range(60):
        if game.state().running and not game.state().dialogue:
            break
        game.until(limit=90)
        game.press("start" if game.frame < 120 else "a")
    for way in ((7, 1), (2, 7), "down", (13, 12)):
        starter.step(way) if isinstance(way, str) else starter.walk_to(*way)
        game.until(limit=120)
    assert game.state().player.map_name == "LABORATORY"


@pytest.mark.usefixtures("in_the_lab")
def test_talking_reads_to_the_end_and_leaves_the_player_free(game: Game, starter: SimpleNamespace):
    starter.walk_to(5, 3)
    starter.step("up")
    said = starter.talk()
    assert "There you are" in said
    assert "like!" in said.splitlines()[-1]
    assert game.state().dialogue is None
    assert starter.walk_to(5, 4).startswith("arrived")


@pytest.mark.usefixtures("in_the_lab")
def test_a_question_is_left_to_the_player(game: Game, starter: SimpleNamespace):
    starter.walk_to(5, 3)
    starter.step("up")
    starter.talk()
    starter.walk_to(8, 4)
    starter.step("up")
    assert starter.talk().endswith("[a menu asks: YES | NO]")
    assert not game.state().party
    assert all(row.strip() for row in starter.look().splitlines())


@pytest.mark.usefixtures("in_the_lab")
def test_nothing_is_said_where_nobody_is(starter: SimpleNamespace):
    assert starter.talk() == "nothing was said"
