"""The live display: events folded into a picture, and what others wrote shown as text."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from rich.console import Console

from pokerl.budget import Budget, Limits
from pokerl.display import Follower, LiveDisplay, Progress, plain
from pokerl.timeline import Event, Recorder
from pokerl.words import clock

RESULT = {"version": "v1", "outcome": "failed", "reason": "The machine died."}


def event(kind: str, attempt: str = "a001", machine: str = "", **data: object) -> Event:
    return Event(kind, time.time(), attempt, machine, data=data)


STORY = [
    event("version_written", "", version="v1", tools=[{}, {}]),
    event("attempt_started", version="v1"),
    event("machine_started", machine="m0001"),
    event("input", machine="m0001", runs=[[1, 8], [0, 8]]),
    event("milestone", name="lab", title="Came to the lab"),
    event("milestone", name="lab", title="Came to the lab"),
    event("milestone", "a999", name="gym", title="Entered the gym"),
    event("poke", address=0xD347, tool="[/red] \x1b[31mrich", before="00", after="99"),
    event("refusal", message="This needs the capability 'ram.write'."),
    event("model_call", input_tokens=1000, output_tokens=50, agent="player-v1"),
    event("attempt_ended", **RESULT),
]


def folded() -> Progress:
    progress = Progress(12)
    for each in STORY:
        progress.take(each)
    return progress


def test_events_are_folded():
    progress = folded()
    assert (progress.version, progress.attempt, progress.reached) == ("v1", "a001", ["Came to the lab"])
    assert (sum(progress.frames.values()), progress.machines, progress.tokens, progress.calls) == (16, 1, 1050, 1)
    assert progress.lines[0] == "interface v1 written: 2 tools"
    assert progress.lines[-1] == "attempt a001 with v1: failed (The machine died.)"
    assert any(line.startswith("poke at D347 by") for line in progress.lines)


def test_a_new_attempt_begins_without_milestones():
    progress = folded()
    progress.take(event("attempt_started", "a002", version="v2"))
    assert (progress.attempt, progress.reached) == ("a002", [])


def shown(run_folder: Path, *, terminal: bool) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=terminal, color_system=None)
    with Recorder(run_folder) as recorder, LiveDisplay(
        run_folder, lambda: Budget(Limits(wall_seconds=3661, tokens=5000)), 12, console, "pokerl: Demo"
    ) as display:  # fmt: skip
        for each in STORY:
            recorder.append(each)
        if terminal:
            time.sleep(0.6)
            console.print(display.render())
    return console.file.getvalue()


def test_without_a_terminal_the_telling_lines_are_printed(run_folder):
    text = shown(run_folder, terminal=False)
    assert text.splitlines()[:2] == ["interface v1 written: 2 tools", "attempt a001 with v1 starts"]
    assert "poke at D347 by [/red] \\x1b[31mrich" in text
    assert "\x1b" not in text


def test_on_a_terminal_there_is_the_budget_the_version_and_the_milestones(run_folder):
    text = shown(run_folder, terminal=True)
    for expected in ("pokerl: Demo", "budget left", "1:01:0", "5,000 tokens", "1/12", "Came to the lab", "16 frames"):
        assert expected in text


def test_a_follower_reads_whole_lines_only(run_folder):
    follower = Follower(run_folder)
    assert follower.new_events() == []
    with Recorder(run_folder) as recorder:
        recorder.append(STORY[0])
    log = run_folder / "events.jsonl"
    with log.open("ab") as file:
        file.write(b'{"kind":"note","at":1.0,')
    assert [each.kind for each in follower.new_events()] == ["version_written"]
    with log.open("ab") as file:
        file.write(b'"data":{"text":"hello"}}\n')
    assert [each.data["text"] for each in follower.new_events()] == ["hello"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3600, "1:00:00"), (172800, "48:00:00"), (-5, "0:00")],
)
def test_clock(seconds, text):
    assert clock(seconds) == text


def test_text_of_others_is_shown_and_not_obeyed():
    assert plain("list[str]\n[bold]x[/] \x1b]0;title\x07 é").plain == "list[str]\n[bold]x[/] \\x1b]0;title\\x07 é"
