"""One open run for all attempts of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings
from pokerl.play.game import Game
from pokerl.play.run import Run
from tests.conftest import Rom, Start
from tests.play import stage


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    base = tmp_path_factory.mktemp("attempts")
    script = base / "script"
    script.mkdir()
    settings = ExperimentSettings(cartridge="demo", runs=str(base), scripted=str(script))
    with open_run(settings, environment={}) as run:
        yield run


@pytest.fixture
def play(run: Run, tmp_path: Path) -> Callable[..., stage.Played]:
    return lambda *turns, **given: stage.play(given.pop("run", run), tmp_path, *turns, **given)


@pytest.fixture
def game(start: Start, client_of: Callable, rom: Rom) -> Game:
    """A handle on a machine of its own, as a worker has it, without branches."""
    return Game(client_of(start(commits=True)), rom.cartridge)
