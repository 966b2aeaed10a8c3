"""A player whose code is hostile: what it tries is contained, recorded and told plainly."""

from __future__ import annotations

import re

from pokerl.play.run import Run
from tests.play.stage import FINISH

RAW = """
import os, socket
def say(text): print("SAY", text)
def sockets():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(socket.socket(fileno=os.dup(int(name))))
        except OSError:
            pass
    return [each for each in found if each.family == socket.AF_UNIX]
host = game._explorer.host
"""


def said(played) -> list[str]:
    return re.findall(r"^SAY (.*)$", played.told, re.MULTILINE)


def machines_alive(run: Run) -> set[str]:
    started = {event.machine for event in run.events() if event.kind == "machine_started"}
    return started - {event.machine for event in run.events() if event.kind == "machine_ended"}


class TestMachines:
    def test_threads_that_ask_at_once_get_no_more_machines_than_there_may_be(self, play, monkeypatch):
        monkeypatch.setattr("pokerl.play.machines.MAXIMUM_ALIVE", 5)
        played = play(
            RAW + "from concurrent.futures import ThreadPoolExecutor\n"
            "here = game.checkpoint().digest\n"
            "def ask(_):\n"
            "    try: host.call_with_descriptors('open_branch', start=here); return 'opened'\n"
            "    except Exception as problem: return str(problem)\n"
            "with ThreadPoolExecutor(30) as pool: given = list(pool.map(ask, range(30)))\n"
            "say(given.count('opened')); say(set(given) - {'opened'})",
            FINISH,
        )
        assert said(played) == ["4", "{'5 machines run at once already. Close branches you are done with.'}"]
        assert not machines_alive(played.run)

    def test_the_branches_of_a_lost_worker_are_ended(self, play, monkeypatch):
        monkeypatch.setattr("pokerl.play.machines.MAXIMUM_ALIVE", 3)
        opens = "branches = [game.branch(), game.branch()]; print('SAY', len(branches))\n"
        played = play(opens + "import os; os._exit(1)", opens, FINISH)
        assert played.result.outcome == "answered"
        assert said(played)[-1] == "2"

    def test_a_machine_that_is_asked_for_at_the_end_does_not_outlive_the_attempt(self, play):
        played = play(
            RAW + "import threading\nhere = game.checkpoint().digest\n"
            "def ask():\n    while True: host.call_with_descriptors('open_branch', start=here)\n"
            "for _ in range(8): threading.Thread(target=ask, daemon=True).start()\n" + FINISH
        )
        assert played.result.outcome == "answered"
        assert not machines_alive(played.run)
