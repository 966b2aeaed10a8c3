"""An open run with a designer's desk, and whole experiments from scripted turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pokerl.budget import Budget, Limits
from pokerl.design.desk import Desk
from pokerl.design.experiment import ExperimentResult, run_experiment
from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings, PlayerSettings
from pokerl.play.run import Run
from tests.play.stage import write_script


class Office:
    """A desk as the designer's worker reaches it: by host functions with plain arguments."""

    def __init__(self, run: Run, script: Path, settings: ExperimentSettings) -> None:
        self.run, self.script = run, script
        self.budget = Budget(Limits(wall_seconds=600, frames=1_000_000), name="the experiment")
        self.desk = Desk(run, settings, self.budget)
        self.functions = self.desk.extension().functions

    def ask(self, function: str, **arguments: Any) -> Any:
        """Call a host function; what comes back is plain data."""
        return msgspec.to_builtins(self.functions[function](arguments), builtin_types=(bytes,))

    def evaluate(self, **wanted: Any) -> Any:
        """Play an attempt to its end; its result."""
        (identifier,) = self.ask("evaluate", **wanted)
        return self.ask("attempt_wait", attempt=identifier)

    def version(self, version: str, tools: str = "", capabilities: str = '"press", "ram.read", "branch"') -> None:
        """Write a whole version."""
        self.ask("workspace_write", version=version, file="tools.py", text=tools)
        self.ask("workspace_write", version=version, file="player.md", text="Play.")
        manifest = f'name = "{version}"\ncapabilities = [{capabilities}]\n'
        self.ask("workspace_write", version=version, file="interface.toml", text=manifest)

    def player(self, version: str, *turns: str) -> None:
        """What the player of a version will say."""
        write_script(self.script, f"player-{version}", *turns)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    base = tmp_path_factory.mktemp("desk")
    script = base / "script"
    script.mkdir()
    settings = ExperimentSettings(
        cartridge="demo", mode="fair", runs=str(base), scripted=str(script), player=PlayerSettings(wall="60s")
    )
    with open_run(settings, environment={}) as run:
        office = Office(run, script, settings)
        with closing(office.desk):
            yield office


@pytest.fixture
def experiment(tmp_path: Path) -> Callable[..., ExperimentResult]:
    """Run an experiment whose agents say these turns."""

    def go(turns: dict[str, tuple[str, ...]], watch: Any = None, **given: Any) -> ExperimentResult:
        for agent, blocks in turns.items():
            write_script(tmp_path / "script", agent, *blocks)
        places = {"runs": str(tmp_path / "runs"), "scripted": str(tmp_path / "script")}
        more = {} if watch is None else {"watch": watch}
        return run_experiment(ExperimentSettings(**{"cartridge": "demo"} | places | given), environment={}, **more)

    return go
