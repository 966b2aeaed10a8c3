"""Attempts in other processes: their record is part of the run, their models are asked here."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from pokerl.design.settings import PlayerSettings
from pokerl.play.run import Run
from pokerl.replay import open_record
from pokerl.replay.verify import replay
from pokerl.rlm.transcript import Transcript, Turn
from pokerl.timeline import Event, read_events
from pokerl.timeline.check import check_run
from tests.design.test_experiment import WRITE, meddling
from tests.play.stage import FINISH, write_script
from tests.play.test_attempt import children

PLAY = """
go(30); c = game.checkpoint()
with game.branch(c) as b: b.wait(7)
print('ASKED', llm_query('which way?'))
notes.append('left')
game.commit()
"""


def played(experiment, tmp_path: Path, where: str, turn: str = 'a = evaluate("v1", attempts=2)\nprint(a)', **given):
    write_script(tmp_path / "script", "player-v1", PLAY, FINISH)
    (tmp_path / "script" / "player-v1" / "query.md").write_text("left")
    turns = (f'{WRITE}\nwrite("v1")\n{turn}', FINISH)
    return experiment({"designer": turns}, attempts_on=where, **given)


def of_kind(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event.kind == kind]


@pytest.mark.parametrize("where", ["here", "processes"])
def test_several_attempts_elsewhere_become_part_of_the_run(experiment, tmp_path, demo_rom, where):
    result = played(experiment, tmp_path, where)
    check_attempts(result, demo_rom)


def check_attempts(result, demo_rom: Path) -> None:
    """What must come of two attempts, wherever they were played."""
    assert [attempt.outcome for attempt in result.attempts] == ["answered", "answered"], result.attempts
    assert [(attempt.frames, attempt.trunk_frames) for attempt in result.attempts] == [(37, 30)] * 2
    folder = Path(result.folder)
    assert check_run(folder).ok
    record = open_record(folder)
    events = list(record.events)
    for attempt in result.attempts:
        assert replay(record, record.tree.trunk(attempt.identifier), demo_rom).agrees
        calls = [event for event in of_kind(events, "model_call") if event.attempt == attempt.identifier]
        assert len(calls) == 3
        tokens = sum(event.data["input_tokens"] + event.data["output_tokens"] for event in calls)
        assert attempt.tokens == tokens
    machines = [event.machine for event in of_kind(events, "machine_started") if event.attempt != "probe"]
    assert len(set(machines)) == len(machines) == 4
    agents = [event.data["agent"] for event in of_kind(events, "attempt_started")]
    assert sorted(agents) == ["player-v1", "player-v1-2"]
    for agent in agents:
        assert len(Transcript(folder / "transcripts").of(agent).of_kind(Turn)) == 2
    assert [event.data["text"] for event in of_kind(events, "note")] == ["left", "left"]


def test_what_they_take_is_taken_from_the_experiments_budget(experiment, tmp_path):
    turn = 'a = evaluate("v1", attempts=2); print(a)\nprint("SPENT", budget)'
    result = played(experiment, tmp_path, "here", turn)
    events = list(read_events(result.folder))
    told = (Path(result.folder) / "transcripts" / "designer.jsonl").read_text()
    frames = sum(n for event in of_kind(events, "input") for _, n in event.data["runs"])
    assert frames == 74
    assert json.dumps(frames) in told


def test_an_attempt_whose_tokens_are_spent_ends_there(experiment, tmp_path):
    result = played(experiment, tmp_path, "here", player=PlayerSettings(tokens=10))
    assert {attempt.outcome for attempt in result.attempts} == {"budget"}


def test_one_whose_process_dies_is_an_attempt_that_failed(experiment, tmp_path):
    def kill(run: Run) -> Callable[[], None]:
        def happen() -> None:
            for pid in children(os.getpid()):
                if b"pokerl.play.executors.process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)

        return happen

    result = played(experiment, tmp_path, "processes", 'a = evaluate("v1")', watch=meddling(2, kill))
    (attempt,) = result.attempts
    assert (attempt.outcome, attempt.tokens > 0, attempt.trunk_frames) == ("failed", True, 0)
    assert attempt.reason.startswith("It was lost elsewhere: The process of a call ended with status -9")


def test_one_in_the_background_is_stopped_at_its_next_question(experiment, tmp_path):
    turn = 'r = evaluate("v1", wait=False)\nprint(attempts.running)\nprint("ENDED", r.stop().outcome)'
    write_script(tmp_path / "script", "player-v1", *["import time; time.sleep(0.2)"] * 60)
    turns = {"designer": (f'{WRITE}\nwrite("v1")\n{turn}', FINISH)}
    (attempt,) = experiment(turns, attempts_on="here").attempts
    assert (attempt.identifier, attempt.outcome) == ("a001", "stopped")
