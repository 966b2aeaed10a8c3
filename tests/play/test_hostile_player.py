"""A player whose code is hostile: what it tries is contained, recorded and told plainly."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pokerl.play.run import Run
from tests.play.stage import FINISH, Played, opened

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


def machines_alive(played: Played) -> set[str]:
    started, ended = (played.of(kind) for kind in ("machine_started", "machine_ended"))
    return {event.machine for event in started} - {event.machine for event in ended}


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with opened(tmp_path_factory.mktemp("fair"), mode="fair") as run:
        yield run


@pytest.fixture(scope="module")
def pixels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with opened(tmp_path_factory.mktemp("pixels"), mode="pixels") as run:
        yield run


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
        assert not machines_alive(played)

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
        assert not machines_alive(played)


class TestTheGate:
    """Code that leaves the handle aside and speaks to the sockets that it finds."""

    WRITABLE = (0x8000, 0xA000, 0xC000, 0xD369, 0xE369, 0xFE00, 0xFF46, 0xFF80, 0xFFFF)
    READS = (
        {"type": "act", "reads": [{"address": 0xD000, "length": 4}]},
        {"type": "act", "reads": [{"address": 0x0000, "length": 4}]},
        {"type": "act", "steps": [{"type": "until", "conditions": [{"address": 0xD000}], "limit": 1}]},
        {"type": "read_rom", "bank": 1, "address": 0x4000, "length": 4},
    )
    NONSENSE = (
        "{'type': 'stop'}",
        "{'type': 'attach', 'capabilities': ['ram.write'], 'commits': True}",
        "{'type': 'poke', 'address': -1, 'data': b'x'}",
        "{'type': 'poke', 'address': 2**40, 'data': b'x'}",
        "{'type': 'poke', 'address': 0x100, 'data': b'x'}",
        "{'type': 'act', 'steps': [{'type': 'hold', 'buttons': 1, 'frames': float('nan')}]}",
        "{'type': 'act', 'steps': [{'type': 'hold', 'buttons': 1, 'frames': -5}]}",
        "{'type': 'restore', 'checkpoint': '../../../etc/passwd'}",
        "{'type': 'checkpoint', 'label': 'x' * 401}",
        "{'type': 'x' * 1_000_000}",
        "b'\\xc1'",
        "b'\\x91' * 100_000",
    )

    SHOUT = (
        RAW
        + """
import msgspec, struct
def shout(machine, message, alone=True):
    body = message if isinstance(message, bytes) else msgspec.msgpack.encode(message)
    machine.settimeout(5)
    machine.sendall(struct.pack(">I", len(body)) + body)
    head = machine.recv(4)
    if not head: return "dropped"
    size, got = struct.unpack(">I", head)[0], b""
    while len(got) < size: got += machine.recv(size - len(got))
    return msgspec.msgpack.decode(got)
def raw(handle): return socket.socket(fileno=os.dup(handle._client._channel.fileno()))
machine = raw(game)
"""
    )

    def test_in_fair_mode_nobody_writes_anywhere_from_anywhere(self, play, fair):
        played = play(
            self.SHOUT + "def poke(machine, address):\n"
            "    asked = {'type': 'poke', 'address': address, 'data': b'x', 'tool': 'go', 'why': ''}\n"
            "    return shout(machine, asked)['error']\n"
            f"places = {self.WRITABLE}\n"
            "say({poke(machine, place) for place in places})\n"
            "say(explore([lambda g: [poke(raw(g), place) for place in places][-1]])[0].answer)\n"
            "with game.branch() as other: say({poke(raw(other), place) for place in places})",
            FINISH,
            run=fair,
        )
        assert said(played) == ["{'CapabilityDenied'}", "CapabilityDenied", "{'CapabilityDenied'}"]
        refused = played.of("refusal")
        assert [event.data["capability"] for event in refused] == ["ram.write"] * 3 * len(self.WRITABLE)
        assert {event.data["tool"] for event in refused} == {"go"}
        assert not played.of("poke")

    def test_in_pixels_mode_nobody_reads(self, play, pixels):
        played = play(
            self.SHOUT + f"for message in {self.READS!r}: say(shout(machine, message)['error'])", FINISH, run=pixels
        )
        assert said(played) == ["CapabilityDenied"] * len(self.READS)

    def test_in_pixels_mode_a_branch_tells_nothing_of_its_memory(self, play, pixels):
        played = play(
            RAW + "name, _ = host.call_with_descriptors('open_branch', start=game.checkpoint().digest)\n"
            "say(host.call('branch_standing', machine=name)['memory'])",
            FINISH,
            run=pixels,
        )
        assert said(played) == ["[]"]

    def test_what_is_no_request_is_refused_and_changes_nothing(self, play, fair):
        played = play(
            self.SHOUT + f"for message in [{', '.join(self.NONSENSE)}]:\n"
            "    say(shout(machine, message)['error']); say(game.frame)",
            FINISH,
            run=fair,
        )
        assert said(played) == ["UsageProblem", "0"] * len(self.NONSENSE)
        assert played.result.outcome == "answered"
        assert [len(event.data["message"]) < 500 for event in played.of("refusal")] == [True] * len(self.NONSENSE)

    def test_a_checkpoint_of_another_attempt_is_out_of_reach(self, play, fair):
        theirs = play("print('SAY', game.checkpoint().digest)", FINISH, run=fair)
        digest = said(theirs)[0]
        ask = f"explore([lambda g: 1], start={digest!r})[0].error"
        played = play(
            RAW + f"try: game.restore({digest!r})\nexcept Exception as e: say(type(e).__name__)\n"
            f"say('belongs to another' in {ask})\n"
            f"say(rlm_query_batched(['x'], start={digest!r})[0])",
            FINISH,
            run=fair,
        )
        assert said(played)[:2] == ["StateRejected", "True"]
        assert "belongs to another attempt" in said(played)[2]

    def test_branches_do_not_commit_and_nobody_ends_the_players_own_machine(self, play, fair):
        played = play(
            self.SHOUT + "name = game.status().machine\n"
            "def policy(g): return shout(raw(g), {'type': 'commit'})['error']\n"
            "say(explore([policy])[0].answer)\n"
            "say(host.call('close_branch', machine=name)); say(game.frame)",
            FINISH,
            run=fair,
        )
        assert said(played) == ["CapabilityDenied", "None", "0"]

    def test_a_flood_without_reading_the_answers_does_not_stop_the_attempt(self, play, fair):
        played = play(
            self.SHOUT + "one = msgspec.msgpack.encode({'type': 'status'}); frame = struct.pack('>I', len(one)) + one\n"
            "import time; machine.settimeout(8); until = time.monotonic() + 8\n"
            "try:\n    while time.monotonic() < until: machine.sendall(frame * 100)\n"
            "except OSError: say('dropped')",
            FINISH,
            run=fair,
        )
        assert said(played) == ["dropped"]
        assert played.result.outcome == "answered"


class TestWhatIsWritten:
    LURES = ("\x1b[2J", "a\nb", "\u202e", "<b>", "[bold]", "../../x", "\ud800", "{{title}}", "| x |")

    def test_names_labels_and_prints_stay_text_wherever_they_come_out(self, play):
        played = play(
            RAW + f"for lure in {self.LURES!r}:\n"
            "    game.checkpoint(lure.encode('utf-8', 'replace').decode()); print(lure); notes.append(lure)\n"
            "    with game.using(lure.encode('utf-8', 'replace').decode()): game.wait(1)\n"
            f"answer['content'] = {list(self.LURES)!r}; answer['ready'] = True",
            prompt="Play {{title}} {{nothing}} {0} %s $x.",
        )
        assert played.result.outcome == "answered"
        assert [event.data["label"] for event in played.of("checkpoint")][:5] == list(self.LURES[:5])
        lines = (played.run.folder / "events.jsonl").read_bytes().split(b"\n")
        assert not any(b"\x1b" in line for line in lines)
        begun = next(iter(played.run.transcript.of(played.agent).records()))
        assert "Play {{title}} {{nothing}} {0} %s $x." in begun.system

    def test_a_process_that_detaches_itself_does_not_outlive_the_attempt(self, play):
        mark = f"mark-{os.getpid()}"
        played = play(
            "import os, sys, time\n"
            "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
            f"        words = [sys.executable, '-S', '-c', 'import time; time.sleep(600)', {mark!r}]\n"
            "        os.execv(sys.executable, words)\n"
            "    os._exit(0)\ntime.sleep(0.5)\n" + FINISH
        )
        assert played.result.outcome == "answered"
        alive = [path for path in Path("/proc").glob("[0-9]*/cmdline") if mark.encode() in words_of(path)]
        assert alive == []

    def test_keys_of_the_host_are_nowhere_in_a_run(self, play, run, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-host")
        played = play(
            RAW + "import os, glob\nfor name in glob.glob('/proc/*/environ'):\n"
            "    try: print(open(name).read())\n    except OSError: pass\n"
            "print(dict(os.environ)); 1 / 0",
            FINISH,
        )
        assert "OPENAI" not in played.told
        for path in run.folder.rglob("*"):
            assert not path.is_file() or b"sk-secret" not in path.read_bytes(), path


def words_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
