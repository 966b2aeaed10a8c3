"""A worker that was taken over and says whatever it likes."""

import resource
import socket
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pokerl
from pokerl.budget import Budget, Limits
from pokerl.errors import WireProblem, WorkerLost
from pokerl.rlm import AgentSpec, run
from pokerl.rlm.process import Cell, Worker
from pokerl.rlm.protocol import Called, FromWorker
from pokerl.sandbox import Policy
from pokerl.wire import Channel, pair
from tests.rlm.conftest import Mind, code
from tests.rlm.frames import MESSAGES, feed_mutated_frames

START = """
import sys, socket, struct, time
sys.path.insert(0, {root!r})
import msgspec
from pokerl.rlm.protocol import *
stream = socket.socket(fileno=int(sys.argv[1]))
def raw(body): stream.sendall(struct.pack(">I", len(body)) + body)
def say(message): raw(msgspec.msgpack.encode(message))
say(Ready())
time.sleep(0.2)
"""


class Impostor:
    """A tier that starts another program in place of the worker."""

    name = "impostor"

    def __init__(self, program):
        root = str(Path(pokerl.__file__).parent.parent)
        self.program = START.format(root=root) + program

    def launch(self, argv, _, descriptors=(), *, stderr=None):
        return subprocess.Popen(
            [sys.executable, "-c", self.program, argv[-1]], pass_fds=descriptors, stderr=stderr, start_new_session=True
        )

    def kill(self, process):
        process.kill()
        process.wait()


def result_of(program, tmp_path, seconds=20.0, **spec):
    return run(
        AgentSpec(name="a", cell_seconds=1.0, **spec),
        model=Mind([code("1")] * 20),
        budget=Budget(Limits(wall_seconds=seconds)),
        tier=Impostor(program),
        transcript=tmp_path,
    )


@pytest.mark.parametrize(
    "attack",
    [
        "raw(b'\\xff' * 10)",
        "raw(b'')",
        "stream.sendall(b'\\xff\\xff\\xff\\xff')",
        "raw(msgspec.msgpack.encode({'type': 'printed', 'text': 5}))",
        "raw(msgspec.msgpack.encode({'type': 'execute', 'cell': 0, 'code': '', 'seconds': 1}))",
        "raw(msgspec.msgpack.encode({'type': 'printed', 'text': 'x' * 100_000}))",
        "raw(b'\\x91' * 1_000_000)",
        "raw(msgspec.msgpack.encode({'type': 'answered', 'ready': True, 'content': msgspec.msgpack.Ext(1, b'x')}))",
        "say(Called(1, 'llm_query', {'prompt': msgspec.msgpack.Ext(1, b'x')}))",
        "raw(msgspec.msgpack.encode({'type': 'called', 'call': -1, 'function': '', 'arguments': {}}))",
        "pass",
    ],
)
def test_a_broken_message_ends_the_worker_and_not_the_host(tmp_path, attack):
    result = result_of(attack, tmp_path)
    assert (result.stop, "times in a row" in result.reason) == ("failed", True)


@pytest.mark.parametrize(
    "flood",
    [
        "say(Printed('x' * 60_000))",
        "say(Shown(b'\\x89PNG' + b'x' * 1_000_000))",
        "say(Answered('x' * 100_000, False))",
        "say(Called(1, 'budget', {}))",
        "say(Called(1, 'nothing', {}))",
        "say(Finished(999))",
        "stream.sendall(b'\\0\\0\\xff\\xff'); time.sleep(0.05)",
    ],
)
def test_a_flood_is_cut_off_when_the_time_of_the_block_is_over(tmp_path, flood):
    result = result_of(f"while True: {flood}", tmp_path, seconds=1.2)
    assert result.stop in ("budget", "failed")
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.jsonl")) < 20_000_000


@pytest.mark.parametrize(
    "bomb",
    [
        "raw(msgspec.msgpack.encode(Answered(0, False))[:-8] + b'\\xdd' + struct.pack('>I', 30_000_000)"
        " + b'\\x80' * 30_000_000 + b'\\xa5ready\\xc2')",
        "while True: say(Answered('x' * 2_000_000, False))",
    ],
)
def test_what_a_worker_sends_does_not_fill_the_memory_of_the_host(tmp_path, bomb):
    # Thirty megabytes of empty dicts would be two gigabytes of objects.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert result_of(bomb, tmp_path, seconds=3.0).stop in ("budget", "failed")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000


def test_the_calls_under_way_hold_no_more_than_so_much(tmp_path):
    program = """
for number in range(8):
    say(Called(number, 'hang', {'x': 'x' * 30_000_000}))
refused = 0
while refused < 4:
    refused += stream.recv(65536).count(b'hold too much')
say(Finished(0))
"""
    hanging = threading.Event()
    worker = Worker(Impostor(program), Policy(), None, {"hang": lambda _: hanging.wait(60)})
    worker.start()
    cell = Cell(0, "")
    worker.execute(cell, 20.0, lambda: None)
    assert cell.seconds
    hanging.set()
    worker.kill()


def test_an_unknown_function_is_an_error_for_the_caller(tmp_path):
    program = """
say(Called(7, 'os.system', {'x': 1}))
while True:
    head = stream.recv(4)
    body = stream.recv(struct.unpack('>I', head)[0])
    message = msgspec.msgpack.decode(body)
    if message['type'] == 'failed':
        say(Answered(message['message'], True))
        say(Finished(0))
"""
    assert "no function 'os.system'" in result_of(program, tmp_path).content


def test_a_finished_block_of_another_number_is_not_believed(tmp_path):
    assert (
        result_of("say(Answered('x', True)); say(Finished(5)); time.sleep(60)", tmp_path, seconds=2.0).stop == "budget"
    )


@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(MESSAGES), st.lists(st.tuples(st.integers(0, 100), st.integers(0, 255)), max_size=4))
def test_mutated_frames_are_understood_or_refused(message, changes):
    here, there = pair(FromWorker, limit=10_000)
    body = bytearray(msgspec.msgpack.encode(message))
    frame = bytearray(len(body).to_bytes(4, "big") + body)
    for position, value in changes:
        frame[position % len(frame)] = value
    there.sendall(frame)
    there.close()
    worker = Worker(tier=Impostor(""), policy=Policy(), context=None, functions={})
    cell = Cell(0, "")
    try:
        received = here.receive(1.0)
        if not isinstance(received, Called):
            worker._take(received, cell)
    except (WireProblem, WorkerLost):
        pass
    finally:
        here.close()


def test_channels_of_the_engine_never_accept_descriptors_from_a_worker():
    here, there = pair(FromWorker)
    socket.send_fds(there, [b"\0\0\0\1\0"], [0])
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(WireProblem):
        here.receive(1.0)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert isinstance(here, Channel)
    here.close()
    there.close()


def test_mutated_frames_by_the_thousand_do_not_kill_hang_or_grow_the_host():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert 0 < feed_mutated_frames(20_000) < 20_000  # `make report` feeds five times as many
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
