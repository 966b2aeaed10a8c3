"""Attempts that play the demo game's sequence breaks by inputs alone, through `game`, are audited as glitched."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from pokerl import shipped
from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings
from tests.play import stage

RECORDINGS = shipped.path("cartridges/demo/demo.gb").parent
TOOL = """
RUNS = {runs}
NAMES = ["a", "b", "select", "start", "right", "left", "up", "down"]

def play_recording(game):
    steps = [game.step("+".join(name for bit, name in enumerate(NAMES) if mask >> bit & 1), n) for mask, n in RUNS]
    for start in range(0, len(steps), 500):
        game.act(*steps[start : start + 500])
"""


def played(run, base, recording):
    """An attempt whose one tool presses the buttons of a recording, and which then commits."""
    log = json.loads((RECORDINGS / f"{recording}.json").read_text())
    turn = f"play_recording()\ngame.commit()\n{stage.FINISH}"
    attempt = stage.play(run, base, turn, tools=TOOL.format(runs=log["runs"]), capabilities=("press",))
    assert attempt.result.outcome in ("answered", "won"), attempt.told
    last = attempt.tree.trunk(attempt.result.identifier)[-1]
    assert last.ram == log["ram"], f"{recording}.json is stale: another ROM plays differently. Run: make recordings"
    return attempt.result.identifier


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """What `pokerl audit` says of a run with both breaks, and which attempt is which."""
    base = tmp_path_factory.mktemp("breaks")
    (base / "script").mkdir()
    settings = ExperimentSettings(cartridge="demo", mode="fair", runs=str(base), scripted=str(base / "script"))
    with open_run(settings, environment={}) as run:
        attempts = {name: played(run, base, name) for name in ("sequence_break", "sequence_break_thread")}
        folder = run.folder
    command = [sys.executable, "-W", "ignore", "-c", "from pokerl.cli import main; main()", "audit", str(folder)]
    wide = os.environ | {"COLUMNS": "400"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=wide), attempts


def verdicts(report: str, attempt: str) -> dict[str, str]:
    """Title → verdict, out of the table of an attempt's milestones."""
    section = report.split(f"Milestones of {attempt} ", 1)[1].split("\nMilestones of ")[0].split("\nFindings in ")[0]
    return dict(re.findall(r"^\W*(\w.*?) {2,}[\d,]+ {2,}(\w+) ", section.replace("│", "  "), re.MULTILINE))


def test_a_break_is_no_failure_of_the_audit(audited):
    report, _ = audited
    assert report.returncode == 0, report.stderr
    assert "every replay agrees with the record" in report.stdout


def test_past_the_badge_check_everything_is_glitched_and_nothing_before_it(audited):
    report, attempts = audited
    found = verdicts(report.stdout, attempts["sequence_break"])
    assert found["Reached SUNSPIRE"] == found["Beat the rival on STAR ROAD"] == "earned"
    after = list(found).index("Reached the STAR LEAGUE")
    assert set(list(found.values())[:after]) == {"earned"} and set(list(found.values())[after:]) == {"glitched"}
    assert found["Won the game"] == "glitched"
    assert (
        "past the badge check of STAR ROAD without the Pebble Badge, the Ripple Badge, the Spark Badge" in report.stdout
    )


def test_after_getting_away_from_a_trainer_everything_is_glitched(audited):
    report, attempts = audited
    found = verdicts(report.stdout, attempts["sequence_break_thread"])
    assert found.pop("Reached SUNSPIRE") == "glitched"
    assert set(found.values()) == {"earned"} and "Reached MISTMERE" in found
    assert "a trainer of MISTMERE_GYM had seen the player, who got away to MISTMERE" in report.stdout
