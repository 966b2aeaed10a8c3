"""The designer's desk: the host-side functions behind ``workspace``, ``evaluate`` and ``attempts``."""

from __future__ import annotations

import io
import threading
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from PIL import Image

from pokerl.budget import Budget
from pokerl.design.evaluations import Evaluations
from pokerl.design.probe import Probe
from pokerl.design.results import attempts_of
from pokerl.design.settings import ExperimentSettings
from pokerl.design.transcripts import attempt_text
from pokerl.design.workspace import Workspace
from pokerl.emulator import MachineHandle
from pokerl.emulator.capability import MODES
from pokerl.emulator.protocol import Hold
from pokerl.errors import InterfaceProblem, UsageProblem
from pokerl.play.interface import Interface
from pokerl.play.machines import MachinePark, frames_asked
from pokerl.play.prompts import agent_folder, game_values
from pokerl.play.run import PROBE, Run
from pokerl.play.versions import keep_version
from pokerl.play.worker import LOST
from pokerl.rlm import Child, Extension, Result, load_agent
from pokerl.rlm.arguments import take
from pokerl.rlm.extension import Function
from pokerl.states.shelf import put_start
from pokerl.timeline import Poke, Segment, Tree, read_events
from pokerl.words import counted

CHECKED_AT_ONCE = 4
"""Versions that are tried to be imported at once; further ones wait."""

HELPER = "helper"
"""The agent that the designer's sub-agents are."""

Name = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=4_000_000)]


class _File(Struct, forbid_unknown_fields=True):
    version: Name
    file: Name


class _Written(Struct, forbid_unknown_fields=True):
    version: Name
    file: Name
    text: Text


class _Copy(Struct, forbid_unknown_fields=True):
    version: Name
    new_version: Name


class _Version(Struct, forbid_unknown_fields=True):
    version: Name


class _Look(Struct, forbid_unknown_fields=True):
    attempt: Name
    frame: Annotated[int, Meta(ge=0)] | None = None


class _Piece(Struct, forbid_unknown_fields=True):
    attempt: Name
    start: Annotated[int, Meta(ge=0)] = 0
    length: Annotated[int, Meta(gt=0, le=1_000_000)] = 20_000


class Desk:
    """What the designer's worker may ask of the host.

    Args:
        run: the run.
        settings: the experiment's.
        budget: the experiment's; every attempt draws on it.

    Attributes:
        evaluations: the attempts.
    """

    def __init__(self, run: Run, settings: ExperimentSettings, budget: Budget) -> None:
        self._run = run
        self._workspace = Workspace(run.folder)
        self._park = MachinePark(run, PROBE, MODES[run.mode], budget, any_checkpoint=True)
        self._checking = threading.BoundedSemaphore(CHECKED_AT_ONCE)
        start = put_start(run.states, settings.start)
        self._probe = Probe(run, self._park, start)
        self.evaluations = Evaluations(run, settings, budget, self.keep, start)

    def extension(self) -> Extension:
        """What the designer's REPL has beyond the engine's own names."""
        return Extension(
            setup="pokerl.design.worker:install",
            arguments={"cartridge": self._run.cartridge.identifier, "evaluates": True},
            functions=self._tools(self._probe) | self.evaluations.functions(),
            descriptors=self._descriptors,
            status=self._settle,
            resumed=lambda: self.evaluations.gone_on,
            child=self._helper,
        )

    def _tools(self, probe: Probe) -> dict[str, Function]:
        """What the designer's helpers may ask, too: everything but to begin and to stop attempts."""
        return (
            probe.functions()
            | self.evaluations.watching()
            | {
                "workspace_write": self._write,
                "workspace_read": self._read,
                "workspace_copy": self._copy,
                "workspace_files": lambda arguments: self._workspace.files(take(arguments, _Version).version),
                "workspace_versions": lambda _: self._workspace.versions(),
                "workspace_check": self._check,
                "attempts": lambda _: msgspec.to_builtins(attempts_of(self._run.events())),
                "attempt_transcript": self._transcript,
                "attempt_look": self._look,
            }
        )

    def _helper(self, arguments: dict[str, Any], path: str) -> Child:
        """A sub-agent of the designer: the workspace, and a machine of its own, where the designer's stands."""
        wanted = arguments["options"].get("start")
        start = self._park.allowed(wanted) if isinstance(wanted, str) and wanted else self._probe.checkpoint(path)
        probe = Probe(self._run, self._park, start, frames_asked(arguments["options"]))

        def closed(_: Result) -> dict[str, Any]:
            try:
                return {"checkpoint": probe.checkpoint(f"end of {path}")}
            finally:
                probe.end()

        granted = MODES[self._run.mode]
        values = game_values(self._run.cartridge, self._run.mode, granted, self._run.goal)
        return Child(
            load_agent(agent_folder(HELPER), **values, task=arguments["prompt"]),
            Extension(
                setup="pokerl.design.worker:install",
                arguments={"cartridge": self._run.cartridge.identifier, "evaluates": False},
                functions=self._tools(probe),
                descriptors=probe.descriptors,
                closed=closed,
            ),
        )

    def close(self) -> None:
        """End the attempts that still go on, each with its record, and the designer's machines."""
        self.evaluations.close()
        self._park.close()

    def keep(self, version: str) -> Interface:
        """Freeze a version as it is now.

        Raises:
            InterfaceProblem: it breaks the contract; the message holds the traceback if it does not import.
        """
        with self._checking:
            return keep_version(self._run, self._workspace.folder(version), version)

    def _write(self, arguments: dict[str, Any]) -> None:
        written = take(arguments, _Written)
        self._workspace.write(written.version, written.file, written.text)

    def _read(self, arguments: dict[str, Any]) -> str:
        wanted = take(arguments, _File)
        return self._workspace.read(wanted.version, wanted.file)

    def _copy(self, arguments: dict[str, Any]) -> None:
        copy = take(arguments, _Copy)
        self._workspace.copy(copy.version, copy.new_version)

    def _check(self, arguments: dict[str, Any]) -> str:
        """The version's tools, or what is wrong with it: a report, not an error."""
        try:
            interface = self.keep(take(arguments, _Version).version)
        except InterfaceProblem as problem:
            return f"PROBLEM: {problem}"
        tools = [f"  {tool.signature}" for tool in interface.tools] or ["  (no tools)"]
        head = f"{interface.manifest.name} imports, {counted(len(interface.tools), 'tool')}:"
        return "\n".join([head, *tools, *self._warnings(interface)])

    def _warnings(self, interface: Interface) -> list[str]:
        """What the designer may not have meant."""
        refused = sorted(set(interface.manifest.capabilities) - MODES[self._run.mode])
        silent = [tool.name for tool in interface.tools if not tool.doc]
        return [f"Not granted in mode {self._run.mode!r}: {', '.join(refused)}"] * bool(refused) + [
            f"The player is told nothing of what these do: {', '.join(silent)}. Give them a docstring, or a name with"
            " an underscore if they are no tools."
        ] * bool(silent)

    def _transcript(self, arguments: dict[str, Any]) -> str:
        piece = take(arguments, _Piece)
        text = attempt_text(self._run, piece.attempt)
        return text[piece.start : piece.start + piece.length]

    def _look(self, arguments: dict[str, Any]) -> bytes:
        """A picture of the trunk of an attempt at a frame, as PNG, by replay from the checkpoint before it."""
        wanted = take(arguments, _Look)
        trunk = Tree.from_events(read_events(self._run.folder)).trunk(wanted.attempt)
        if not trunk:
            raise UsageProblem(f"There is no attempt {wanted.attempt!r} with a trunk.", "`attempts` lists them.")
        frame = trunk[-1].end_frame if wanted.frame is None else min(wanted.frame, trunk[-1].end_frame)
        segment = next(each for each in trunk if each.end_frame >= frame)
        handle = self._park.start(segment.start)
        try:
            _run_to(handle, segment, frame)
            picture = Image.fromarray(handle.control.screen())
        finally:
            self._park.end(handle)
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return buffer.getvalue()

    def _descriptors(self) -> tuple[int, ...]:
        """What the designer's next worker is given."""
        self.evaluations.underway.new_worker()
        return self._probe.descriptors()

    def _settle(self) -> str:
        """What the designer is told after a turn: of its machine, and of the attempts under way."""
        self._park.settle()
        lost = f"[Your probing machine died. {LOST}]" if self._probe.lost else ""
        return "\n".join(filter(None, [lost, self.evaluations.underway.news()]))


def _run_to(handle: MachineHandle, segment: Segment, frame: int) -> None:
    """Repeat a segment's acts on a machine that stands at its start, up to a frame."""
    handle.control.screen()  # from now on the last frame of each act is drawn
    left = frame - segment.start_frame
    for act in segment.acts:
        if isinstance(act, Poke):
            handle.control.poke(act.address, act.after)
        elif left > 0:
            handle.control.act([Hold(act.mask, min(act.frames, left))])
            left -= act.frames
        else:
            break
