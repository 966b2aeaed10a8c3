"""The same branches in this process, in local processes, on a cluster (``make test-ray``): one result, one record."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings
from pokerl.errors import ConfigurationProblem, StateRejected, UsageProblem, WorkerLost
from pokerl.play.elsewhere import BranchDone, BranchJob, is_of_branch
from pokerl.play.executors import Executor, Here, Lost, Processes, executor_of
from pokerl.play.executors.call import perform, unpack
from pokerl.play.parcel import take_over
from pokerl.play.policies import pack
from pokerl.play.policies import unpack as unpack_policy
from pokerl.timeline import Event, Recorder, StateStore, read_events
from tests.play.stage import FINISH

ECHO = "tests.play.test_executors:echo"
TOOLS = "def go(game, frames):\n    game.wait(frames)\n    return game.frame\n"


class Counting(Here):
    """Counts how many calls are under way at once."""

    def __init__(self) -> None:
        super().__init__(cores=1)
        self.under_way, self.most = 0, 0

    def submit(self, function: str, payload: bytes) -> Future[bytes]:
        """Count it, then as ever."""
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        call = super().submit(function, payload)
        call.add_done_callback(lambda _: setattr(self, "under_way", self.under_way - 1))
        return call


EXPLORE = """
import os
def say(name, value): print('SAY', name, repr(value))
game.wait(10)
extra = {"frames": 4}
def helper(g): g.wait(extra["frames"])
def policy(g):
    helper(g); go(6); print("there", g.frame)
    return {"frame": g.frame, "state": g.state().running}
def fail(g):
    g.wait(3); raise ValueError("a wall")
def hang(g):
    while True: pass
def die(g):
    g.wait(5); os._exit(3)
def write(g): g.poke("wPlayerMoney", [0, 1, 0], why="try")
r = explore([policy, fail, hang, die, lambda g: g.wait(900), write], frames=800, seconds=3)
r.sort(key=lambda each: each.number)
say("answers", [each.answer for each in r]); say("frames", [each.frames for each in r])
say("errors", [each.error for each in r]); say("printed", r[0].printed)
game.restore(r[0].checkpoint); say("now", game.frame)
"""


class TestBranchesThatWantMore:
    def test_no_more_are_on_their_way_than_there_are_cores(self, play, run):
        with Counting() as executor:
            played = play(
                "print([e.answer for e in explore([lambda g: 7] * 2)])", FINISH, run=replace(run, executor=executor)
            )
        assert "[7, 7]" in played.told
        assert executor.most == 1

    def test_explorations_in_threads_stay_within_the_attempts_frames(self, play, run):
        block = (
            "from concurrent.futures import ThreadPoolExecutor\n"
            "def wait(g): g.wait(10**6)\n"
            "here = game.checkpoint()\n"
            "with ThreadPoolExecutor(2) as pool: list(pool.map(lambda _: explore([wait], start=here), range(2)))"
        )
        with Here(cores=2) as executor:
            played = play(block, FINISH, run=replace(run, executor=executor), limits={"frames": 500})
        assert played.result.frames <= 501


class TestBranchesElsewhere:
    @pytest.fixture
    def executor(self) -> Iterator[Executor]:
        with executor_of("processes") as executor:
            yield executor

    def test_come_back_as_they_would_from_here(self, play, run, executor):
        check_exploring(play(EXPLORE, FINISH, run=replace(run, executor=executor), tools=TOOLS))

    def test_are_counted_in_the_attempts_frames(self, play, run, executor):
        played = play(
            # One frame is left afterwards: with none left the attempt would end in the middle of this block.
            "r = explore([lambda g: g.wait(500)] * 2); print('SPENT', sorted(each.spent for each in r))",
            "explore([lambda g: g.wait(500)] * 2)",
            "game.wait(100)",
            FINISH,
            run=replace(run, executor=executor),
            limits={"frames": 901},
        )
        assert "SPENT [450, 450]" in played.told
        assert "The 901 frames of this attempt are spent." in played.told
        assert played.result.outcome == "budget"
        assert played.result.frames == 901


def check_exploring(played) -> None:
    """What must come of EXPLORE on any executor."""
    assert not played.result.errors, played.result.errors
    lines = [line.split(" ", 2) for line in played.told.splitlines() if line.startswith("SAY")]
    said = {name: ast.literal_eval(value) for _, name, value in lines}
    assert said["answers"][0] == {"frame": 20, "state": False}
    assert said["frames"][:2] == [10, 3]
    assert said["frames"][4] == 800
    assert said["errors"][0] == said["errors"][5] == ""
    assert said["errors"][1] == "ValueError: a wall"
    assert "longer than" in said["errors"][2]
    assert "The worker is gone" in said["errors"][3]
    assert "The 800 frames of this branch are spent" in said["errors"][4]
    assert said["printed"] == "there 20\n"
    assert said["now"] == 20
    assert played.result.trunk_frames == 20
    inputs = [each for each in read_events(played.run.folder) if each.kind == "input"]
    assert [each.data["tool"] for each in inputs if each.attempt == played.result.identifier].count("go") == 1
    assert [event.data["why"] for event in played.of("poke")] == ["try"]
    started = [event.machine for event in played.of("machine_started")]
    assert len(started) == len(set(started)) == 7


def echo(payload: bytes) -> bytes:
    return payload


class TestAnExecutor:
    def test_runs_functions_of_pokerl_alone(self):
        for name in (ECHO, "os:system", "pokerl.play.executors.call:__import__", "pokerl", "pokerl.x:y; import os"):
            with pytest.raises(ValueError, match="names no function of pokerl"):
                perform(name, b"")

    @pytest.mark.parametrize("make", [Here, Processes])
    def test_raises_what_the_function_raises(self, make: Callable[[], Executor]):
        job = BranchJob(
            cartridge="demo", rom_sha1="0" * 40, attempt="a", machine="m", capabilities=[], start="0" * 64, state=b"x",
            interface={"../../out.py": b""}, policy=b"", frames=0, seconds=1, sandbox="",
        )  # fmt: skip
        with make() as executor:
            call = executor.submit("pokerl.play.elsewhere:run_branch", msgspec.msgpack.encode(job))
            with pytest.raises(UsageProblem, match="cannot have a file"):
                call.result(60)

    def test_a_process_that_fails_is_lost_and_the_next_call_runs(self):
        with Processes(1) as executor:
            call = executor.submit("pokerl.play.elsewhere:run_branch", b"")
            with pytest.raises(Lost, match="ended with status 1"):
                call.result(60)
            packed = msgspec.msgpack.encode({"value": b"well"})
            assert executor.submit("pokerl.play.executors.call:unpack", packed).result(60) == b"well"

    def test_closing_kills_what_runs(self):
        executor = Processes(1)
        call = executor.submit("pokerl.play.executors.process:main", b"")
        threading.Timer(0.2, executor.close).start()
        with pytest.raises(Lost):
            call.result(60)

    @pytest.mark.parametrize("name", ["", "slurm", "here:there", "process"])
    def test_an_unknown_one_is_told(self, name):
        with pytest.raises(ConfigurationProblem, match="There is no executor"):
            executor_of(name)

    def test_what_is_no_outcome_is_lost(self):
        with pytest.raises(Lost):
            unpack(b"\xc1")


class TestWhatComesBack:
    JOB = BranchJob(
        cartridge="demo", rom_sha1="", attempt="a001", machine="m0007", capabilities=[], start="", state=b"",
        interface={}, policy=b"", frames=0, seconds=1, sandbox="",
    )  # fmt: skip

    def is_own(self, event: Event) -> bool:
        return is_of_branch(event, self.JOB)

    @pytest.mark.parametrize(
        "event",
        [
            Event(kind="input", at=1, attempt="a002", machine="m0007"),
            Event(kind="input", at=1, attempt="a001", machine="m0001"),
            Event(kind="commit", at=1, attempt="a001", machine="m0007"),
            Event(kind="attempt_ended", at=1, attempt="a001", machine="m0007"),
        ],
    )
    def test_is_refused_if_it_is_not_of_this_branch(self, tmp_path: Path, event: Event):
        with Recorder(tmp_path) as recorder, pytest.raises(WorkerLost, match="not its own"):
            take_over(BranchDone(events=[event]), self.is_own, recorder, StateStore(tmp_path))
        assert not (tmp_path / "events.jsonl").read_bytes()

    @pytest.mark.parametrize("digest", ["0" * 64, "../../up"])
    def test_a_state_must_be_what_its_name_says(self, tmp_path: Path, digest: str):
        with Recorder(tmp_path) as recorder, pytest.raises(StateRejected):
            take_over(BranchDone(states={digest: b"x"}), self.is_own, recorder, StateStore(tmp_path))
        assert not list(tmp_path.rglob("*.zst"))


class TestPacking:
    def test_takes_along_what_a_policy_uses_and_leaves_what_is_there(self):
        machine, there = object(), object()
        factor = 3
        packed = pack(lambda number: (number * factor, machine), {"game": machine})
        assert unpack_policy(packed, {"game": there})(5) == (15, there)

    def test_what_is_not_there_says_so(self):
        notes = [1]
        packed = pack(lambda: notes.append(2), {"notes": notes})
        with pytest.raises(UsageProblem, match="'notes' is not there"):
            unpack_policy(packed, {})()

    def test_what_cannot_be_packed_is_told(self):
        lock = threading.Lock()
        with pytest.raises(UsageProblem, match="cannot go to another computer"):
            pack(lambda: lock, {})


def test_an_experiment_names_its_executor(tmp_path: Path):
    settings = ExperimentSettings(cartridge="demo", runs=str(tmp_path), scripted="story", executor="processes")
    with open_run(settings, environment={}) as run:
        assert run.executor is not None
        assert run.executor.name == "processes"
    wrong = msgspec.structs.replace(settings, executor="slurm")
    with pytest.raises(ConfigurationProblem, match="slurm"), open_run(wrong, environment={}):
        pass
