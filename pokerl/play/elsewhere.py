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

import tempfile
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pokerl.emulator import MachineHandle, MachineSettings, Nursery, start_machine
from pokerl.errors import BudgetSpent, MachineLost, PokerlError, WorkerLost
from pokerl.play.executors import Executor
from pokerl.play.interface import Interface
from pokerl.play.machines import MachinePark, report
from pokerl.play.parcel import INTERFACE, Brought, Parcel, events_of, files_of, frames_of, states_of, take_over
from pokerl.play.run import Run
from pokerl.rlm import Extension
from pokerl.rlm.process import Cell, Worker
from pokerl.sandbox import Policy, choose
from pokerl.timeline import Event

FUNCTION = "pokerl.play.elsewhere:run_branch"
SETUP = "pokerl.play.policies:install"
BLOCK = "answer['content'] = run_policy()\nanswer['ready'] = True"
PRINTED = 20_000
MAXIMUM_POLICIES = 1000
ALLOWED = frozenset(
    {"machine_started", "machine_ended", "segment_started", "input", "poke", "checkpoint", "milestone", "refusal"}
    | {"capabilities_used"}
)
"""Kinds of events that a branch can make."""


class BranchJob(Parcel, frozen=True, kw_only=True):
    """Everything that a branch needs.

    Attributes:
        machine: what its machine is called.
        capabilities: what its machine allows the policy.
        policy: the pickled policy.
        frames: at most; 0 for no limit.
        seconds: at most.
    """

    machine: str
    capabilities: list[str]
    policy: bytes
    frames: int
    seconds: float


class BranchDone(Brought, frozen=True, kw_only=True):
    """All that happened on a branch.

    Attributes:
        answer, printed, error: the policy's own words.
        before, after: where its machine stood, as ``pokerl.play.machines.report`` tells it; ``None`` if it was lost.
        checkpoint: digest of its end.
    """

    answer: Any = None
    printed: str = ""
    error: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    checkpoint: str = ""


def run_branch(payload: bytes) -> bytes:
    """Run a branch on this computer: what an executor calls.

    Raises:
        UsageProblem: the ROM is not here, the start state is damaged or of another PyBoy, no such sandbox works here.
    """
    job = msgspec.msgpack.decode(payload, type=BranchJob)
    with tempfile.TemporaryDirectory(prefix="pokerl-branch-") as place:
        folder = Path(place)
        job.unpack(folder)
        with Nursery() as nursery, start_machine(_settings(job, folder), nursery) as machine:
            done = _play(job, folder, machine)
        return msgspec.msgpack.encode(
            msgspec.structs.replace(done, events=events_of(folder), states=states_of(folder, job.start))
        )


def is_of_branch(event: Event, job: BranchJob) -> bool:
    """Whether an event may have come from a branch."""
    return event.kind in ALLOWED and event.attempt == job.attempt and event.machine == job.machine


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
        # One exploration at a time: what its branches may run is known only when those before have come back.
        with self._park.elsewhere:
            return self._explore(wanted, start)

    def _explore(self, wanted: _Wanted, start: str) -> list[dict[str, Any]]:
        """No more branches are on their way than there are cores, so that the last one begins within the budget."""
        reports: dict[int, dict[str, Any]] = {}
        calls: dict[Future[bytes], tuple[int, BranchJob]] = {}
        for number, policy in enumerate(wanted.policies):
            while len(calls) >= max(1, self._executor.cores):
                self._collect(calls, reports)
            try:
                job = self._job(policy, start, wanted, len(wanted.policies) - len(reports))
            except BudgetSpent as problem:
                if not number:
                    raise
                reports[number] = {"error": str(problem)}
                continue
            calls[self._executor.submit(FUNCTION, msgspec.msgpack.encode(job))] = (number, job)
        while calls:
            self._collect(calls, reports)
        return [reports[number] for number in sorted(reports)]

    def _collect(self, calls: dict[Future[bytes], tuple[int, BranchJob]], reports: dict[int, dict[str, Any]]) -> None:
        """Take over those that came back, at least one."""
        done, _ = wait(calls, return_when=FIRST_COMPLETED)
        for call in done:
            number, job = calls.pop(call)
            reports[number] = self._come_back(job, call)

    def _job(self, policy: bytes, start: str, wanted: _Wanted, branches: int) -> BranchJob:
        stored = self._run.states.get(start)
        return BranchJob(
            cartridge=self._run.cartridge.identifier,
            rom_sha1=stored.rom_sha1,
            attempt=self._park.attempt,
            machine=self._run.machine_name(),
            capabilities=self._park.capabilities,
            start=start,
            state=self._run.states.path(start).read_bytes(),
            interface=files_of(self._interface),
            policy=policy,
            frames=self._park.share_of_frames(wanted.frames, branches),
            seconds=self._park.share_of_seconds(wanted.seconds),
            sandbox=self._run.tier.name,
        )

    def _come_back(self, job: BranchJob, call: Future[bytes]) -> dict[str, Any]:
        try:
            done = msgspec.msgpack.decode(call.result(), type=BranchDone)
            take_over(done, lambda event: is_of_branch(event, job), self._run.recorder, self._run.states)
        except msgspec.DecodeError as problem:
            return {"error": f"What came back is no result: {problem}."}
        except PokerlError as problem:
            return {"error": str(problem)}
        self._park.count_frames(frames_of(done.events))
        return {
            "answer": done.answer,
            "printed": done.printed,
            "error": done.error,
            "before": done.before,
            "after": done.after,
            "checkpoint": done.checkpoint,
        }


def _settings(job: BranchJob, folder: Path) -> MachineSettings:
    _, rom = job.game()
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
