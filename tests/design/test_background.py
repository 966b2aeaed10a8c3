"""An attempt in the background: the designer works on, and budget, record and result are as of any other."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from pokerl.budget import Budget
from pokerl.design.experiment import run_experiment
from pokerl.design.results import best_attempt
from pokerl.design.settings import DesignerSettings, ExperimentSettings
from pokerl.design.underway import MAXIMUM_WAITING
from pokerl.errors import UsageProblem
from pokerl.play.cut import cut_attempts
from pokerl.play.run import Run
from pokerl.timeline import Event, read_events
from pokerl.timeline.check import check_run
from tests.design.test_experiment import WRITE, told
from tests.design.test_interruption import log_of, running, wait_until
from tests.play.stage import FINISH, write_script
from tests.play.test_attempt import children

BEGIN = f'{WRITE}\nwrite("v1")\nr = evaluate("v1", wait=False); print("BEGUN", r.identifier, r.done)'
POKERL = [sys.executable, "-c", "from pokerl.cli import main; main()"]


def test_the_designer_works_on_and_looks_collects_and_stops_as_it_likes(experiment):
    watch = (
        "import time\nwhile '--- turn 2' not in r.transcript(): time.sleep(0.05)\n"
        "print('FAR', r, attempts.running[0].identifier, len(attempts)); show(r.look()); a = r.stop()\n"
        "print('NOW', a.outcome, a.trunk_frames, r.done, attempts.running, bool(a.end))"
    )
    both = (
        'workspace.copy("v1", "v2"); both = evaluate("v2", attempts=2, wait=False)\n'
        'print("TWO", [each.result().outcome for each in both], [each.wait(1) for each in both])\n'
        'evaluate("v2", wait=False)'
    )
    ended = "while len(attempts) < 4: time.sleep(0.05)\ntime.sleep(0.2)"
    turns = {
        "designer": (BEGIN, watch, both, ended, "1", FINISH),
        "player-v1": ("go(5)", "import time; time.sleep(600)"),
        **{f"player-v2{number}": ("go(7)", FINISH) for number in ("", "-2", "-3")},
    }
    result = experiment(turns)
    text = told(result.folder)
    assert "BEGUN a001 False" in text
    assert "[a001 of v1 goes on, for 0:" in text
    assert "FAR <attempt a001 of v1 goes on: 0:" in text
    assert "NOW stopped 5 True [] True" in text
    assert "TWO ['answered', 'answered'] [True, True]" in text
    assert text.count("[a004 of v2 ended: answered.]") == 1
    frames = {attempt.identifier: attempt.frames for attempt in result.attempts}
    assert frames == {"a001": 5, "a002": 7, "a003": 7, "a004": 7}
    assert check_run(Path(result.folder)).ok
    as_if_killed = [event for event in read_events(result.folder) if event.kind != "experiment_ended"]
    assert cut_attempts(as_if_killed) == []  # the stopped one was ended for good


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


def test_an_end_is_told_if_the_worker_that_waited_for_it_was_lost(experiment):
    lost = "import os, threading; threading.Timer(0.5, os._exit, (1,)).start(); attempts.running[0].result()"
    wait = "import time\nwhile not len(attempts): time.sleep(0.05)\ntime.sleep(0.3)"
    turns = {"designer": (BEGIN, lost, wait, FINISH), "player-v1": ("import time; time.sleep(3)", FINISH)}
    assert told(experiment(turns).folder).count("[a001 of v1 ended: answered.]") == 1


def test_a_helper_may_watch_it_and_its_end_is_still_told_to_the_designer(experiment):
    watch = (
        "(running,) = attempts.running; print('SEEN', running, running.done); print('END', running.result().outcome)"
    )
    stop = "try: running.stop()\nexcept LookupError as error: print('REFUSED', error)"
    turns = {
        "designer": (BEGIN, "print(rlm_query('Watch.'))", "1", FINISH),
        "designer/sub-1": (watch, stop, FINISH),
        "player-v1": ("import time; time.sleep(2)", FINISH),
    }
    folder = experiment(turns).folder
    helper = (Path(folder) / "transcripts" / "designer" / "sub-1.jsonl").read_text()
    assert "SEEN <attempt a001 of v1 goes on" in helper
    assert "END answered" in helper
    assert "REFUSED The host has no function 'attempt_stop'" in helper
    assert told(folder).count("[a001 of v1 ended: answered.]") == 1


def test_its_tokens_are_taken_from_the_experiment_while_it_goes_on(office):
    office.version("tokens")
    office.player("tokens", "import time; time.sleep(600)")
    before = office.budget.spent("tokens")
    (attempt,) = office.ask("evaluate", version="tokens", background=True)
    wait_until(lambda: office.budget.spent("tokens") > before)
    assert office.ask("attempt_wait", attempt=attempt, seconds=0) is None
    office.ask("attempt_stop", attempt=attempt)
    assert office.ask("attempt_wait", attempt=attempt)["outcome"] == "stopped"


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


def test_frames_that_it_ran_are_not_set_aside_once_more(office):
    before = int(office.budget.remaining("frames"))
    office.version("half")
    office.player("half", "game.wait(2000)", "import time; time.sleep(600)")
    (first,) = office.ask("evaluate", version="half", background=True, frames=before - 100)
    wait_until(lambda: office.budget.remaining("frames") == before - 2000)
    (second,) = office.ask("evaluate", version="half", background=True, frames=100)
    with pytest.raises(UsageProblem, match="set aside for the attempts under way"):
        office.ask("evaluate", version="half", background=True)
    for attempt in (first, second):
        office.ask("attempt_stop", attempt=attempt)
        assert office.ask("attempt_wait", attempt=attempt)["outcome"] in ("stopped", "budget")


def test_only_so_many_threads_of_the_host_wait(office):
    """Each worker that is lost while it waits leaves its threads behind."""
    office.version("long")
    office.player("long", "import time; time.sleep(600)")
    (attempt,) = office.ask("evaluate", version="long", background=True, frames=100)
    with ThreadPoolExecutor(MAXIMUM_WAITING) as pool:
        waiting = [pool.submit(office.ask, "attempt_wait", attempt=attempt) for _ in range(MAXIMUM_WAITING)]

        def refused():
            try:
                return office.ask("attempt_wait", attempt=attempt, seconds=0.01)
            except UsageProblem as problem:
                return str(problem)

        wait_until(lambda: "64 threads wait for attempts already" in (refused() or ""))
        assert office.ask("attempt_wait", attempt=attempt, seconds=0) is None
        office.ask("attempt_stop", attempt=attempt)
        assert {each.result()["outcome"] for each in waiting} == {"stopped"}


def test_nobody_can_wait_for_what_is_not_there_or_for_no_time(office):
    for function in ("attempt_wait", "attempt_stop"):
        with pytest.raises(UsageProblem, match="no attempt 'a999' under way"):
            office.ask(function, attempt="a999")
    for seconds in (-1, float("nan"), float("inf"), "long"):
        with pytest.raises(TypeError):
            office.ask("attempt_wait", attempt="a999", seconds=seconds)


COLLECT = (
    "print('RUNNING', [e.identifier for e in attempts.running], 'r' in globals())\n"
    "a = attempts.running[0].result(); print('COLLECTED', a.identifier, a.outcome, a.trunk_frames)"
)
TURNS = {
    "designer": (BEGIN, "import time; time.sleep(600)", COLLECT, FINISH),
    "player-v1": ("go(5)", "import time; time.sleep(600)", "import time; time.sleep(1); go(3)", FINISH),
}
"""Of a run that is cut off while the designer and its player sleep, and of what follows."""


def both_sleep(events: Iterable[Event]) -> bool:
    calls = {(each.data["agent"], each.data["turn"]) for each in events if each.kind == "model_call"}
    return {("designer", 2), ("player-v1", 2)} <= calls


def check_gone_on(folder: Path, attempts: list[dict[str, object]]) -> None:
    """What must come of such a run."""
    (attempt,) = attempts
    assert (attempt["identifier"], attempt["outcome"], attempt["trunk_frames"]) == ("a001", "answered", 8)
    text = told(folder)
    assert "in the background go on: a001; see `attempts.running`." in text
    assert "RUNNING ['a001'] False" in text
    assert "COLLECTED a001 answered 8" in text
    assert check_run(folder).ok


def test_a_killed_run_goes_on_with_the_designer_and_the_attempt_at_once(tmp_path):
    for agent, blocks in TURNS.items():
        write_script(tmp_path / "script", agent, *blocks)
    (tmp_path / "experiment.toml").write_text('name = "cut"\ncartridge = "demo"\nscripted = "script"\n')
    command = [*POKERL, "run", str(tmp_path / "experiment.toml"), "--runs", str(tmp_path / "runs"), "--no-video"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        wait_until(lambda: both_sleep(log_of(tmp_path)))
        below = children(process.pid)
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: not any(running(pid) for pid in below))
    (folder,) = (tmp_path / "runs").iterdir()
    command = [*POKERL, "run", "--resume", str(folder), "--no-video", "--json"]
    done = subprocess.run(command, capture_output=True, timeout=180, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr.decode()
    check_gone_on(folder, json.loads(done.stdout)["attempts"])


def test_a_run_that_was_interrupted_goes_on_with_both_as_well(experiment, tmp_path):
    @contextmanager
    def interrupting(run: Run, _: Budget) -> Iterator[None]:
        def watch() -> None:
            wait_until(lambda: both_sleep(run.events()))
            run.cancelled.set()

        threading.Thread(target=watch, daemon=True).start()
        yield

    result = experiment(TURNS, watch=interrupting)
    assert (result.stop, [attempt.outcome for attempt in result.attempts]) == ("interrupted", ["interrupted"])
    folder = Path(result.folder)
    places = {"runs": str(tmp_path / "runs"), "scripted": str(tmp_path / "script")}
    gone_on = run_experiment(ExperimentSettings(cartridge="demo", **places), environment={}, resume=folder)
    check_gone_on(folder, msgspec.to_builtins(gone_on.attempts))
