"""Exploring: each candidate on a machine of its own; what goes wrong on one is a result, not a failure of the rest."""

from __future__ import annotations

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from pokerl.budget import Budget, Limits
from pokerl.cartridge import load
from pokerl.emulator.client import Client
from pokerl.emulator.protocol import Answer
from pokerl.errors import StateRejected, UsageProblem
from pokerl.play.game import Game
from pokerl.play.machines import MachinePark
from pokerl.wire import Channel
from tests.play.stage import FINISH

POLICIES = """
def stay(g):
    return g.frame

def walk(g):
    g.wait(30)
    return {"walked": 30}

def fail(g):
    g.wait(5)
    raise ValueError("a wall\\nstands here")

game.wait(10)
results = explore([stay, walk, fail, lambda g: g.press("jump")])
for each in sorted(results, key=lambda result: result.number):
    print("RESULT", each.answer, each.frames, each.checkpoint.frame, repr(each.error))
game.restore(next(each for each in results if each.number == 1).checkpoint)
print("NOW", game.frame)
"""


def test_policies_come_back_with_their_number_and_what_one_raises_is_its_result(play):
    played = play(POLICIES, FINISH)
    assert [line for line in played.told.splitlines() if line.startswith(("RESULT", "NOW"))] == [
        "RESULT 10 0 10 ''",
        "RESULT {'walked': 30} 30 40 ''",
        "RESULT None 5 15 'ValueError: a wall\\nstands here'",
        "RESULT None 0 10 \"pokerl.errors.UsageProblem: There is no button 'jump'. "
        'The buttons are a, b, select, start, right, left, up, down."',
        "NOW 40",
    ]
    assert played.result.trunk_frames == 40
    assert played.result.frames == 10 + 30 + 5
    ended = [event.machine for event in played.of("machine_ended")]
    assert len(ended) == len(set(ended)) == 5


def test_scouts_and_policies_can_be_mixed(play):
    played = play(
        'r = explore(["go left", lambda g: "policy", "go right"]); print("RESULT", sorted(each.answer for each in r))\n'
        'walked = r[-1]; print("FRAMES", walked.frames, walked.checkpoint.frame); game.restore(walked.checkpoint)',
        FINISH,
        scout=('game.wait(7)\nanswer["content"] = context or "scouted"; answer["ready"] = True',),
    )
    assert "RESULT ['policy', 'scouted', 'scouted']" in played.told
    assert "FRAMES 7 7" in played.told
    assert played.result.trunk_frames == 7
    agents = {call.data["agent"] for call in played.of("model_call")}
    assert agents == {played.agent, f"{played.agent}/scout-1", f"{played.agent}/scout-2"}


def test_a_scout_has_the_tools_on_its_own_machine_and_cannot_commit(play):
    played = play(
        'r = explore(["go"]); print("RESULT", r[0].answer, game.frame)',
        FINISH,
        tools="def go(game):\n    game.wait(9)\n    return game.frame\n",
        scout=(
            "try:\n    game.commit()\nexcept Exception as error:\n    said = type(error).__name__\n"
            'answer["content"] = [go(), said]; answer["ready"] = True',
        ),
    )
    assert "RESULT [9, 'CapabilityDenied'] 0" in played.told


def test_a_scout_that_dies_is_a_result_with_its_reason(play):
    played = play(
        'r = explore(["die", "die too"]); print("RESULT", [each.error for each in r])', FINISH,
        scout=("import os; os._exit(9)",) * 6,
    )  # fmt: skip
    assert played.result.outcome == "answered"
    assert played.told.count("failed: The worker was lost 5 times in a row") == 2


def test_a_scout_without_a_script_is_a_result_too(play):
    played = play('print("RESULT", explore(["go"])[0].error)', FINISH)
    assert "RESULT failed: The script has no turn 1" in played.told


def test_exploring_begins_at_a_checkpoint_if_one_is_given(play):
    played = play(
        'here = game.checkpoint(); game.wait(50); print("RESULT", explore([lambda g: g.frame], start=here)[0].answer)',
        FINISH,
    )
    assert "RESULT 0" in played.told


def test_without_the_capability_there_is_no_exploring(play):
    played = play("explore([lambda g: 1])", 'rlm_query("go left")', FINISH, capabilities=("press", "ram.read"))
    assert played.told.count("'branch', which is not granted here") == 2
    assert len(played.of("machine_started")) == 1


@pytest.fixture
def park(run):
    with MachinePark(replace(run), "park", ["press", "branch", "ram.read"], Budget(Limits(frames=10_000))) as park:
        yield park


@pytest.fixture
def game_on():
    """A game whose branches come from a park."""
    clients: list[Client] = []

    def client(descriptor: int) -> Client:
        clients.append(Client(Channel(socket.socket(fileno=descriptor), Answer)))
        return clients[-1]

    def make(park: MachinePark) -> Game:
        def open_branch(start):
            reply = park.branch({"start": start})
            return client(reply.descriptors[0]), lambda: park.close_branch({"machine": reply.value})

        return Game(client(park.start().client_socket.detach()), load("demo"), open_branch)

    yield make
    for each in clients:
        each.close()


def test_the_frames_of_all_machines_are_charged(run, game_on):
    budget = Budget(Limits(frames=10_000))
    with MachinePark(run, "park", ["press", "branch"], budget) as park:
        game = game_on(park)
        with game.branch() as other:
            other.wait(100)
        game.wait(11)
    assert budget.spent("frames") == 111


def test_no_more_than_the_limit_are_alive_at_once(park, game_on, monkeypatch):
    monkeypatch.setattr("pokerl.play.machines.MAXIMUM_ALIVE", 2)
    game = game_on(park)
    with game.branch(), pytest.raises(UsageProblem, match="Close branches you are done with"):
        game.branch()
    game.branch().close()


def test_a_machine_that_comes_too_late_for_the_end_of_the_attempt_ends_at_once(run, monkeypatch):
    park = MachinePark(run, "late", ["press"], Budget())
    monkeypatch.setattr("pokerl.play.machines.CLOSING_SECONDS", 0.1)
    os.kill(run.nursery.pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(park.start)
            while not park._starting:
                time.sleep(0.01)
            park.close()
            os.kill(run.nursery.pid, signal.SIGCONT)
            with pytest.raises(UsageProblem, match="The attempt is over"):
                late.result(20)
    finally:
        os.kill(run.nursery.pid, signal.SIGCONT)
    events = [event for event in run.events() if event.attempt == "late"]
    assert [event.kind for event in events].count("machine_ended") == 1


def test_the_trunks_machine_cannot_be_closed_by_model_written_code(park):
    own = park.start(commits=True)
    for machine in (own.settings.machine, "m9999", None, 5):
        park.close_branch({"machine": machine})
    assert own.alive


def test_a_branch_starts_only_from_checkpoints_of_its_attempt(park, run):
    other = MachinePark(run, "another", ["branch"], Budget())
    with other:
        digest = other.start().control.checkpoint().checkpoint
    for start in (digest, "", "0" * 64, "../../etc/passwd", 7):
        with pytest.raises((StateRejected, UsageProblem)):
            park.branch({"start": start})
