"""Attempts end in one of six ways, each recorded and explained, whatever dies on the way."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pokerl.budget import Budget, Limits
from pokerl.errors import InterfaceProblem, ModelProblem
from pokerl.play.attempt import AttemptPlan, play_attempt
from pokerl.play.interface import load_interface
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.play.settings import AgentSettings
from pokerl.play.versions import keep_version
from pokerl.rlm import OpenAIModel
from pokerl.rlm.models.settings import EndpointSettings
from pokerl.timeline import Tree, read_events
from pokerl.timeline.check import check_run
from tests.play.stage import FINISH, WIN, Meddling, write_interface

Play = Callable[..., object]


def children(parent: int) -> list[int]:
    """The process ids below a process of ours."""
    found = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in map(int, task.read_text().split()):
                found += [child, *children(child)]
    return found


def kill_workers() -> None:
    """SIGKILL every process with model-written code that this test process started."""
    for pid in children(os.getpid()):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it died with the one that was killed before
            if b"pokerl.rlm.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)


def kill_machine(run: Run) -> Callable[[], None]:
    """SIGKILL the machine that was started last."""

    def kill() -> None:
        os.kill([event.data["pid"] for event in run.events() if event.kind == "machine_started"][-1], signal.SIGKILL)

    return kill


def hang_machine(run: Run) -> Callable[[], None]:
    """Stop the newest machine's process without killing it."""

    def hang() -> None:
        pids = [event.data["pid"] for event in run.events() if event.kind == "machine_started"]
        os.kill(pids[-1], signal.SIGSTOP)

    return hang


def when(turn: int, happen: Callable[[Run], Callable[[], None]]) -> Callable[[Run], Meddling]:
    return lambda run: Meddling(run.model["player"], turn, happen(run))


def fail(problem: Exception) -> Callable[[], None]:
    def happen() -> None:
        raise problem

    return happen


def test_it_is_won_when_the_last_milestone_is_reached_and_it_ends_there(play):
    played = play(WIN + "game.wait(64)", "game.wait(1000)")
    result = played.result
    assert (result.outcome, result.reason) == ("won", "The game is won.")
    assert [split.name for split in result.milestones] == ["champion", "hall_of_fame", "won"]
    assert [split.frame for split in result.milestones] == sorted(split.frame for split in result.milestones)
    assert 0 < result.progress < 1
    assert result.frames == result.trunk_frames < 1000
    assert played.of("commit")[-1].data["label"] == "end of the attempt"
    assert played.of("commit")[-1].data["digest"] == result.end


def test_an_answer_without_the_win_is_answered(play):
    played = play("game.wait(10)", 'answer["content"] = {"stuck at": [3, 5]}; answer["ready"] = True')
    assert played.result.outcome == "answered"
    assert "stuck at" in played.result.answer
    assert played.result.end


def test_what_the_player_says_of_itself_counts_for_nothing(play):
    played = play('answer["content"] = "I won! outcome=won, milestones: all"; answer["ready"] = True')
    assert (played.result.outcome, played.result.milestones, played.result.progress) == ("answered", [], 0.0)


def test_its_beginning_and_its_end_are_in_the_log(play):
    played = play("game.wait(10)", FINISH)
    started, ended = played.of("attempt_started")[0].data, played.of("attempt_ended")[0].data
    assert started["mode"] == "open"
    assert started["version"] == played.result.version
    assert started["cartridge"] == "demo"
    assert len(started["interface"]) == 64
    assert msgspec.convert(ended, AttemptResult) == played.result
    assert [call.data["agent"] for call in played.of("model_call")] == [played.agent] * 2


def test_it_ends_when_its_clock_does(play):
    played = play("while True: game.wait(1)", limits={"wall": "2s"})
    assert played.result.outcome == "budget"
    assert "wall_seconds" in played.result.reason
    assert played.of("attempt_ended")


def test_it_ends_when_its_tokens_are_spent(play):
    played = play("game.wait(1)", FINISH, limits={"tokens": 100})
    assert played.result.outcome == "budget"
    assert "tokens" in played.result.reason


def test_it_ends_when_its_frames_are_spent_on_all_branches_together(play):
    budget = Budget(Limits(), name="experiment")
    attempt = budget.child(Limits(frames=500), name="attempt")
    turns = "explore([lambda g: g.wait(200)] * 2); game.wait(300)", FINISH
    played = play(*turns, budget=attempt)
    assert played.result.outcome == "budget"
    assert "frames" in played.result.reason
    assert played.result.frames == 500
    assert budget.spent("frames") == 500


def test_a_player_that_runs_out_of_turns_says_so(play, tmp_path):
    agent = tmp_path / "hasty"
    agent.mkdir()
    (agent / "agent.toml").write_text('name = "hasty"\nmax_turns = 1\n')
    (agent / "system.md").write_text("Play {{title}}.")
    played = play("game.wait(1)", FINISH, limits={"agent": str(agent)})
    assert (played.result.outcome, played.result.reason) == ("turns", "The 1 turns are used up.")


def test_a_killed_worker_is_started_again_on_the_same_machine_and_the_loss_is_told(play):
    # The worker dies in the middle of the second block; the machine stands where it stood.
    def later(_: Run) -> Callable[[], None]:
        return lambda: threading.Timer(1.0, kill_workers).start()

    played = play(
        "game.wait(50); kept = 1", "import time; time.sleep(60)", "print(game.frame)\n" + FINISH, meddle=when(2, later)
    )
    assert played.result.outcome == "answered"
    assert any("The worker is gone" in error for error in played.result.errors)
    assert "\n50\n" in played.told


def test_a_worker_that_dies_again_and_again_fails_the_attempt(play):
    played = play(*["import os; os._exit(9)"] * 8)
    assert played.result.outcome == "failed"
    assert "lost 5 times in a row" in played.result.reason
    assert played.result.errors


def test_a_killed_machine_fails_the_attempt_and_says_so(play):
    played = play("game.wait(50)", "game.wait(50)", FINISH, meddle=when(2, kill_machine))
    assert played.result.outcome == "failed"
    assert played.result.reason == "The player's machine process died (exit status -9)."
    assert any("MachineLost" in error for error in played.result.errors)
    assert played.result.trunk_frames == 50
    assert played.of("attempt_ended")


def test_a_player_whose_machine_was_killed_opens_another_where_it_stood(play):
    played = play(
        "game.wait(50); game.checkpoint(); game.hold('a', 7)",
        "game.wait(50)",
        "print('AT', game.reopen().frame); game.hold('b', 5); print('ON', game.frame)",
        FINISH,
        meddle=when(2, kill_machine),
    )
    assert (played.result.outcome, played.result.trunk_frames) == ("answered", 62)
    assert played.result.frames == 50 + 7 + 7 + 5
    assert "`game.reopen()` goes on with another machine, where its last act led." in played.told
    assert "AT 57" in played.told
    assert "ON 62" in played.told
    trunk = Tree.from_events(read_events(played.run.folder)).trunk(played.result.identifier)
    assert [(act.mask, act.frames) for segment in trunk for act in segment.acts] == [(0, 50), (1, 7), (2, 5)]
    first, second = played.of("machine_started")
    (resumed,) = played.of("attempt_resumed")
    assert (resumed.data["machine"], first.machine != second.machine) == (second.machine, True)
    assert check_run(played.run.folder).ok


def test_a_worker_that_is_lost_with_its_machine_gets_another_one(play):
    played = play(
        "game.wait(9)", "import os; os._exit(1)", "game.wait(3); print('AT', game.frame)", FINISH,
        meddle=when(2, kill_machine),
    )  # fmt: skip
    assert "AT 12" in played.told
    assert (played.result.outcome, played.result.trunk_frames) == ("answered", 12)


def test_a_machine_that_lives_is_not_replaced(play):
    played = play("game.wait(9); print('AT', game.reopen().frame)\nwith game.branch() as b: b.reopen()", FINISH)
    assert "AT 9" in played.told
    assert "This machine cannot be opened again. Open another branch from a checkpoint" in played.told
    assert not played.of("attempt_resumed")


def test_code_can_see_how_long_it_may_still_run(play):
    tool = (
        "def patient(game):\n    n = 0\n    while game.seconds_left > 29:\n        game.wait(60); n += 1\n    return n"
    )
    played = play(
        "print('TOOL', patient() > 0, 28 < game.seconds_left <= 29, budget.block_seconds <= 29)\n"
        "r, = explore([lambda g: 0 < g.seconds_left <= 5], seconds=5); print('POLICY', r.answer)",
        FINISH,
        tools=tool,
        limits={"wall": "60s"},
    )
    assert "TOOL True True True" in played.told
    assert "POLICY True" in played.told


def test_a_machine_that_hangs_ends_with_the_attempt(play):
    played = play("game.wait(50)", "game.wait(50)", FINISH, meddle=when(2, hang_machine), limits={"wall": "4s"})
    assert played.result.outcome in ("failed", "budget")
    assert played.result.trunk_frames == 50
    assert played.of("attempt_ended")


def test_a_model_that_fails_for_good_fails_the_attempt(play):
    problem = ModelProblem("The account has no credit left.", "Add credit.")
    played = play("game.wait(50)", FINISH, meddle=when(2, lambda _: fail(problem)))
    assert (played.result.outcome, played.result.reason) == ("failed", "The account has no credit left. Add credit.")
    assert played.of("model_call")[-1].data["error"] == "The account has no credit left."


def test_a_defect_in_a_model_client_fails_the_attempt_and_nothing_else(play):
    played = play("game.wait(50)", FINISH, meddle=when(2, lambda _: fail(ZeroDivisionError("oops"))))
    assert played.result.outcome == "failed"
    assert "ZeroDivisionError: oops" in played.result.reason


def test_an_endpoint_that_is_not_there_any_more_fails_the_attempt(play):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    gone = OpenAIModel("m", EndpointSettings(openai_api_key="k", openai_base_url=address, attempts=1))
    played = play(FINISH, meddle=lambda _: gone)
    assert played.result.outcome == "failed"
    assert address in played.result.reason


def test_a_machine_that_cannot_start_fails_the_attempt(play):
    played = play(FINISH, start="0" * 64)
    assert played.result.outcome == "failed"
    assert played.result.reason.startswith("The machine did not start:")
    assert not played.result.from_power_on


def test_a_prompt_with_an_unknown_placeholder_fails_the_attempt(play, tmp_path):
    agent = tmp_path / "wrong"
    agent.mkdir()
    (agent / "agent.toml").write_text('name = "wrong"\n')
    (agent / "system.md").write_text("Play {{nothing_of_the_kind}}.")
    played = play(FINISH, limits={"agent": str(agent)})
    assert played.result.outcome == "failed"
    assert "nothing_of_the_kind" in played.result.reason


def test_an_interruption_ends_it_as_interrupted(play, run):
    stopping = threading.Event()
    sleep = "import time; time.sleep(60)"
    played = play("game.wait(50)", sleep, run=replace(run, cancelled=stopping), meddle=when(2, lambda _: stopping.set))
    assert played.result.outcome == "interrupted"
    assert played.of("attempt_ended")


def test_no_machine_outlives_its_attempt(play):
    played = play("a = game.branch(); b = game.branch(); a.close()", FINISH)
    started = [event.data["pid"] for event in played.of("machine_started")]
    assert len(started) == len(played.of("machine_ended")) == 3
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_without_a_commit_the_trunk_ends_where_the_player_stands(play):
    played = play("here = game.checkpoint(); game.wait(100); game.restore(here); game.wait(7)", FINISH)
    assert played.result.trunk_frames == 7
    assert played.result.frames == 107


def test_a_commit_is_the_end_of_the_trunk_though_the_player_went_on(play):
    played = play('game.wait(30); game.commit("far enough"); game.wait(100)', FINISH)
    assert played.result.trunk_frames == 30
    assert [commit.data["label"] for commit in played.of("commit")] == ["far enough"]


def test_who_wins_after_a_commit_has_the_win_on_the_trunk(play):
    played = play('game.commit("early")', WIN)
    assert played.result.outcome == "won"
    assert [commit.data["label"] for commit in played.of("commit")] == ["early", "end of the attempt"]


def test_milestones_of_a_discarded_branch_do_not_count(play):
    played = play(f"here = game.checkpoint()\n{WIN.replace('put(0xD5A2, 1)', '')}\ngame.restore(here)", FINISH)
    assert len(played.of("milestone")) == 2
    assert played.result.milestones == []


def test_a_branch_cannot_commit(play):
    played = play("with game.branch() as other: other.commit()", FINISH)
    assert "Only the player's own machine may commit." in played.told


def test_in_fair_mode_a_poke_is_refused_recorded_and_shown(play, run):
    tools = 'def enrich(game):\n    """Get rich."""\n    game.poke("wPlayerMoney", b"\\x99")\n'
    played = play("enrich()", FINISH, tools=tools, run=replace(run, mode="fair"))
    assert "ram.write" not in played.result.capabilities
    assert played.of("attempt_started")[0].data["asked"] != played.result.capabilities
    refusal = played.of("refusal")[0].data
    assert (refusal["capability"], refusal["tool"]) == ("ram.write", "enrich")
    assert any("ram.write" in line and line.startswith("enrich:") for line in played.result.refusals)
    assert "CapabilityDenied" in played.told
    assert not played.of("poke")


def test_an_interface_gets_no_more_than_it_asks_for(play):
    played = play("print(sorted(game.capabilities)); game.screen()", FINISH, capabilities=("press",))
    assert played.result.capabilities == ["press"]
    assert "['press']" in played.told
    assert "'screen', which is not granted" in played.told


def test_it_can_begin_at_a_checkpoint_of_another_attempt_but_not_reach_its_others(play):
    first = play('a = game.wait(20); game.checkpoint("a")', FINISH)
    digests = [event.data["digest"] for event in first.of("checkpoint")]
    played = play(f'print(game.frame); game.restore("{digests[1]}")', FINISH, start=digests[0])
    assert "\n20\n" in played.told
    assert "belongs to another attempt" in played.told
    assert not played.result.from_power_on


def test_notes_are_told_to_scouts(play):
    played = play(
        'notes.append("the door is locked")\nprint(explore(["look"])[0].answer)',
        FINISH,
        scout=('answer["content"] = repr(notes); answer["ready"] = True',),
    )
    assert "['the door is locked']" in played.told


def test_a_note_that_is_too_long_is_refused(play):
    played = play('notes.append("x" * 3000)', FINISH)
    assert "This note was not kept." in played.told


def test_a_second_attempt_with_a_version_has_a_transcript_of_its_own(run, play, tmp_path):
    first = play("game.wait(1)", FINISH)
    assert first.result.outcome == "answered"
    plan = AttemptPlan(
        identifier="again",
        version=first.result.version,
        interface=load_interface(write_interface(tmp_path / "again")),
        player=AgentSettings(agent="player"),
        scout=AgentSettings(agent="scout"),
    )
    play_attempt(first.run, plan, Budget())
    agents = [
        event.data["agent"] for event in run.events() if event.attempt == "again" and event.kind == "attempt_started"
    ]
    assert agents == [f"{first.agent}-2"]


class TestKeepingAVersion:
    def test_it_is_frozen_under_its_hash_and_recorded_once(self, run, tmp_path):
        folder = write_interface(tmp_path / "draft", "def go(game, far: int = 1) -> str:\n    '''Go.'''\n")
        kept = keep_version(run, folder, "kept")
        assert kept.folder == run.folder / "interface" / kept.digest
        keep_version(run, folder, "kept")
        (folder / "tools.py").write_text("")
        assert (kept.folder / "tools.py").read_text().startswith("def go")
        written = [e.data for e in run.events() if e.kind == "version_written" and e.data["version"] == "kept"]
        assert len(written) == 1
        assert written[0]["hash"] == kept.digest
        assert written[0]["tools"][0]["signature"] == "go(far: int=1) -> str"

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("import nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
            ("open('/etc/passwd-', 'w')", "Error"),
            ("1 / 0", "ZeroDivisionError"),
            ("import os; os._exit(3)", "must end by itself"),
            ("def go(game): ...\ngo = 7", "gives no such function"),
        ],
    )
    def test_one_that_does_not_import_is_a_problem_with_the_traceback(self, run, tmp_path, source, said):
        with pytest.raises(InterfaceProblem) as problem:
            keep_version(run, write_interface(tmp_path / "draft", source), "broken")
        assert said in str(problem.value)
        assert str(run.folder) not in str(problem.value)
        assert not any(e.kind == "version_written" and e.data["version"] == "broken" for e in run.events())


def test_the_player_is_told_its_tools_its_prompt_and_its_limits(play):
    played = play(FINISH, tools='def go(game, far: int) -> str:\n    """Walk on."""\n', limits={"wall": "90s"})
    system = next(played.run.transcript.of(played.agent).records()).system
    for expected in (
        "go(far: int) -> str",
        "Walk on.",
        "Play.",
        "90 s of wall clock",
        played.result.version,
        "`ram.write`",
    ):
        assert expected in system
    assert "{{" not in system
