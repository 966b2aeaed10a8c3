"""A new game, started once and set back for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from demo_game.console import Game


@pytest.fixture(scope="session")
def started() -> Iterator[Game]:
    game = Game()
    game.begin()
    yield game
    game.boy.stop(save=False)


@pytest.fixture
def game(started: Game) -> Game:
    """A new game, in the bedroom."""
    started.kept = {}
    started.load(started.bedroom)
    return started
