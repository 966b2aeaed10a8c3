"""`game.explore`: what a branch does, breaks or leaves undone comes back as a result, best first."""

from __future__ import annotations

import ast
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pokerl.cartridge import load
from pokerl.play.checkpoint import Checkpoint
from pokerl.play.explored import Explored, Ranking, Standing, most_milestones, what_came_of_it
from pokerl.play.run import Run
from tests.play.stage import FINISH, Meddling

TOOLS = "def go(game, frames):\n    game.wait(frames)\n    return game.frame\n"


@pytest.fixture
def told(play) -> Callable[..., dict]:
    """What a block says in a line ``SAY name value``, by name, and the attempt itself as ``played``."""

    def told(block: str, **given) -> dict:
        block = "def say(name, value): print('SAY', name, repr(value))\n" + block
        played = play(block, FINISH, **{"tools": TOOLS} | given)
        assert not played.result.errors, played.result.errors
        lines = [line.split(" ", 2) for line in played.told.splitlines() if line.startswith("SAY")]
        return {name: ast.literal_eval(value) for _, name, value in lines} | {"played": played}

    return told


class TestBranchesThatGoWrong:
    def test_one_that_hangs_is_ended_and_the_others_come_back(self, told):
        said = told(
            "def hang(g):\n    g.wait(9)\n    while True: pass\n"
            "r = explore([hang, lambda g: 'well'], seconds=1)\n"
            "say('answers', [e.answer for e in r]); say('error', r[1].error); say('frames', r[1].frames)\n"
            "say('kept', bool(r[1].checkpoint)); say('where', 'while True: pass' in r[1].printed)"
        )
        assert said["answers"] == ["well", None]
        assert said["error"] == "TimeLimit: it ran for longer than 1 s."
        assert (said["frames"], said["kept"], said["where"]) == (9, True, True)

    def test_one_that_ignores_its_interruption_is_killed(self, told):
        said = told(
            "import signal\n"
            "def deaf(g):\n    signal.setitimer(signal.ITIMER_REAL, 0)\n    while True: pass\n"
            "r = explore([deaf], seconds=0.5); say('error', r[0].error); say('frame', game.frame)"
        )
        assert said["error"] == "TimeLimit: it ran for longer than 0.5 s and ignored its interruption."
        assert said["frame"] == 0

    @pytest.mark.parametrize(
        ("deed", "error"),
        [
            ("os.kill(os.getpid(), 11)", "The policy's process was ended by SIGSEGV."),
            ("os._exit(3)", "The policy's process exited with status 3."),
            ("os._exit(0)", "The policy's process exited with status 0."),
            ("sys.exit('enough')", "SystemExit: enough"),
            ("1 / 0", "ZeroDivisionError: division by zero"),
            ("sys.stdout.close(); print(1)", "ValueError: I/O operation on closed file."),
        ],
    )
    def test_however_its_process_ends_it_is_a_result_with_its_end(self, told, deed, error):
        said = told(
            f"import os, sys\ndef bad(g):\n    g.wait(7)\n    {deed}\n"
            "r = explore([bad, lambda g: g.wait(3)])\n"
            "say('error', [e.error for e in r]); say('frames', [e.frames for e in r]); game.restore(r[1].checkpoint)"
        )
        assert said["error"] == ["", error]
        assert said["frames"] == [3, 7]
        assert said["played"].result.trunk_frames == 7

    def test_one_whose_machine_dies_is_a_result_without_an_end(self, told):
        def kill_the_branch(run: Run) -> None:
            for _ in range(600):
                started = [event.data["pid"] for event in run.events() if event.kind == "machine_started"]
                if len(started) - before == 2:
                    os.kill(started[-1], signal.SIGKILL)
                    return
                time.sleep(0.05)

        def meddle(run: Run) -> Meddling:
            nonlocal before
            before = sum(event.kind == "machine_started" for event in run.events())
            killer = threading.Thread(target=kill_the_branch, args=(run,))
            return Meddling(run.model["player"], 1, killer.start)

        before = 0
        said = told(
            "def policy(g):\n    while True: g.wait(10)\n"
            "r = explore([policy], seconds=40); say('end', r[0].checkpoint); say('error', r[0].error)\n"
            "say('next', explore([lambda g: g.wait(3)])[0].frames)",
            meddle=meddle,
        )
        assert said["end"] is None
        assert "MachineLost" in said["error"]
        assert said["next"] == 3

    def test_frames_are_a_hard_limit_of_each_branch(self, told):
        said = told(
            "def greedy(g):\n    here = g.checkpoint()\n    while True:\n        g.restore(here)\n        g.wait(100)\n"
            "r = explore([greedy, lambda g: g.wait(300), lambda g: g.wait(301)], frames=300)\n"
            "r.sort(key=lambda e: e.number)\n"
            "say('frames', [e.frames for e in r]); say('spent', [e.spent for e in r])\n"
            "say('error', [e.error for e in r])"
        )
        assert said["spent"] == [300, 300, 300]
        assert said["frames"] == [100, 300, 300]
        assert [bool(error) for error in said["error"]] == [True, False, True]
        assert "The 300 frames of this branch are spent" in said["error"][0]
        assert said["played"].result.frames == 900

    def test_a_scout_has_the_limit_too(self, told):
        said = told(
            "r = explore(['wait'], frames=120); say('spent', r[0].spent); say('answer', r[0].answer)",
            scout=(
                "try:\n    game.wait(500)\nexcept Exception as error:\n    answer['content'] = type(error).__name__\n"
                "print('tired'); answer['ready'] = True",
            ),
        )
        assert (said["spent"], said["answer"]) == (120, "BudgetSpent")

    @pytest.mark.parametrize("given", ["frames=0", "frames=1.5", "keep=-1", "seconds=0", "seconds=float('nan')"])
    def test_a_limit_that_is_none_is_told(self, play, given):
        played = play(f"explore([lambda g: 1], {given})", FINISH)
        assert any("UsageProblem" in error for error in played.result.errors)

    def test_what_is_no_candidate_is_told(self, play):
        played = play("explore([5])", "explore('go left')", FINISH)
        assert sum("The candidates are no list" in error for error in played.result.errors) == 1
        assert played.told.count("The candidates are no list") == 2


class TestAPolicy:
    def test_has_a_process_of_its_own_with_all_variables(self, told):
        said = told(
            "import os\nseen, secret = [], 'kept'\n"
            "def policy(g):\n    seen.append(1)\n    return [os.getpid(), os.getppid(), secret]\n"
            "r = explore([policy] * 4); say('r', [e.answer for e in r]); say('me', os.getpid()); say('seen', seen)"
        )
        assert len({child for child, _, _ in said["r"]}) == 4
        assert {(parent, secret) for _, parent, secret in said["r"]} == {(said["me"], "kept")}
        assert said["seen"] == []

    def test_means_its_branch_by_game_and_by_the_tools(self, told):
        said = told(
            "r = explore([lambda g: (game.wait(5), go(6), g.frame)])\n"
            "say('answer', r[0].answer); say('spent', r[0].spent); say('mine', game.frame); say('after', go(1))"
        )
        assert (said["answer"], said["spent"], said["mine"], said["after"]) == ([None, 11, 11], 11, 0, 1)

    def test_cannot_move_another_machine_of_the_worker(self, told):
        said = told(
            "other = game.branch()\n"
            "r = explore([lambda g: other.wait(50)]); say('error', r[0].error)\n"
            "other.wait(2); say('other', other.frame)"
        )
        assert "MachineLost" in said["error"]
        assert said["other"] == 2

    def test_prints_into_its_result(self, told):
        said = told(
            "import os\ndef policy(g):\n    print('hello'); os.write(1, b'raw\\n')\n"
            "r = explore([policy]); say('printed', r[0].printed)"
        )
        assert said["printed"] == "hello\nraw\n"

    def test_that_prints_without_end_keeps_the_last_of_it(self, told):
        said = told(
            "r = explore([lambda g: print('x' * 1_000_000 + 'END')]); say('end', r[0].printed[-4:])\n"
            "say('size', len(r[0].printed))"
        )
        assert said["end"] == "END\n"
        assert said["size"] < 21_000

    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ("{1: (2, {3})}", {"1": [2, [3]]}),
            ("b'\\xff'", b"\xff"),
            ("2 ** 80", str(2**80)),
            ("range(2)", "range(0, 2)"),
        ],
    )
    def test_answers_with_plain_data_or_text(self, told, value, answer):
        assert told(f"say('answer', explore([lambda g: {value}])[0].answer)")["answer"] == answer

    def test_can_branch_and_explore_itself(self, told):
        said = told(
            "def deep(g):\n    g.wait(2)\n    inner = g.explore([lambda g: g.wait(7), lambda g: g.frame])\n"
            "    g.restore(inner[-1].checkpoint)\n    b = g.branch(); b.wait(4)\n    return [b.frame, g.frame]\n"
            "r = explore([deep, deep]); say('answers', [e.answer for e in r]); say('errors', [e.error for e in r])"
        )
        assert said["answers"] == [[13, 9], [13, 9]]
        started, ended = (said["played"].of(kind) for kind in ("machine_started", "machine_ended"))
        assert len(started) == len(ended) == 1 + 2 * (1 + 2 + 1)

    def test_can_ask_the_host_through_the_worker(self, told):
        said = told(
            "def policy(g):\n    notes.append('from a branch')\n    return budget.remaining('tokens')\n"
            "r = explore([policy]); say('answer', r[0].answer); say('error', r[0].error)"
        )
        assert (said["answer"], said["error"]) == (None, "")

    def test_cannot_commit(self, told):
        assert "CapabilityDenied" in told("say('error', explore([lambda g: g.commit()])[0].error)")["error"]

    def test_leaves_no_process_behind(self, told):
        said = told("import os\nr = explore([lambda g: os.getpid()] * 6); say('pids', [e.answer for e in r])")
        assert len(said["pids"]) == 6
        pids = [event.data["pid"] for event in said["played"].of("machine_started")]
        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


class TestTheOrder:
    def test_is_new_milestones_then_no_error_then_fewer_frames(self):
        def result(number: int, **given) -> Explored:
            return Explored(number=number, **given)

        results = [
            result(0, frames=5, error="broke"),
            result(1, frames=9),
            result(2, frames=3),
            result(3, new=["badge"], frames=900, error="broke later"),
        ]
        ranking = Ranking(most_milestones, None)
        assert all(ranking.worth_keeping(each) for each in results)
        assert [each.number for each in ranking.order(results)] == [3, 2, 1, 0]

    @pytest.mark.parametrize("arriving", [*itertools.permutations(range(3))])
    def test_of_equal_ones_the_first_are_kept_whoever_came_in_first(self, arriving):
        ranking = Ranking(lambda _: 0, 2)
        came = []
        for number in arriving:
            end = Checkpoint(f"{number}" * 64, 0, "")
            result = Explored(number=number, checkpoint=end)
            came.append(result if ranking.worth_keeping(result) else msgspec.structs.replace(result, checkpoint=None))
        ordered = ranking.order(sorted(came, key=lambda each: each.number))
        assert [(each.number, each.checkpoint is not None) for each in ordered] == [(0, True), (1, True), (2, False)]

    def test_is_the_callers_if_there_is_one(self, told):
        said = told(
            "r = explore([lambda g, n=n: g.wait(n) or n for n in (5, 20, 10)], rank=lambda e: e.frames)\n"
            "say('answers', [e.answer for e in r]); say('numbers', [e.number for e in r])"
        )
        assert (said["answers"], said["numbers"]) == ([20, 10, 5], [1, 2, 0])

    def test_a_rank_that_fails_puts_its_result_last_and_says_why(self, told):
        said = told(
            "r = explore([lambda g, n=n: n for n in (0, 1)], rank=lambda e: 1 / e.answer)\n"
            "say('answers', [e.answer for e in r]); say('error', r[1].error)"
        )
        assert said["answers"] == [1, 0]
        assert said["error"] == "rank: ZeroDivisionError: division by zero"

    def test_only_the_best_keep_their_end(self, told):
        said = told(
            "r = explore([lambda g, n=n: g.wait(n) for n in range(1, 9)], keep=2)\n"
            "say('kept', [e.checkpoint.frame if e.checkpoint else None for e in r])\n"
            "say('frames', [e.frames for e in r])"
        )
        assert said["kept"] == [1, 2] + [None] * 6
        assert said["frames"] == [*range(1, 9)]
        stored = [event for event in said["played"].of("checkpoint") if event.data["label"] == "explored"]
        assert 2 <= len(stored) < 8

    def test_none_is_kept_if_none_is_wanted(self, told):
        said = told("say('kept', [e.checkpoint for e in explore([lambda g: 1] * 3, keep=0)])")
        assert said["kept"] == [None] * 3
        assert not [event for event in said["played"].of("checkpoint") if event.data["label"] == "explored"]


class TestAResult:
    def test_tells_what_changed_in_words(self, told):
        said = told(
            "game.wait(200)\n"
            "def rich(g):\n    g.poke('wPlayerMoney', [1, 0x23, 0x45], why='test')\n    g.wait(60)\n"
            "r = explore([rich]); say('changes', r[0].changes); say('new', r[0].new)\n"
            "say('state', r[0].state is not None)"
        )
        assert said["state"]
        assert isinstance(said["changes"], list)

    def test_knows_no_memory_without_the_right_to_read_it(self, told):
        said = told(
            "r = explore([lambda g: g.wait(5)]); say('r', [r[0].state, r[0].changes, r[0].frames])",
            capabilities=("press", "branch"),
        )
        assert said["r"] == [None, [], 5]

    def test_names_the_milestones_that_are_new(self):
        before = Standing(10, 0, {"bedroom": 3})
        after = Standing(90, 200, {"bedroom": 3, "starter": 77})
        result = what_came_of_it(before, after, load("demo"), number=4)
        assert (result.new, result.frames, result.spent, result.number) == (["starter"], 80, 200, 4)

    def test_prints_short(self, told):
        said = told("r = explore([lambda g: 'x' * 100_000]); say('length', len(repr(r[0])))")
        assert said["length"] < 500


def test_committing_stays_explicit(told):
    said = told("r = explore([lambda g: g.wait(50)]); say('frame', game.frame)")
    assert said["frame"] == 0
    assert said["played"].result.trunk_frames == 0
    assert [event.data["label"] for event in said["played"].of("commit")] == ["end of the attempt"]


def test_numbers_of_numpy_limit_branches(told):
    said = told(
        "import numpy as np\nr = explore([lambda g: g.wait(99)] * 2, frames=np.int64(5), keep=np.int64(1))\n"
        "say('spent', [each.spent for each in r]); say('kept', [each.checkpoint is not None for each in r])"
    )
    assert (said["spent"], sorted(said["kept"])) == ([5, 5], [False, True])


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="with one core there is nothing to choose")
def test_who_shares_a_core_with_its_machine_still_explores_on_all(told):
    said = told(
        "import os\ndef cores(): return len(os.sched_getaffinity(0))\n"
        "say('before', cores())\n"
        "say('shared', any(game.act().frame == 0 and cores() == 1 for _ in range(100_000)))\n"
        "child = os.fork()\nif not child: os._exit(cores())\n"
        "say('forked', os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "say('counted', game.cores)\nsay('explored', [e.answer for e in explore([lambda g: cores()] * 2)])\n"
    )
    everywhere = len(os.sched_getaffinity(0))
    assert (said["shared"], said["before"], said["forked"], said["counted"]) == (True, *[everywhere] * 3)
    assert said["explored"] == [everywhere] * 2
