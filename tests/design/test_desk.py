"""The designer's desk: what its code may ask of the host, and what it gets when it asks for nonsense."""

from __future__ import annotations

import hashlib
import io
import math
import os
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pokerl.budget import Budget
from pokerl.errors import InterfaceProblem, StateRejected, UsageProblem
from pokerl.play.interface import load_interface
from pokerl.play.run import Run
from tests.design.test_experiment import told
from tests.play.stage import FINISH, Meddling
from tests.play.test_attempt import kill_machine

GO = "def go(game, far: int = 1) -> str:\n    '''Go.'''\n    game.wait(far)\n    return 'gone'\n"
PICTURE = 'import hashlib\nprint("SEEN", game.frame, hashlib.sha256(game.screen().tobytes()).hexdigest())\n'


def seen(text: str) -> list[list[str]]:
    return [line.split()[1:] for line in text.splitlines() if line.startswith("SEEN")]


def digest_of(png: bytes) -> str:

    return hashlib.sha256(np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).tobytes()).hexdigest()


@pytest.fixture(scope="module")
def played(office):
    """One attempt that pressed, waited long, branched and looked."""
    office.version("v1", GO, '"press", "screen", "ram.read", "branch"')
    office.player(
        "v1",
        f"game.wait(200)\n{PICTURE}here = game.checkpoint()\nexplore([lambda g: go(g, 50)])\nprint(go(3))",
        f'game.act(*[game.step("a", 20_000), game.waiting(limit=60), game.step("start", 30)])\n{PICTURE}',
        FINISH,
    )
    return office.evaluate(version="v1", minutes=1)


def test_a_version_is_checked_in_a_sandbox_and_its_tools_are_told(office):
    office.version("c1", GO)
    assert office.ask("workspace_check", version="c1") == "c1 imports, 1 tool:\n  go(far: int=1) -> str"
    office.version("c2", "def go(game):\n    return 1 +\n")
    assert office.ask("workspace_check", version="c2").startswith("PROBLEM: tools.py does not parse: invalid syntax")


def test_a_tool_that_tells_the_player_nothing_is_named_at_the_check(office):
    office.version("c5", GO + "def part(game):\n    return 1\n\n\ndef _own(game):\n    return 2\n")
    said = office.ask("workspace_check", version="c5")
    assert "these do: part. Give them a docstring" in said.splitlines()[-1]


def test_the_designer_gets_the_traceback_of_an_import_without_the_hosts_paths(office):
    office.version(
        "c3",
        "def helper():\n    return {}['missing']\n\n_VALUE = helper\n".replace("helper", "_helper") + "_helper()\n",
    )
    said = office.ask("workspace_check", version="c3")
    assert "Traceback" in said
    assert "KeyError: 'missing'" in said
    assert 'File "tools.py", line 5' in said
    assert str(office.run.folder) not in said


def test_what_the_mode_does_not_grant_is_told_at_the_check(office):
    office.version("c4", GO, '"press", "ram.write"')
    assert office.ask("workspace_check", version="c4").endswith("Not granted in mode 'fair': ram.write")


def test_a_version_that_does_not_import_is_not_evaluated(office):
    office.version("broken", "import nothing_of_the_kind")
    before = office.ask("attempts")
    with pytest.raises(InterfaceProblem, match="nothing_of_the_kind"):
        office.evaluate(version="broken")
    assert office.ask("attempts") == before


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"version": 5},
        {"version": "v1", "minutes": 0},
        {"version": "v1", "minutes": -1},
        {"version": "v1", "minutes": "ten"},
        {"version": "v1", "minutes": math.nan},
        {"version": "v1", "frames": 0},
        {"version": "v1", "frames": 1.5},
        {"version": "v1", "start": 7},
        {"version": "v1", "mode": "open"},
        {"version": "v" * 1000},
    ],
)
def test_evaluate_with_nonsense_is_an_error_of_the_designers_code(office, arguments):
    with pytest.raises(TypeError):
        office.evaluate(**arguments)


@pytest.mark.usefixtures("played")
def test_evaluate_what_is_not_there(office):
    with pytest.raises(InterfaceProblem, match="There is no version 'v99'"):
        office.evaluate(version="v99")
    with pytest.raises(UsageProblem, match="cannot be the name"):
        office.evaluate(version="../v1")
    for start in ("0" * 64, "abc", "../../etc/passwd"):
        with pytest.raises((StateRejected, UsageProblem)):
            office.evaluate(version="v1", start=start)
    assert len([a for a in office.ask("attempts") if a["version"] == "v1"]) == 1


def test_an_attempt_is_an_object_with_what_came_of_it(office, played):
    assert played["outcome"] == "answered"
    assert played["frames"] == played["trunk_frames"] + 50
    assert played["capabilities"] == ["branch", "press", "ram.read", "screen"]
    assert played in office.ask("attempts")


def test_looking_back_shows_what_the_player_saw(office, played):
    told = office.ask("attempt_transcript", attempt=played["identifier"], length=100_000)
    (early, first), (late, last) = seen(told)
    look = lambda **frame: digest_of(office.ask("attempt_look", attempt=played["identifier"], **frame))  # noqa: E731
    assert look(frame=int(early)) == first
    assert int(late) == played["trunk_frames"]
    assert look() == look(frame=10**9) == look(frame=int(late)) == last
    assert len({look(frame=0), first}) == 2


def test_looking_at_what_is_not_there(office, played):
    with pytest.raises(UsageProblem, match="no attempt 'a999'"):
        office.ask("attempt_look", attempt="a999")
    for wrong in ({"frame": -1}, {"frame": "end"}, {"branch": 1}):
        with pytest.raises(TypeError):
            office.ask("attempt_look", attempt=played["identifier"], **wrong)


def test_the_transcript_comes_in_pieces(office, played):
    def piece(start: int, length: int) -> str:
        return office.ask("attempt_transcript", attempt=played["identifier"], start=start, length=length)

    whole = piece(0, 100_000)
    assert "##### player-v1" in whole
    assert "gone" in whole
    assert "--- ended: answered" in whole
    assert "".join(piece(start, 100) for start in range(0, len(whole), 100)) == whole
    assert piece(10**9, 10) == ""
    with pytest.raises(TypeError):
        piece(-1, 10)
    with pytest.raises(UsageProblem):
        office.ask("attempt_transcript", attempt="a999")


def test_limits_are_never_more_than_an_attempt_may_have(office):
    office.version("l1")
    office.player("l1", FINISH)
    result = office.evaluate(version="l1", minutes=600, frames=100)
    started = next(e for e in office.run.events() if e.kind == "attempt_started" and e.attempt == result["identifier"])
    assert started.data["limits"] == {"wall_seconds": 60.0, "frames": 100.0}


def test_frames_asked_for_end_the_attempt(office):
    office.version("l2")
    office.player("l2", "game.wait(1000)", FINISH)
    before = office.budget.spent("frames")
    result = office.evaluate(version="l2", frames=70)
    assert (result["outcome"], result["frames"]) == ("budget", 70)
    assert office.budget.spent("frames") - before == 70


def test_an_attempt_can_begin_at_a_checkpoint_of_another(office, played):
    office.version("s1")
    office.player("s1", "game.wait(5)", FINISH)
    result = office.evaluate(version="s1", start=played["end"])
    assert not result["from_power_on"]
    assert result["trunk_frames"] == played["trunk_frames"] + 5
    assert result["frames"] == 5


def test_attempts_are_numbered_and_a_failed_one_does_not_stop_the_next(office):
    office.version("f1")
    first = office.evaluate(version="f1")  # there is no script of this player
    office.player("f1", FINISH)
    second = office.evaluate(version="f1")
    assert first["outcome"] == "failed"
    assert "has no turn 1" in first["reason"]
    assert second["outcome"] == "answered"
    assert int(second["identifier"][1:]) == int(first["identifier"][1:]) + 1


def test_a_branch_of_the_designer_may_start_from_any_attempt(office, played):
    reply = office.functions["open_branch"]({"start": played["end"]})

    for descriptor in reply.descriptors:
        os.close(descriptor)
    office.ask("close_branch", machine=reply.value)
    with pytest.raises((StateRejected, UsageProblem)):
        office.functions["open_branch"]({"start": "0" * 64})


def test_a_draft_that_changes_while_it_is_frozen_is_kept_under_the_hash_of_what_was_kept(office, monkeypatch):
    office.version("race")
    copy = shutil.copyfile

    def copy_and_change(source: Path, target: Path) -> None:
        copy(source, target)
        (source.parent / "tools.py").write_text("def new(game): ...")

    monkeypatch.setattr("pokerl.play.versions.shutil.copyfile", copy_and_change)
    office.ask("workspace_check", version="race")
    kept = list((office.run.folder / "interface").iterdir())
    assert {load_interface(folder).digest for folder in kept} == {folder.name for folder in kept}


def test_no_more_attempts_go_on_at_once_than_may(office, monkeypatch):
    monkeypatch.setattr(office.desk.evaluations.underway, "_most", 2)
    office.version("many")
    office.player("many", "import time; time.sleep(60)")

    def ask(_: int) -> str:
        try:
            return office.evaluate(version="many", minutes=0.05, frames=1000)["outcome"]
        except UsageProblem as problem:
            return problem.message

    with ThreadPoolExecutor(6) as pool:
        ended = Counter(pool.map(ask, range(6)))
    assert ended == {"budget": 2, "2 attempts go on at once already.": 4}


@pytest.mark.parametrize(
    "crafted",
    [
        *({"mode": "open"}, {"rom": "/etc/passwd"}, {"executor": "ray:elsewhere"}, {"sandbox": "none"}, {"tokens": 1}),
        *({"minutes": math.nan}, {"minutes": -1}, {"frames": 0}, {"start": 5}, {"version": "../up"}),
    ],
)
def test_an_evaluation_is_given_nothing_but_what_it_may_be(office, crafted):
    office.version("crafted")
    with pytest.raises((TypeError, UsageProblem)):
        office.evaluate(**{"version": "crafted"} | crafted)
    assert all(result["version"] != "crafted" for result in office.ask("attempts"))


def test_a_version_that_hangs_when_it_is_imported_is_told(office, monkeypatch):
    monkeypatch.setattr("pokerl.rlm.process.START_SECONDS", 1.0)
    office.version("hanging", "while True: pass\n")
    told = office.ask("workspace_check", version="hanging")
    assert told.startswith("PROBLEM: Version 'hanging' cannot be imported")
    assert "must end by itself" in told


def test_branches_of_a_designers_worker_that_was_lost_end(office, played):
    extension = office.desk.extension()
    for descriptor in extension.descriptors():
        os.close(descriptor)
    reply = extension.functions["open_branch"]({"start": played["end"]})
    for descriptor in (*reply.descriptors, *extension.descriptors()):  # the ones of the worker that comes next
        os.close(descriptor)
    ended = [event.machine for event in office.run.events() if event.kind == "machine_ended"]
    assert reply.value in ended
    with pytest.raises(UsageProblem, match="There is no branch"):
        extension.functions["branch_standing"]({"machine": reply.value})


def test_a_designer_whose_machine_was_killed_opens_another_where_it_stood(experiment):
    turns = {
        "designer": (
            "from pokerl.errors import MachineLost\ngame.wait(30)",
            "try: game.wait(1)\nexcept MachineLost as e: print('LOST', e.remedy)",
            "print('AT', game.reopen().frame); game.wait(1); print('ON', game.frame)",
            FINISH,
        )
    }

    def watch(run: Run, _: Budget) -> AbstractContextManager[object]:
        run.model["designer"] = Meddling(run.model["designer"], 2, kill_machine(run), "designer")
        return nullcontext()

    text = told(experiment(turns, watch=watch).folder)
    assert "LOST `game.reopen()` goes on with another machine" in text
    assert "[Your probing machine died." in text
    assert "AT 30" in text
    assert "ON 31" in text
