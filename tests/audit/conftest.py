"""One small run for all tests; those that change it get a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pokerl.emulator import Nursery
from tests.replay.runs import build


@pytest.fixture(scope="session")
def played_run(tmp_path_factory: pytest.TempPathFactory, demo_rom: Path, nursery: Nursery) -> Path:
    return build(tmp_path_factory.mktemp("runs") / "run", demo_rom, nursery)


@pytest.fixture
def copied_run(played_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(played_run, tmp_path / "copy"))
