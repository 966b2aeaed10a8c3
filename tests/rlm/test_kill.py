"""The host is killed with ``kill -9`` at random points of a run, again and again, and the run goes on each time."""

import random
import subprocess
import sys
import time

import msgspec
import pytest

from pokerl.rlm import Transcript
from pokerl.rlm.transcript import Resumed, Turn
from tests.rlm.killed_host import TURNS

KILLS = 5
PATIENCE = 120


def size(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.suffix == ".jsonl" or file.name == "asked")


def live_and_die(folder, limit, more):
    """One life of the host, ended with SIGKILL once ``more`` bytes were written; whether it came to its own end."""
    host = subprocess.Popen([sys.executable, "-m", "tests.rlm.killed_host", str(folder), str(limit)])
    until, enough = time.monotonic() + PATIENCE, size(folder) + more
    while host.poll() is None and time.monotonic() < until and size(folder) < enough:
        time.sleep(0.001)
    host.kill()
    return host.wait() == 0


def turns(folder):
    transcript = Transcript(folder / "transcripts")
    return {each.agent: each.of_kind(Turn) for each in transcript.family("agent")}


def asked(folder):
    lines = (folder / "asked").read_text().splitlines() if (folder / "asked").exists() else []
    return [(agent, int(turn)) for agent, turn in (line.split() for line in lines)]


def killed_again_and_again(folder, chance, limit):
    """Kill it ``KILLS`` times, let it finish, and see on the way that no answered turn is asked again."""
    for life in range(KILLS + 1):
        answered = {(agent, turn.turn) for agent, found in turns(folder).items() for turn in found}
        before = len(asked(folder))
        ended = live_and_die(folder, limit, chance.randrange(1, 2500) if life < KILLS else 10**9)
        assert not answered & set(asked(folder)[before:])
        if ended:
            return msgspec.json.decode((folder / "end").read_bytes())
    raise AssertionError("The last life was not killed and did not end.")


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_host_goes_on_and_never_asks_an_answered_turn_again(tmp_path, seed):
    end = killed_again_and_again(tmp_path, random.Random(seed), 0)
    found = turns(tmp_path)
    assert [turn.turn for turn in found["agent"]] == list(range(1, end["turns"] + 1))
    assert end["stop"] == "answered"
    assert end["turns"] >= TURNS, "a last block that was cut off is not run again, so it may take one more"
    assert all(len({turn.turn for turn in each}) == len(each) for each in found.values())
    recorded = sum(turn.usage.tokens for each in found.values() for turn in each)
    assert end["tokens"] == end["usage"] == recorded
    assert end["dollars"] == pytest.approx(recorded / 120 * 0.01)
    assert Transcript(tmp_path / "transcripts").of("agent").of_kind(Resumed)


def test_a_budget_goes_on_over_the_lives_of_the_host(tmp_path):
    end = killed_again_and_again(tmp_path, random.Random(7), 1200)
    assert end["stop"] == "budget"
    assert 1200 <= end["tokens"] <= 1200 + 5 * 120
    assert len(turns(tmp_path)["agent"]) < TURNS
