"""An attempt in the background: the designer works on, and budget, record and result are as of any other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pokerl.design.results import best_attempt
from pokerl.design.settings import DesignerSettings
from pokerl.errors import UsageProblem
from pokerl.play.cut import cut_attempts
from pokerl.timeline import read_events
from pokerl.timeline.check import check_run
from tests.design.test_experiment import WRITE, told
from tests.design.test_interruption import log_of, running, wait_until
from tests.play.stage import FINISH, write_script
from tests.play.test_attempt import children

BEGIN = f'{WRITE}\nwrite("v1")\nr = evaluate("v1", wait=False); print("BEGUN", r.identifier, r.done)'
SLEEP = "go(5); import time; time.sleep(600)"
POKERL = [sys.executable, "-c", "from pokerl.cli import main; main()"]


def test_the_designer_works_on_and_collects_it_later(experiment):
    turns = {
        "designer": (
            BEGIN,
            'write("v2"); a = r.result(); print("V1", a.outcome, a.trunk_frames, r.done, len(attempts))',
            'both = evaluate("v2", attempts=2, wait=False); print("TWO", [e.result().outcome for e in both])',
            FINISH,
        ),
        "player-v1": ("go(20)", "go(5)", FINISH),
        "player-v2": (FINISH,),
        "player-v2-2": (FINISH,),
    }
    result = experiment(turns)
    text = told(result.folder)
    assert "BEGUN a001 False" in text
    assert "V1 answered 25 True 1" in text
    assert "TWO ['answered', 'answered']" in text
    assert sorted(attempt.identifier for attempt in result.attempts) == ["a001", "a002", "a003"]
    assert check_run(Path(result.folder)).ok


def test_how_far_it_is_can_be_seen_while_it_goes_on_and_it_can_be_stopped(experiment):
    watch = (
        "import time\nwhile '--- turn 1' not in r.transcript() or game_is_dark(): time.sleep(0.05)\n"
        "print('FAR', r, attempts.running[0].identifier, len(attempts)); show(r.look()); a = r.stop()\n"
        "print('NOW', a.outcome, a.trunk_frames, attempts.running, bool(a.end))"
    )
    dark = "\ndef game_is_dark():\n    try: return r.look(10**6) is None\n    except Exception: return True\n"
    turns = {"designer": (BEGIN + dark, "1", watch, FINISH), "player-v1": (SLEEP, FINISH)}
    result = experiment(turns)
    text = told(result.folder)
    assert "FAR <attempt a001 of v1 goes on: 0:" in text
    assert "[a001 of v1 goes on, for 0:" in text
    assert "NOW stopped 5 [] True" in text
    (attempt,) = result.attempts
    assert (attempt.outcome, attempt.frames) == ("stopped", 5)
    as_if_killed = [event for event in read_events(result.folder) if event.kind != "experiment_ended"]
    assert cut_attempts(as_if_killed) == []  # it was ended for good


def test_an_end_is_told_once_to_the_designer(experiment):
    wait = "import time\nwhile not len(attempts): time.sleep(0.05)\ntime.sleep(0.3)"
    turns = {"designer": (BEGIN, wait, "1", FINISH), "player-v1": (FINISH,)}
    assert told(experiment(turns).folder).count("[a001 of v1 ended: answered.]") == 1


@pytest.mark.parametrize("limits", [{}, {"tokens": 60_000}], ids=["ready", "budget"])
def test_it_ends_with_the_designer_and_counts(experiment, limits):
    wait = "import time\nwhile '--- turn 2' not in ''.join(e.transcript() for e in attempts.running): time.sleep(0.05)"
    further = ["print('x' * 9000)"] * 20 if limits else []
    turns = {"designer": (BEGIN, wait, *further, FINISH), "player-v1": ("go(5)", "import time; time.sleep(600)")}
    result = experiment(turns, designer=DesignerSettings(**limits))
    assert result.stop == ("budget" if limits else "answered")
    (attempt,) = result.attempts
    assert attempt.outcome in (("budget", "interrupted") if limits else ("interrupted",))
    assert (attempt.frames, best_attempt(result.attempts)) == (5, attempt)
    events = list(read_events(result.folder))
    assert events[-1].kind == "experiment_ended"
    kinds = [event.kind for event in events]
    assert kinds.count("machine_started") == kinds.count("machine_ended")


def test_its_tokens_are_taken_from_the_experiment_while_it_goes_on(experiment):
    spent = "before = budget.spent('tokens')\nimport time\nwhile budget.spent('tokens') == before: time.sleep(0.05)"
    turns = {
        "designer": (BEGIN, f"{spent}\nprint('CHARGED', r.done); r.stop()", FINISH),
        "player-v1": ("import time; time.sleep(3)", "time.sleep(600)"),
    }
    assert "CHARGED False" in told(experiment(turns).folder)


def test_where_frames_are_limited_those_of_attempts_under_way_are_set_aside(office):
    office.version("aside")
    office.player("aside", "import time; time.sleep(600)")
    (first,) = office.ask("evaluate", version="aside", background=True)
    with pytest.raises(UsageProblem, match="set aside for the attempts under way"):
        office.ask("evaluate", version="aside", background=True)
    office.ask("attempt_stop", attempt=first)
    assert office.ask("attempt_wait", attempt=first)["outcome"] == "stopped"
    (second,) = office.ask("evaluate", version="aside", background=True, frames=100)
    (third,) = office.ask("evaluate", version="aside", background=True, frames=100)
    for attempt in (second, third):
        office.ask("attempt_stop", attempt=attempt)
        assert office.ask("attempt_wait", attempt=attempt)["outcome"] == "stopped"


def test_nobody_can_wait_for_what_is_not_there_or_for_no_time(office):
    for function in ("attempt_wait", "attempt_stop"):
        with pytest.raises(UsageProblem, match="no attempt 'a999' under way"):
            office.ask(function, attempt="a999")
    for seconds in (-1, float("nan"), float("inf"), "long"):
        with pytest.raises(TypeError):
            office.ask("attempt_wait", attempt="a999", seconds=seconds)


def started(base: Path) -> subprocess.Popen[bytes]:
    """`pokerl run`, whose player sleeps in its first turn, and its designer beside it."""
    collect = (
        "print('RUNNING', [e.identifier for e in attempts.running], 'r' in globals())\n"
        "a = attempts.running[0].result(); print('COLLECTED', a.identifier, a.outcome, a.trunk_frames)"
    )
    write_script(base / "script", "designer", BEGIN, "import time; time.sleep(600)", collect, FINISH)
    write_script(base / "script", "player-v1", SLEEP, "import time; time.sleep(1); go(3)", FINISH)
    file = base / "experiment.toml"
    file.write_text('name = "cut"\ncartridge = "demo"\nscripted = "script"\n')
    command = [*POKERL, "run", str(file), "--runs", str(base / "runs"), "--no-video", "--json"]
    return subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=base
    )  # fmt: skip


def both_sleep(base: Path) -> Callable[[], bool]:
    def asked(events, agent: str, turn: int) -> bool:
        return any(e.kind == "model_call" and (e.data["agent"], e.data["turn"]) == (agent, turn) for e in events)

    def reached() -> bool:
        events = log_of(base)
        played = any(event.kind == "input" and event.frame == 5 for event in events)
        return played and asked(events, "designer", 2)

    return reached


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "ctrl-c"])
def test_a_run_that_is_cut_off_goes_on_with_the_designer_and_the_attempt_at_once(tmp_path, how):
    process = started(tmp_path)
    try:
        wait_until(both_sleep(tmp_path))
        below = children(process.pid)
        os.kill(process.pid, how)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    wait_until(lambda: not any(running(pid) for pid in below))
    if how == signal.SIGINT:
        assert [attempt["outcome"] for attempt in json.loads(out)["attempts"]] == ["interrupted"]
    (folder,) = (tmp_path / "runs").iterdir()
    command = [*POKERL, "run", "--resume", str(folder), "--no-video", "--json"]
    done = subprocess.run(command, capture_output=True, timeout=180, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr.decode()
    (attempt,) = json.loads(done.stdout)["attempts"]
    assert (attempt["identifier"], attempt["outcome"], attempt["trunk_frames"]) == ("a001", "answered", 8)
    text = told(folder)
    assert "in the background go on: a001; see `attempts.running`." in text
    assert "RUNNING ['a001'] False" in text
    assert "COLLECTED a001 answered 8" in text
    assert check_run(folder).ok
