"""What a player and its scouts are given beyond the engine: a machine, tools, branches, notes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pokerl.emulator import MachineHandle
from pokerl.errors import CapabilityDenied, MachineLost, UsageProblem
from pokerl.play.branches import Branches
from pokerl.play.elsewhere import Elsewhere
from pokerl.play.interface import Interface
from pokerl.play.machines import MachinePark, frames_asked
from pokerl.play.prompts import agent_folder, game_values, in_words, interface_values, paced
from pokerl.play.reopening import answers
from pokerl.play.run import Run
from pokerl.play.settings import AgentSettings
from pokerl.play.worker import LOST
from pokerl.rlm import Child, Extension, Result, load_agent
from pokerl.rlm.extension import Function, Reply
from pokerl.rlm.transcript import Block

MAXIMUM_NOTES = 200
MAXIMUM_NOTE = 2000
MAXIMUM_PRINTED = 20_000
TOLD_CHECKPOINTS = 8

GONE_ON = (
    "Your machine stands where your last act left it, at frame {frame}. Branches and sub-agents that were at work are "
    "gone. `notes` is as it was. Your latest checkpoints, the last one newest:"
)


@dataclass
class Seat:
    """A place at the table of an attempt: who sits here plays on one machine with one interface.

    Attributes:
        run, interface, park: of the attempt.
        machine: the player's own machine.
        replace: another one in the place of a lost one.
        granted: capabilities at its gate.
        scout: who is sent to explore.
        notes: what the agents of the attempt want to see again.
    """

    run: Run
    interface: Interface
    park: MachinePark
    machine: MachineHandle
    replace: Callable[[MachineHandle], MachineHandle]
    granted: frozenset[str]
    scout: AgentSettings
    notes: list[str] = field(default_factory=list)
    _lost: str = ""
    _replacing: threading.Lock = field(default_factory=threading.Lock)

    def player_extension(self) -> Extension:
        """For the player: its machine is the trunk's, and sub-agents are scouts on branches."""
        base = self._extension(self._own_client, reopens=True)
        extension = {
            "functions": {**base.functions, "reopen_machine": lambda _: Reply(None, self._own_client())},
            "status": self._machine_lost,
            "resumed": self._resumed,
            "finished": self._won,
            "child": self._scout,
        }
        return Extension(**{**vars(base), **extension})

    def _extension(self, client: Callable[[], tuple[int, ...]], *, reopens: bool) -> Extension:
        branches = Branches(self.park)

        def descriptors() -> tuple[int, ...]:
            branches.drop()
            return client()

        def open_branch(arguments: dict[str, Any]) -> Any:
            self._require_branch()
            return branches.open(arguments)

        return Extension(
            setup="pokerl.play.worker:install",
            arguments={
                "cartridge": self.run.cartridge.identifier,
                "interface": str(self.interface.folder),
                "notes": list(self.notes),
                "scouts": reopens,
                "reopens": reopens,
                "elsewhere": self.run.executor is not None,
                "scout_seconds": self.scout.limits().wall_seconds,
            },
            functions=branches.functions() | self._elsewhere() | {"open_branch": open_branch, "note": self._note},
            descriptors=descriptors,
            readable=(self.interface.folder,),
            recall=self._recall,
        )

    def _elsewhere(self) -> dict[str, Function]:
        """What is added where policies are explored on other computers."""
        if self.run.executor is None:
            return {}
        elsewhere = Elsewhere(self.run, self.run.executor, self.park, self.interface)

        def explore(arguments: dict[str, Any]) -> Any:
            self._require_branch()
            return elsewhere.explore(arguments)

        return {"explore_elsewhere": explore}

    def _scout(self, arguments: dict[str, Any], path: str) -> Child:
        """A sub-agent of the player: on a machine of its own, where it was asked for or where the player stands."""
        self._require_branch()
        start = arguments["options"].get("start")
        if isinstance(start, str) and start:
            start = self.park.allowed(start)
        else:
            start = self.machine.control.checkpoint(label=path).checkpoint
        machine = self.park.start(start, frames=frames_asked(arguments["options"]))
        before = self.park.report(machine)

        def closed(result: Result) -> dict[str, Any]:  # noqa: ARG001
            return {"printed": self._printed(path), "before": before, **self._where_it_ended(machine, path)}

        values = {
            **game_values(self.run.cartridge, self.run.mode, self.granted, self.run.goal),
            **interface_values(self.interface),
            "task": arguments["prompt"],
            "attempt_limits": in_words(self.scout.limits()),
        }
        base = self._extension(lambda: (machine.open_client(self.granted).detach(),), reopens=False)
        extension = Extension(**{**vars(base), "closed": closed, "finished": lambda: self._lost_scout(machine)})
        scout = paced(load_agent(agent_folder(self.scout.agent), **values), self.scout.limits())
        return Child(scout, extension, arguments["prompt"])

    def _where_it_ended(self, machine: MachineHandle, path: str) -> dict[str, Any]:
        try:
            after = self.park.report(machine)
            return {"after": after, "checkpoint": machine.control.checkpoint(label=f"end of {path}").checkpoint}
        except MachineLost as error:
            return {"error": str(error)}
        finally:
            self.park.end(machine)

    def _printed(self, path: str) -> str:
        """The end of what a sub-agent's code printed."""
        printed = ""
        for record in self.run.transcript.of(path).records():
            if isinstance(record, Block):
                printed = (printed + record.output)[-MAXIMUM_PRINTED:]
        return printed

    def _own_client(self) -> tuple[int, ...]:
        """A socket to the player's machine; if that is lost, to the one that goes on in its place."""
        with self._replacing:
            if not answers(self.machine):
                self.machine = self.replace(self.machine)
            return (self.machine.open_client(self.granted, commits=True).detach(),)

    def _won(self) -> str:
        """Why the player's run should end now: the game is won."""
        self.park.settle()
        self._lost = ""
        try:
            reached = self.machine.control.status().milestones
        except MachineLost as error:
            self._lost = error.message
            return ""
        milestones = self.run.cartridge.milestones
        return "The game is won." if milestones and milestones[-1].name in reached else ""

    def _machine_lost(self) -> str:
        """What a player is told after a turn whose machine is gone."""
        return f"[Your machine is lost ({self._lost}) {LOST}]" if self._lost else ""

    def _lost_scout(self, machine: MachineHandle) -> str:
        """Why a sub-agent's run should end now: its machine is gone."""
        self.park.settle()
        return "" if answers(machine) else "The machine is lost."

    def _note(self, arguments: dict[str, Any]) -> None:
        text = arguments.get("text")
        if not isinstance(text, str) or len(text) > MAXIMUM_NOTE or len(self.notes) >= MAXIMUM_NOTES:
            raise UsageProblem(
                "This note was not kept.", f"Up to {MAXIMUM_NOTES} notes of {MAXIMUM_NOTE} characters each are."
            )
        self.run.record("note", attempt=self.park.attempt, text=text)
        self.notes.append(text)

    def _resumed(self) -> str:
        """What a player is told of its machine when its attempt goes on."""
        made = [event for event in self.run.events() if event.kind == "checkpoint"]
        own = [event for event in made if event.attempt == self.park.attempt][-TOLD_CHECKPOINTS:]
        lines = [f'game.restore("{each.data["digest"]}")  # frame {each.frame}, {each.data["label"]}' for each in own]
        return "\n".join([GONE_ON.format(frame=self.machine.control.status().frame), *lines])

    def _recall(self) -> str:
        return "Your notes:\n" + "\n".join(f"* {note}" for note in self.notes) if self.notes else ""

    def _require_branch(self) -> None:
        if "branch" not in self.granted:
            raise CapabilityDenied(
                "This needs the capability 'branch', which is not granted here.", "Ask for it in interface.toml."
            )
