"""Playing by hand in a real window, on a screen that nobody sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pokerl.cartridge import load
from pokerl.states.shelf import list_states, picture_of_state, take_state

COMMAND = (sys.executable, "-c", "from pokerl.cli import main; main()", "states", "make", "--name", "mine")
TRIES = 60


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen in memory."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("Xvfb and xdotool are not installed")
    reader, writer = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", str(writer)], pass_fds=[writer], stderr=subprocess.DEVNULL
    ) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            yield f":{pipe.readline().strip()}"
        server.terminate()


def test_where_the_game_stands_when_escape_is_pressed_is_kept(screen, tmp_path, demo_rom):
    environment = os.environ | {"DISPLAY": screen, "PYTHONPATH": str(Path.cwd()), "SDL_AUDIODRIVER": "dummy"}
    with subprocess.Popen(COMMAND, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as game:
        for _ in range(TRIES):
            subprocess.run(["xdotool", "key", "--delay", "100", "Return", "a", "Escape"], env=environment, check=True)
            if game.poll() is not None:
                break
        game.kill()
        assert game.stdout is not None
        assert b"Escape keeps the state" in game.stdout.read()
    shelf = tmp_path / "savestates"
    (kept,) = list_states(shelf)
    assert (kept.name, kept.cartridge, kept.label) == ("mine", "demo", "made by hand")
    picture_of_state(take_state("mine", shelf), demo_rom, load("demo"), tmp_path / "mine.png")
    assert np.asarray(Image.open(tmp_path / "mine.png")).shape == (576, 640, 3)
