"""A whole attempt on another computer: player, sub-agents, machines and sandboxes there; models and budget here.

host                                         another computer (or a process here)
  AttemptJob ── executor ──────────────────►  play_away
    settings, agents, interface, limits        ├── play_attempt, in a run folder of its own
  ModelLine ◄── each call of a model ────────  └── the player's worker, its machines, its scouts
  take_over ◄── AttemptDone ─────────────────
    events into the log, states into the store, transcripts into their folder
"""

from __future__ import annotations

import hashlib
import itertools
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import msgspec
from msgspec import Struct

from pokerl.budget import Budget, Limits, least
from pokerl.emulator import Nursery
from pokerl.emulator.capability import Mode
from pokerl.errors import PokerlError
from pokerl.play.attempt import AttemptPlan, failed_attempt, heading, play_attempt
from pokerl.play.executors import Executor
from pokerl.play.interface import load_interface
from pokerl.play.line import Address, LineModel, ModelLine
from pokerl.play.parcel import (
    INTERFACE,
    Brought,
    Parcel,
    events_of,
    files_of,
    frames_of,
    states_of,
    take_over,
    write_all,
)
from pokerl.play.prompts import agent_folder
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.play.settings import AgentSettings
from pokerl.rlm import Transcript
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.messages import Model
from pokerl.sandbox import choose
from pokerl.timeline import Event, History, Recorder, StateStore
from pokerl.timeline.manifest import read_manifest

FUNCTION = "pokerl.play.away:play_away"
PARTS = ("player", "scout")

HOSTS_OWN = frozenset({"attempt_started", "attempt_ended", "model_call"})
"""Kinds of events that the host records itself, while the attempt goes on."""

ALLOWED = frozenset(
    {"machine_started", "machine_ended", "segment_started", "input", "poke", "checkpoint", "commit", "milestone"}
    | {"refusal", "capabilities_used", "note", "attempt_resumed"}
)
"""Kinds of events that an attempt elsewhere brings back."""


class Part(Struct, frozen=True):
    """Who plays a part: the settings, and the files of the agent's folder."""

    settings: AgentSettings
    files: dict[str, bytes]


class AttemptJob(Parcel, frozen=True, kw_only=True):
    """Everything that an attempt needs.

    Attributes:
        version, agent: what the interface's version and the player are called.
        mode, goal: as of the run.
        parts: player and scout.
        limits: what the attempt may spend.
        models: the models' names by the keys under which the host knows them.
        line: where they are asked.
    """

    version: str
    agent: str
    mode: Mode
    goal: str
    parts: dict[str, Part]
    limits: Limits
    models: dict[str, str]
    line: Address


class AttemptDone(Brought, frozen=True, kw_only=True):
    """All that happened in an attempt; ``transcripts`` are the contents of its files by name."""

    result: AttemptResult
    transcripts: dict[str, bytes]


def play_away(payload: bytes) -> bytes:
    """Play an attempt on this computer: what an executor calls.

    Raises:
        UsageProblem: the ROM is not here, the start state is damaged or of another PyBoy, no such sandbox works here.
    """
    job = msgspec.msgpack.decode(payload, type=AttemptJob)
    with tempfile.TemporaryDirectory(prefix="pokerl-attempt-") as place, ExitStack() as stack:
        folder = Path(place)
        job.unpack(folder)
        player, scout = (_part(job.parts[name], folder / "agents" / name) for name in PARTS)
        plan = AttemptPlan(
            identifier=job.attempt,
            version=job.version,
            interface=load_interface(folder / INTERFACE),
            player=player,
            scout=scout,
            start=job.start,
            agent=job.agent,
        )
        result = play_attempt(_open(job, folder, stack), plan, Budget(job.limits, name=f"attempt {job.attempt}"))
        files = [file for file in (folder / "transcripts").rglob("*") if file.is_file()]
        done = AttemptDone(
            result=result,
            events=[event for event in events_of(folder) if event.kind not in HOSTS_OWN],
            states=states_of(folder, job.start),
            transcripts={file.relative_to(folder / "transcripts").as_posix(): file.read_bytes() for file in files},
        )
        return msgspec.msgpack.encode(done)


def _part(part: Part, folder: Path) -> AgentSettings:
    write_all(part.files, folder)
    return msgspec.structs.replace(part.settings, agent=str(folder))


def _open(job: AttemptJob, folder: Path, stack: ExitStack) -> Run:
    """A run of this attempt alone."""
    cartridge, rom = job.game()
    models: dict[str, Model] = {key: LineModel(job.line, job.attempt, key, name) for key, name in job.models.items()}
    return Run(
        folder=folder,
        cartridge=cartridge,
        rom=rom,
        mode=job.mode,
        goal=job.goal,
        model={part: models[part] for part in PARTS},
        models={model.name: model for model in models.values()},
        tier=choose(job.sandbox, unsafe=job.sandbox == "none"),
        nursery=stack.enter_context(Nursery()),
        recorder=stack.enter_context(Recorder(folder)),
        states=StateStore(folder),
        transcript=Transcript(folder / "transcripts"),
        history=History(folder),
        machine_prefix=f"{job.attempt}-m",
        machine_numbers=itertools.count(1),
    )


class Away:
    """Plays attempts of one run on an executor.

    Args:
        run: the run.
        executor: where they are played.
    """

    def __init__(self, run: Run, executor: Executor) -> None:
        self._run = run
        self._executor = executor
        self._line = ModelLine(executor.host)

    def close(self) -> None:
        """Answer no more calls."""
        self._line.close()

    def play(
        self, plan: AttemptPlan, limits: Limits, budget: Budget, cancelled: Cancellation, stop: threading.Event
    ) -> AttemptResult:
        """Play an attempt there; like ``play_attempt`` it does not raise.

        Args:
            plan: what it is to be.
            limits: what it may spend.
            budget: its own, without time and frames: its clock runs there, from when it begins.
            cancelled: set to interrupt it; it notices at its next call of a model.
            stop: set to end it for good; it notices then, too.
        """
        run = self._run
        plan = replace(plan, agent=run.agent_path(f"player-{plan.version}"))
        run.record("attempt_started", attempt=plan.identifier, agent=plan.agent, **heading(run, plan, limits))
        models = {part: run.model[part] for part in PARTS} | {f"model {name}": run.models[name] for name in run.models}
        take_back = self._line.let(
            plan.identifier, models, run.ledger(plan.identifier), budget, Cancellation(cancelled, stop)
        )
        try:
            job = self._job(plan, limits, budget, models)
            packed = self._executor.submit(FUNCTION, msgspec.msgpack.encode(job)).result()
            result = self._take_over(job, msgspec.msgpack.decode(packed, type=AttemptDone), budget)
            if result.outcome == "interrupted" and stop.is_set():
                result = msgspec.structs.replace(result, outcome="stopped")
        except (PokerlError, msgspec.DecodeError) as problem:
            result = failed_attempt(run, plan, f"It was lost elsewhere: {problem}", budget)
        finally:
            take_back()
        run.record("attempt_ended", attempt=plan.identifier, **msgspec.to_builtins(result))
        return result

    def _job(self, plan: AttemptPlan, limits: Limits, budget: Budget, models: dict[str, Model]) -> AttemptJob:
        run, settings = self._run, {"player": plan.player, "scout": plan.scout}
        left = {name: least(getattr(limits, name), budget.remaining(name)) for name in ("wall_seconds", "frames")}
        return AttemptJob(
            cartridge=run.cartridge.identifier,
            rom_sha1=read_manifest(run.folder).rom_sha1,
            attempt=plan.identifier,
            start=plan.start,
            state=run.states.path(plan.start).read_bytes() if plan.start else b"",
            interface=files_of(plan.interface),
            sandbox=run.tier.name,
            version=plan.version,
            agent=plan.agent,
            mode=run.mode,
            goal=run.goal,
            parts={name: Part(each, _files(agent_folder(each.agent))) for name, each in settings.items()},
            limits=msgspec.structs.replace(limits, **left),
            models={key: model.name for key, model in models.items()},
            line=self._line.address,
        )

    def _take_over(self, job: AttemptJob, done: AttemptDone, budget: Budget) -> AttemptResult:
        def own(event: Event) -> bool:
            machine = event.data["machine"] if event.kind == "attempt_resumed" else event.machine
            named = not machine or machine.startswith(f"{job.attempt}-m")
            return event.kind in ALLOWED and event.attempt == job.attempt and named

        take_over(done, own, self._run.recorder, self._run.states)
        budget.charge("frames", frames_of(done.events))
        own_files = {name: content for name, content in done.transcripts.items() if _is_of(job.agent, name, content)}
        write_all(own_files, self._run.transcript.folder)
        return msgspec.structs.replace(done.result, identifier=job.attempt, version=job.version)


def _is_of(agent: str, name: str, content: bytes) -> bool:
    """Whether a file among transcripts belongs to an agent: its own, those below it, pictures by their content."""
    picture = f"pictures/{hashlib.sha256(content).hexdigest()}.png"
    return name in (f"{agent}.jsonl", picture) or name.startswith(f"{agent}/")


def _files(folder: Path) -> dict[str, bytes]:
    """The files of an agent's folder; subfolders are none of it."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
