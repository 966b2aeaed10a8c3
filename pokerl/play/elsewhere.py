"""One branch on another computer: everything it needs goes there as bytes, and all that happened comes back.

    host                                         another computer (or a process here)
      BranchJob ── executor ───────────────────►  run_branch
        start state, interface, policy             ├── a machine with its gate and recorder, in a folder of its own
                                                   └── a sandboxed worker: unpacks the policy, runs it on the machine
      take_over ◄── BranchDone ─────────────────
        events into the log, states into the store

The policy is a pickle made by the model's worker. It is opaque to the host and to ``run_branch``; only the sandboxed
worker over there opens it, which is as hostile as the one that made it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import Future
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pokerl.cartridge import load, locate_rom
from pokerl.emulator import MachineHandle, MachineSettings, Nursery, start_machine
from pokerl.errors import MachineLost, PokerlError, RomProblem, StateRejected, UsageProblem, WorkerLost
from pokerl.play.executors import Executor
from pokerl.play.interface import Interface
from pokerl.play.machines import MachinePark, report
from pokerl.play.run import Run
from pokerl.rlm import Extension
from pokerl.rlm.process import Cell, Worker
from pokerl.sandbox import Policy, choose
from pokerl.timeline import Event, Recorder, StateStore, read_events, unpack_state

FUNCTION = "pokerl.play.elsewhere:run_branch"
SETUP = "pokerl.play.policies:install"
INTERFACE = "interface"
BLOCK = "answer['content'] = run_policy()\nanswer['ready'] = True"
PRINTED = 20_000
MAXIMUM_POLICIES = 1000
ALLOWED = frozenset(
    {"machine_started", "machine_ended", "segment_started", "input", "poke", "checkpoint", "milestone", "refusal"}
    | {"capabilities_used"}
)
"""Kinds of events that a branch can make."""


class BranchJob(Struct, frozen=True, kw_only=True):
    """Everything that a branch needs.

    Attributes:
        cartridge, rom_sha1: the game; its ROM is looked for over there (POKERL_ROM) and never sent.
        attempt, machine: what its events are called.
        capabilities: what its machine allows the policy.
        start, state: digest of the checkpoint to begin from, and the content of its file.
        interface: the interface's files by name.
        policy: the pickled policy.
        frames: at most; 0 for no limit.
        seconds: at most.
        sandbox: the tier that must be used, by name.
    """

    cartridge: str
    rom_sha1: str
    attempt: str
    machine: str
    capabilities: list[str]
    start: str
    state: bytes
    interface: dict[str, bytes]
    policy: bytes
    frames: int
    seconds: float
    sandbox: str


class BranchDone(Struct, frozen=True, kw_only=True):
    """All that happened on a branch.

    Attributes:
        answer, printed, error: the policy's own words.
        before, after: where its machine stood, as ``pokerl.play.machines.report`` tells it; ``None`` if it was lost.
        checkpoint: digest of its end.
        events: its part of the log.
        states: contents of the files of the states it made, by digest.
    """

    answer: Any = None
    printed: str = ""
    error: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    checkpoint: str = ""
    events: list[Event] = []
    states: dict[str, bytes] = {}


def run_branch(payload: bytes) -> bytes:
    """Run a branch on this computer: what an executor calls.

    Raises:
        UsageProblem: the ROM is not here, the start state is damaged or of another PyBoy, no such sandbox works here.
    """
    job = msgspec.msgpack.decode(payload, type=BranchJob)
    with tempfile.TemporaryDirectory(prefix="pokerl-branch-") as place:
        folder = Path(place)
        _unpack(job, folder)
        with Nursery() as nursery, start_machine(_settings(job, folder), nursery) as machine:
            done = _play(job, folder, machine)
        return msgspec.msgpack.encode(
            msgspec.structs.replace(done, events=list(read_events(folder)), states=_states(folder, job.start))
        )


def take_over(done: BranchDone, job: BranchJob, recorder: Recorder, states: StateStore) -> None:
    """Make what happened elsewhere a part of this run.

    Raises:
        StateRejected: a state is damaged, or not what its name says.
        WorkerLost: its events are not those of this branch.
    """
    for event in done.events:
        if event.kind not in ALLOWED or event.attempt != job.attempt or event.machine != job.machine:
            raise WorkerLost("A branch elsewhere sent events that are not its own.", "Look after that computer.")
    for digest, content in done.states.items():
        if hashlib.sha256(content).hexdigest() != digest:
            raise StateRejected(f"The state {digest[:12]} from elsewhere is not what its name says.")
        unpack_state(content, digest)
        _write(states.path(digest), content)
    for event in done.events:
        recorder.append(event)
    recorder.sync()


class _Wanted(Struct, forbid_unknown_fields=True):
    """Arguments of ``explore_elsewhere``; from the worker, so hostile."""

    policies: Annotated[list[bytes], Meta(max_length=MAXIMUM_POLICIES)]
    start: str
    seconds: Annotated[float, Meta(gt=0)]
    frames: Annotated[int, Meta(gt=0)] | None = None


class Elsewhere:
    """Branches of one attempt on other computers.

    Args:
        run: what the attempt belongs to; its executor is used.
        park: the attempt's machines, which the frames run elsewhere are counted with.
        interface: whose tools the policies may use.
    """

    def __init__(self, run: Run, executor: Executor, park: MachinePark, interface: Interface) -> None:
        self._run = run
        self._executor = executor
        self._park = park
        self._interface = interface

    def explore(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """Host function ``explore_elsewhere``: run packed policies on the executor; one report each, in order."""
        try:
            wanted = msgspec.convert(arguments, _Wanted)
        except msgspec.ValidationError as error:
            raise TypeError(str(error)) from error
        start = self._park.allowed(wanted.start)
        jobs = [self._job(policy, start, wanted) for policy in wanted.policies]
        calls = [self._executor.submit(FUNCTION, msgspec.msgpack.encode(job)) for job in jobs]
        return [self._come_back(job, call) for job, call in zip(jobs, calls, strict=True)]

    def _job(self, policy: bytes, start: str, wanted: _Wanted) -> BranchJob:
        stored = self._run.states.get(start)
        folder = self._interface.folder
        return BranchJob(
            cartridge=self._run.cartridge.identifier,
            rom_sha1=stored.rom_sha1,
            attempt=self._park.attempt,
            machine=f"m{next(self._run.machine_numbers):04}",
            capabilities=self._park.capabilities,
            start=start,
            state=self._run.states.path(start).read_bytes(),
            interface={name: (folder / name).read_bytes() for name in self._interface.files},
            policy=policy,
            frames=self._park.share_of_frames(wanted.frames, len(wanted.policies)),
            seconds=self._park.share_of_seconds(wanted.seconds),
            sandbox=self._run.tier.name,
        )

    def _come_back(self, job: BranchJob, call: Future[bytes]) -> dict[str, Any]:
        try:
            done = msgspec.msgpack.decode(call.result(), type=BranchDone)
            take_over(done, job, self._run.recorder, self._run.states)
        except msgspec.DecodeError as problem:
            return {"error": f"What came back is no result: {problem}."}
        except PokerlError as problem:
            return {"error": str(problem)}
        self._park.count_frames(sum(n for each in done.events if each.kind == "input" for _, n in each.data["runs"]))
        return {
            "answer": done.answer,
            "printed": done.printed,
            "error": done.error,
            "before": done.before,
            "after": done.after,
            "checkpoint": done.checkpoint,
        }


def _unpack(job: BranchJob, folder: Path) -> None:
    """The job's files in a folder, as a run folder has them."""
    _write(StateStore(folder).path(job.start), job.state)
    for name, content in job.interface.items():
        path = (folder / INTERFACE / name).resolve()
        if not path.is_relative_to((folder / INTERFACE).resolve()):
            raise UsageProblem(f"An interface cannot have a file {name!r}.", "Name files within its folder.")
        _write(path, content)


def _settings(job: BranchJob, folder: Path) -> MachineSettings:
    cartridge = load(job.cartridge)
    rom = locate_rom(cartridge, "" if cartridge.shipped else os.environ.get("POKERL_ROM"))
    found = hashlib.sha1(rom.read_bytes(), usedforsecurity=False).hexdigest()
    if found != job.rom_sha1:
        raise RomProblem(f"The ROM here has the SHA-1 {found}, not {job.rom_sha1}.", "Set POKERL_ROM to the same ROM.")
    return MachineSettings(
        rom=str(rom),
        cartridge=job.cartridge,
        run_folder=str(folder),
        attempt=job.attempt,
        machine=job.machine,
        capabilities=job.capabilities,
        start=job.start,
        own_frame_limit=job.frames,
        commits=False,
    )


def _play(job: BranchJob, folder: Path, machine: MachineHandle) -> BranchDone:
    readable = "ram.read" in job.capabilities
    before = report(machine, readable=readable)
    answer, printed, error = _run_policy(job, folder, machine)
    try:
        after = report(machine, readable=readable)
        end = machine.control.checkpoint(label="explored").checkpoint
    except MachineLost as problem:
        return BranchDone(answer=answer, printed=printed, error=error or str(problem))
    return BranchDone(answer=answer, printed=printed, error=error, before=before, after=after, checkpoint=end)


def _run_policy(job: BranchJob, folder: Path, machine: MachineHandle) -> tuple[Any, str, str]:
    """Run the policy in a sandboxed worker; what it answered, what it printed, and one line about what went wrong."""
    worker = Worker(
        tier=choose(job.sandbox, unsafe=job.sandbox == "none"),
        policy=Policy(readable=(folder / INTERFACE,)),
        context=job.policy,
        functions={},
        extension=Extension(
            setup=SETUP,
            arguments={"cartridge": job.cartridge, "interface": str(folder / INTERFACE)},
            descriptors=lambda: (machine.open_client(job.capabilities, commits=False).detach(),),
        ),
    )
    cell = Cell(0, BLOCK)
    try:
        worker.start()
        worker.execute(cell, job.seconds, lambda: None)
    except WorkerLost as problem:
        return None, cell.output[-PRINTED:], str(problem)
    finally:
        worker.kill()
    error = cell.error.strip().rpartition("\n")[2]
    return worker.answer["content"], (cell.output + cell.error)[-PRINTED:], error


def _states(folder: Path, start: str) -> dict[str, bytes]:
    files = StateStore(folder).folder.glob("*.zst")
    return {file.stem: file.read_bytes() for file in files if file.stem != start}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    Path(draft).replace(path)
