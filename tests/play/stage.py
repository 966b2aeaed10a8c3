"""Setting up attempts: interfaces and scripted turns on disk, an open run, and what came of playing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pokerl.budget import Budget
from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings
from pokerl.play.attempt import AttemptPlan, play_attempt
from pokerl.play.interface import load_interface
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.play.settings import AgentSettings
from pokerl.rlm import Completion, Model, ModelRequest, ScriptedModel
from pokerl.timeline import Event, Tree

EVERYTHING = ("press", "screen", "ram.read", "rom.read", "branch", "ram.write")
FINISH = 'answer["content"] = "done"; answer["ready"] = True'
NUMBERS = itertools.count(1)

WIN = """
game.wait(300)
def put(where, *data):
    game.poke(where, bytes(data), why="test")
    game.wait(64)
put(0xD369, 8)
put(0xD867, 2)
put(0xD35E, 0x76)
put(0xD5A2, 1)
"""
"""Pokes what the milestone "won" asks for."""


def code(*blocks: str) -> str:
    """A model's reply with blocks of code."""
    return "\n".join(f"```repl\n{block.strip()}\n```" for block in blocks)


def write_script(folder: Path, agent: str, *turns: str) -> None:
    """Scripted turns of an agent, each one block of code."""
    (folder / agent).mkdir(parents=True, exist_ok=True)
    for number, turn in enumerate(turns, 1):
        (folder / agent / f"{number:02d}.md").write_text(code(turn))


def write_interface(
    folder: Path,
    tools: str = "",
    *,
    capabilities: tuple[str, ...] = EVERYTHING,
    name: str = "v1",
    prompt: str = "Play.",
) -> Path:
    """An interface folder."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'"{capability}"' for capability in capabilities)
    (folder / "interface.toml").write_text(f'name = "{name}"\ncapabilities = [{listed}]\n')
    (folder / "tools.py").write_text(tools)
    (folder / "player.md").write_text(prompt)
    return folder


@contextmanager
def opened(base: Path, **given: Any) -> Iterator[Run]:
    """An open run of the demo game in a folder."""
    (base / "script").mkdir(exist_ok=True)
    places = {"cartridge": "demo", "runs": str(base), "scripted": str(base / "script")}
    with open_run(ExperimentSettings(**places | given), environment={}) as run:
        yield run


@dataclass
class Played:
    """An attempt that was played."""

    run: Run
    result: AttemptResult
    agent: str

    @property
    def events(self) -> list[Event]:
        """Its events."""
        return [event for event in self.run.events() if event.attempt == self.result.identifier]

    def of(self, kind: str) -> list[Event]:
        """Its events of one kind."""
        return [event for event in self.events if event.kind == kind]

    @property
    def tree(self) -> Tree:
        """The tree of the run."""
        return Tree.from_events(self.run.events())

    @property
    def told(self) -> str:
        """All that the player was told of what its code did."""
        records = self.run.transcript.of(self.agent).records()
        return "\n".join(record.text for record in records if type(record).__name__ == "Observed")


class Meddling:
    """A model that lets something happen before a turn, and then says what another model says."""

    def __init__(self, model: Model, turn: int, happen: Callable[[], None], agent: str = "player") -> None:
        self.name = model.name
        self._model, self._turn, self._happen, self._agent = model, turn, happen, agent
        self.happened = 0

    def complete(self, request: ModelRequest) -> Completion:
        if request.turn == self._turn and request.agent.startswith(self._agent) and not self.happened:
            self.happened += 1
            self._happen()
        return self._model.complete(request)


def play(
    run: Run,
    base: Path,
    *turns: str,
    tools: str = "",
    capabilities: tuple[str, ...] = EVERYTHING,
    scout: tuple[str, ...] = (),
    limits: dict[str, Any] | None = None,
    start: str = "",
    meddle: Callable[[Run], Model] | None = None,
    budget: Budget | None = None,
    prompt: str = "Play.",
) -> Played:
    """Play an attempt in which the player says these blocks of code, one a turn."""
    number = next(NUMBERS)
    version, script = f"t{number}", base / f"script-{number}"
    agent = f"player-{version}"
    write_script(script, agent, *turns)
    if scout:
        write_script(script, f"{agent}/scout", *scout)
    run = replace(run, model=dict.fromkeys(("designer", "player", "scout"), ScriptedModel(script)))
    if meddle:
        run = replace(run, model=dict.fromkeys(run.model, meddle(run)))
    folder = write_interface(base / f"interface-{number}", tools, capabilities=capabilities, prompt=prompt)
    plan = AttemptPlan(
        identifier=f"a{number:03}",
        version=version,
        interface=load_interface(folder),
        player=AgentSettings(**{"agent": "player"} | (limits or {})),
        scout=AgentSettings(agent="scout", wall="30s"),
        start=start,
    )
    return Played(run, play_attempt(run, plan, budget or Budget(plan.player.limits(), name="the attempt")), agent)
