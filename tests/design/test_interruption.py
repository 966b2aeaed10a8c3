"""A run that is killed or interrupted leaves a readable folder and no process, and goes on where it stood."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pokerl.errors import RunFolderProblem
from pokerl.play.cut import cut_attempts
from pokerl.timeline import Event, Tree, read_events
from pokerl.timeline.check import check_run
from tests.design.test_experiment import WRITE
from tests.play.stage import FINISH, write_script
from tests.play.test_attempt import children

POKERL = [sys.executable, "-c", "from pokerl.cli import main; main()"]
PATIENCE = 60


def started(base: Path) -> subprocess.Popen[bytes]:
    """`pokerl run`, whose player sleeps in its second turn."""
    turns = (f'{WRITE}\nwrite("v1")\na = evaluate("v1")', 'print(evaluate("v1"))', FINISH)
    write_script(base / "script", "designer", *turns)
    cut = "go(5); notes.append('by the door'); import time; time.sleep(600)"
    going_on = "print('STANDS', game.frame, notes, 'x' in globals()); go(3)"
    write_script(base / "script", "player-v1", "x = 1; go(20); game.checkpoint()", cut, going_on, FINISH)
    write_script(base / "script", "player-v1-2", "go(7)", FINISH)
    file = base / "experiment.toml"
    file.write_text('name = "cut"\ncartridge = "demo"\nscripted = "script"\n[designer]\ntokens = 1000000\n')
    command = [*POKERL, "run", str(file), "--runs", str(base / "runs"), "--no-video", "--json"]
    return subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=base
    )  # fmt: skip


def log_of(base: Path) -> list[Event]:
    return [event for log in base.glob("runs/*/events.jsonl") for event in read_events(log.parent)]


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)


def in_the_second_turn(base: Path) -> Callable[[], bool]:
    """Whether the player has done what its second turn does before it sleeps."""
    return lambda: any(event.kind == "note" and event.attempt == "a001" for event in log_of(base))


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was killed in the middle of an attempt."""
    base = tmp_path_factory.mktemp("killed")
    process = started(base)
    try:
        wait_until(in_the_second_turn(base))
        below = children(process.pid)
        assert len(below) >= 4
    finally:
        process.kill()
        process.communicate()
    wait_until(lambda: not any(running(pid) for pid in below))
    (folder,) = (base / "runs").iterdir()
    return folder


@pytest.fixture
def cut(killed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(killed, tmp_path / "run"))


def test_a_killed_run_goes_on_where_it_stood(cut):
    with (cut / "events.jsonl").open("ab") as log:
        log.write(b'{"kind": "inp')  # as if it had been killed in the middle of a line
    before = list(read_events(cut))
    command = [*POKERL, "run", "--resume", str(cut), "--no-video", "--json"]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE * 3, cwd=cut, check=False)
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads(done.stdout)
    assert [attempt["outcome"] for attempt in report["attempts"]] == ["answered", "answered"]
    first = report["attempts"][0]
    # Its machine was killed 5 frames after its checkpoint; they were done again.
    assert (first["identifier"], first["frames"], first["trunk_frames"]) == ("a001", 25 + 5 + 3, 28)
    told = (cut / "transcripts" / "player-v1.jsonl").read_text()
    assert "STANDS 25 ['by the door'] False" in told
    assert "Your machine stands where your last act left it, at frame 25." in told

    events = list(read_events(cut))
    assert events[: len(before)] == before
    asked = Counter((event.data["agent"], event.data["turn"]) for event in events if event.kind == "model_call")
    assert set(asked.values()) == {1}
    assert ("designer", 2) in asked
    assert [event.kind for event in events].count("experiment_resumed") == 1
    assert events[-1].kind == "experiment_ended"
    machines = [event.machine for event in events if event.kind == "machine_started"]
    assert len(machines) == len(set(machines))
    tree = Tree.from_events(events)
    assert [tree.trunk(attempt)[-1].end_frame for attempt in ("a001", "a002")] == [28, 7]
    assert check_run(cut).ok
    told = (cut / "transcripts" / "designer.jsonl").read_text()
    assert "Attempts that were under way were played to their end: a001 (answered)" in told


def test_what_was_spent_before_counts_after_a_resume(cut):
    spent = sum(event.data["input_tokens"] + event.data["output_tokens"] for event in read_events(cut)
                if event.kind == "model_call")  # fmt: skip
    manifest = json.loads((cut / "manifest.json").read_text())
    manifest["settings"]["designer"]["tokens"] = spent
    (cut / "manifest.json").write_text(json.dumps(manifest))
    command = [*POKERL, "run", "--resume", str(cut), "--no-video", "--json"]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE * 3, cwd=cut, check=False)
    assert done.returncode == 3, done.stderr.decode()
    assert json.loads(done.stdout)["stop"] == "budget"
    assert b"no tokens left" in done.stderr


@pytest.mark.parametrize(
    ("kind", "field"),
    [("attempt_started", "limits"), ("attempt_started", "interface"), ("attempt_resumed", "since"), ("note", "text")],
)
def test_a_log_that_was_changed_is_refused_in_a_sentence(kind, field):
    begun = {"version": "v1", "interface": "a" * 64, "start": "", "agent": "player-v1", "limits": {}}
    resumed = {"machine": "m0002", "segment": "", "since": 5.0, "seconds": 1.0}
    events = [
        Event("attempt_started", 1.0, "a001", data=begun),
        Event("attempt_resumed", 5.0, "a001", data=resumed),
        Event("note", 6.0, "a001", data={"text": "by the door"}),
    ]
    (cut,) = cut_attempts(events)
    assert (cut.begun.version, cut.spent["wall_seconds"], cut.notes) == ("v1", 2.0, ("by the door",))
    for event in events:
        if event.kind == kind:
            del event.data[field]
    with pytest.raises(RunFolderProblem, match=r"The log does not tell how to go on with an attempt: .+\."):
        cut_attempts(events)


def test_ctrl_c_ends_everything_in_order(tmp_path):
    process = started(tmp_path)
    try:
        wait_until(in_the_second_turn(tmp_path))
        below = children(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 130, said.decode()
    report = json.loads(out)
    assert (report["stop"], report["attempts"][0]["outcome"]) == ("interrupted", "interrupted")
    assert b"Interrupted; what was recorded is kept." in said
    assert b"pokerl run --resume" in said
    assert b"Traceback" not in said
    wait_until(lambda: not any(running(pid) for pid in below))
    events = log_of(tmp_path)
    assert (events[-1].kind, events[-1].data["stop"]) == ("experiment_ended", "interrupted")
    ended = [event.kind for event in events]
    assert ended.count("machine_started") == ended.count("machine_ended")
    assert Tree.from_events(events).trunk("a001")[-1].end_frame == 25

    (folder,) = (tmp_path / "runs").iterdir()
    command = [*POKERL, "run", "--resume", str(folder), "--no-video", "--json"]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE * 3, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr.decode()
    first, _ = json.loads(done.stdout)["attempts"]
    # It was interrupted in order, with a checkpoint where it stood: nothing was done again.
    assert (first["outcome"], first["frames"], first["trunk_frames"]) == ("answered", 28, 28)
    machines = [event.kind for event in read_events(folder) if event.kind == "attempt_resumed"]
    assert len(machines) == 1
