"""What a player and its scouts are given beyond the engine: a machine, tools, branches, notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pokerl.emulator import MachineHandle
from pokerl.errors import CapabilityDenied, MachineLost, PokerlError, UsageProblem
from pokerl.play.elsewhere import Elsewhere
from pokerl.play.interface import Interface
from pokerl.play.machines import MachinePark, frames_asked
from pokerl.play.prompts import agent_folder, game_values, in_words, interface_values, paced
from pokerl.play.run import Run
from pokerl.play.settings import AgentSettings
from pokerl.rlm import Child, Extension, Result, load_agent
from pokerl.rlm.extension import Function
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
        machine: this agent's own machine.
        granted: capabilities at its gate.
        scout: who is sent to explore.
        notes: what the agents of the attempt want to see again.
    """

    run: Run
    interface: Interface
    park: MachinePark
    machine: MachineHandle
    granted: frozenset[str]
    scout: AgentSettings
    notes: list[str] = field(default_factory=list)

    def player_extension(self) -> Extension:
        """For the player: its machine is the trunk's, and sub-agents are scouts on branches."""
        return self._extension(self.machine, commits=True)

    def _extension(self, machine: MachineHandle, *, commits: bool) -> Extension:
        opened: list[str] = []

        def descriptors() -> tuple[int, ...]:
            while opened:  # those of a worker that was lost
                self.park.close_branch({"machine": opened.pop()})
            return (machine.open_client(self.granted, commits=commits).detach(),)

        def open_branch(arguments: dict[str, Any]) -> Any:
            self._require_branch()
            reply = self.park.branch(arguments)
            opened.append(reply.value)
            return reply

        return Extension(
            setup="pokerl.play.worker:install",
            arguments={
                "cartridge": self.run.cartridge.identifier,
                "interface": str(self.interface.folder),
                "notes": list(self.notes),
                "scouts": commits,
                "elsewhere": self.run.executor is not None,
                "scout_seconds": self.scout.limits().wall_seconds,
            },
            functions=self.park.functions() | self._elsewhere() | {"open_branch": open_branch, "note": self._note},
            descriptors=descriptors,
            readable=(self.interface.folder,),
            recall=self._recall,
            resumed=lambda: self._resumed(machine),
            finished=lambda: self._finished(machine, commits),
            child=self._scout,
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
        base = self._extension(machine, commits=False)
        extension = Extension(**{**vars(base), "closed": closed, "child": None})
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

    def _finished(self, machine: MachineHandle, commits: bool) -> str:
        """Why the run should end now: the machine is gone, or the game is won."""
        self.park.settle()
        try:
            reached = machine.control.status().milestones
        except PokerlError as error:
            return f"The machine is lost: {error.message}"
        milestones = self.run.cartridge.milestones
        return "The game is won." if commits and milestones and milestones[-1].name in reached else ""

    def _note(self, arguments: dict[str, Any]) -> None:
        text = arguments.get("text")
        if not isinstance(text, str) or len(text) > MAXIMUM_NOTE or len(self.notes) >= MAXIMUM_NOTES:
            raise UsageProblem(
                "This note was not kept.", f"Up to {MAXIMUM_NOTES} notes of {MAXIMUM_NOTE} characters each are."
            )
        self.run.record("note", attempt=self.park.attempt, text=text)
        self.notes.append(text)

    def _resumed(self, machine: MachineHandle) -> str:
        """What a player is told of its machine when its attempt goes on."""
        made = [event for event in self.run.events() if event.kind == "checkpoint"]
        own = [event for event in made if event.attempt == self.park.attempt][-TOLD_CHECKPOINTS:]
        lines = [f'game.restore("{each.data["digest"]}")  # frame {each.frame}, {each.data["label"]}' for each in own]
        return "\n".join([GONE_ON.format(frame=machine.control.status().frame), *lines])

    def _recall(self) -> str:
        return "Your notes:\n" + "\n".join(f"* {note}" for note in self.notes) if self.notes else ""

    def _require_branch(self) -> None:
        if "branch" not in self.granted:
            raise CapabilityDenied(
                "This needs the capability 'branch', which is not granted here.", "Ask for it in interface.toml."
            )
