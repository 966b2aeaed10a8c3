"""Machines as processes: they start fast, die alone, and no client can hurt the others."""

from __future__ import annotations

import os
import random
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pokerl.emulator import Client, FrameCounter, MachineSettings, Nursery, start_machine
from pokerl.emulator.protocol import (
    MAXIMUM_MESSAGE,
    Act,
    Answer,
    Attach,
    Hold,
    Refused,
    Span,
    Status,
    Stop,
)
from pokerl.emulator.resume import go_on
from pokerl.errors import (
    BudgetSpent,
    CapabilityDenied,
    MachineLost,
    PokerlError,
    RomProblem,
    RunFolderProblem,
    StateRejected,
    UsageProblem,
)
from pokerl.timeline import Tree, read_events
from pokerl.timeline.tree import Run
from pokerl.wire import Channel, pair


def eventually(holds, seconds=10.0):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
    return True


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_client_plays_through_its_socket(start, client_of):
    client = client_of(start())
    assert client.press("a").frame == 16
    assert client.press(["a", "up"], hold=4, wait=0).frame == 20
    assert client.wait(100).ran == 100
    assert client.screen().shape == (144, 160, 3)
    assert client.read_many([(0xC000, 3), (0xD000, 5)]) == [client.read(0xC000, 3), client.read(0xD000, 5)]
    client.poke(0xC800, b"\x07")
    assert client.read(0xC800) == b"\x07"
    assert client.status().frame == 120


def test_a_client_has_its_settings_rights_and_the_host_has_all(start, client_of):
    handle = start(capabilities=["press"])
    with pytest.raises(CapabilityDenied, match=r"ram\.write"):
        client_of(handle).poke(0xC800, b"\x01")
    handle.control.poke(0xC800, b"\x01")


def test_a_machine_starts_from_a_checkpoint_of_another(start, client_of):
    first = start()
    client_of(first).wait(50)
    node = first.control.checkpoint()
    second = start(start=node.checkpoint)
    standing = second.control.status()
    assert (standing.frame, standing.total_frames, standing.last_checkpoint) == (50, 0, node.checkpoint)
    assert second.control.checkpoint().ram == node.ram


def test_what_prevents_a_start_is_said_by_the_start(start, tmp_path):
    with pytest.raises(StateRejected):
        start(start="0" * 64)
    with pytest.raises(RomProblem):
        start(rom=str(tmp_path / "missing.gb"))
    with pytest.raises(UsageProblem):
        start(capabilities=["fly"])
    with pytest.raises(PokerlError, match="log"):
        start(run_folder=str(tmp_path / "nowhere"))
    assert start().alive


def test_a_machine_without_run_folder_plays_and_keeps_nothing(start):
    handle = start(run_folder="")
    handle.control.wait(10)
    with pytest.raises(UsageProblem, match="keeps no checkpoints"):
        handle.control.checkpoint()


def test_a_machine_can_have_a_nursery_of_its_own(rom):
    settings = MachineSettings(rom=str(rom.path), cartridge=rom.cartridge.identifier)
    with start_machine(settings) as handle:
        assert handle.control.wait(3).frame == 3
    assert not handle.alive
    assert handle.frames == 3


def test_stopping_records_the_end_and_leaves_no_process(start, run_folder):
    handle = start()
    handle.control.wait(30)
    handle.stop()
    assert (handle.alive, handle.process.returncode, handle.frames) == (False, 0, 30)
    assert not is_running(handle.process.pid)
    ended = list(read_events(run_folder))[-1]
    assert (ended.kind, ended.data["reason"], ended.data["frames"]) == ("machine_ended", "stopped", 30)
    handle.stop()


def test_a_killed_machine_is_lost_for_its_clients_and_only_it(start, client_of, run_folder):
    handle, bystander = start(), start()
    client = client_of(handle)
    client.wait(40)
    os.kill(handle.process.pid, signal.SIGKILL)
    with pytest.raises(MachineLost):
        client.wait(1)
    with pytest.raises(MachineLost):
        handle.control.status()
    eventually(lambda: not handle.alive)
    assert handle.process.returncode == -signal.SIGKILL
    assert handle.frames == 40
    eventually(lambda: not Path(f"/proc/{handle.process.pid}").exists())
    assert bystander.control.wait(5).frame == 5
    assert start().alive
    killed = Tree.from_events(read_events(run_folder)).segments[0]
    assert (killed.end_frame, killed.checkpoint) == (40, "")


def test_a_machine_that_hangs_counts_as_lost_and_can_be_killed(start, client_of):
    handle = start()
    client = client_of(handle)
    client.timeout = 0.3
    os.kill(handle.process.pid, signal.SIGSTOP)
    with pytest.raises(MachineLost, match="in time"):
        client.wait(1)
    handle.kill()
    assert handle.process.returncode == -signal.SIGKILL
    with pytest.raises(MachineLost):
        client.status()


def test_machines_die_with_their_nursery(rom):
    nursery = Nursery()
    settings = MachineSettings(rom=str(rom.path), cartridge=rom.cartridge.identifier)
    handles = [start_machine(settings, nursery) for _ in range(2)]
    os.kill(nursery.pid, signal.SIGKILL)
    for handle in handles:
        eventually(lambda handle=handle: not is_running(handle.process.pid))
        eventually(lambda handle=handle: not handle.alive)
    with pytest.raises(MachineLost):
        start_machine(settings, nursery)
    for handle in handles:
        handle.kill()
    nursery.close()


HOST = """
import sys, time
from pokerl.emulator import MachineSettings, Nursery
nursery = Nursery()
handle = nursery.start(MachineSettings(rom=sys.argv[1], cartridge=sys.argv[2]))
print(nursery.pid, handle.process.pid, flush=True)
time.sleep(60)
"""


def test_nursery_and_machines_die_with_a_host_that_is_killed(rom):
    command = [sys.executable, "-c", HOST, str(rom.path), rom.cartridge.identifier]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        nursery, machine = map(int, host.stdout.readline().split())
        assert is_running(nursery)
        assert is_running(machine)
        host.kill()
    eventually(lambda: not is_running(nursery) and not is_running(machine))


def test_frames_of_all_machines_are_counted_together_and_limited_exactly(start):
    with FrameCounter(limit=1000) as frames:
        one, two = start(frames=frames, frame_limit=1000), start(frames=frames, frame_limit=1000)
        clients = [Client(Channel(handle.client_socket, Answer)) for handle in (one, two)]
        clients[0].wait(600)
        with pytest.raises(BudgetSpent):
            clients[1].wait(600)
        assert (one.frames, two.frames, frames.total) == (600, 400, 1000)
        one.kill()
        two.kill()
        assert frames.total == 1000


def test_the_host_opens_more_clients_with_rights_of_their_own(start):
    handle = start(capabilities=["press"])
    looker = Client(Channel(handle.open_client(["screen", "ram.read"]), Answer))
    assert looker.status().capabilities == ["ram.read", "screen"]
    looker.screen()
    with pytest.raises(CapabilityDenied):
        looker.press("a")
    with pytest.raises(UsageProblem):
        handle.open_client(["fly"])
    looker.close()
    assert handle.control.wait(1).frame == 1


@pytest.mark.parametrize("request_", [Stop(), Attach(["ram.write"])])
def test_a_client_cannot_speak_as_the_host(start, request_):
    handle = start(capabilities=["press"])
    channel = Channel(handle.client_socket, Answer)
    answer = channel.request(request_, timeout=10)
    assert isinstance(answer, Refused)
    assert "cannot be asked" in answer.message
    assert handle.control.wait(2).frame == 2


def malformed():
    chance = random.Random(4)
    encode = msgspec.msgpack.encode
    good = encode(Act([Hold(1, 2)], [Span(0xC000, 2)]))
    flipped = [bytes([*good[:at], good[at] ^ 1 << chance.randrange(8), *good[at + 1 :]]) for at in range(len(good))]
    return [
        b"",
        b"\xc1",
        encode({"type": "act", "steps": [{"type": "hold", "buttons": 256, "frames": 1}]}),
        encode({"type": "act", "steps": [{"type": "hold", "buttons": 1, "frames": -1}]}),
        encode({"type": "restore", "checkpoint": "../../etc/passwd"}),
        encode({"type": "poke", "address": 0x2000, "data": b"x"}),
        encode({"type": "exec", "code": "1"}),
        b"\x91" * 100_000,
        *flipped[:: max(1, len(flipped) // 20)],
        bytes(chance.randrange(256) for _ in range(500)),
    ]


def test_malformed_requests_are_refused_and_the_next_one_is_answered(start):
    handle = start()
    stream = handle.open_client(["press", "ram.read"])
    channel = Channel(stream, Answer)
    refused = 0
    for body in malformed():
        stream.sendall(struct.pack(">I", len(body)) + body)
        answer = channel.receive(timeout=10)
        refused += (
            isinstance(answer, Refused) and answer.error == "UsageProblem" and "cannot be asked" in answer.message
        )
    assert refused >= 9
    assert Client(channel).wait(1).ran == 1
    channel.close()


def test_a_frame_over_the_limit_is_refused_unread(start):
    handle = start()
    handle.client_socket.sendall(struct.pack(">I", MAXIMUM_MESSAGE + 1))
    answer = Channel(handle.client_socket, Answer).receive(timeout=10)
    assert "limit" in answer.message
    assert handle.control.wait(1).ran == 1


def test_half_a_request_keeps_nobody_waiting(start):
    handle = start()
    body = msgspec.msgpack.encode(Status())
    handle.client_socket.sendall(struct.pack(">I", len(body)) + body[:-1])
    assert handle.control.wait(5).frame == 5
    handle.client_socket.sendall(body[-1:])
    assert Channel(handle.client_socket, Answer).receive(timeout=10).frame == 5


def test_many_requests_sent_at_once_are_answered_in_order_and_others_get_their_turn(start):
    handle = start()
    body = msgspec.msgpack.encode(Act([Hold(0, 1)]))
    handle.client_socket.sendall((struct.pack(">I", len(body)) + body) * 50)
    assert handle.control.status().frame < 50
    channel = Channel(handle.client_socket, Answer)
    assert [channel.receive(timeout=10).frame for _ in range(50)] == list(range(1, 51))


def test_a_client_that_does_not_read_is_dropped_and_the_others_go_on(start):
    handle = start()
    handle.client_socket.setblocking(False)
    body = msgspec.msgpack.encode(Act(reads=[Span(0x8000, 0x8000)] * 30))
    frame = struct.pack(">I", len(body)) + body
    handle.client_socket.sendall(frame)
    assert handle.control.wait(1).frame == 1
    eventually(lambda: _is_closed(handle.client_socket), seconds=20)
    assert handle.control.wait(1).frame == 2


def _is_closed(stream):
    try:
        return stream.send(b"") == 0 and stream.send(b"\0") == -1
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_descriptors_from_a_client_are_never_received(start):
    handle = start()
    held = Path(f"/proc/{handle.process.pid}/fd")
    before = len(list(held.iterdir()))
    body = msgspec.msgpack.encode(Status())
    with Path(os.devnull).open() as nothing:
        socket.send_fds(handle.client_socket, [struct.pack(">I", len(body)) + body], [nothing.fileno()] * 5)
    assert Channel(handle.client_socket, Answer).receive(timeout=10).frame == 0
    assert len(list(held.iterdir())) == before


def test_a_machine_whose_acts_can_no_longer_be_recorded_ends(start, client_of, run_folder):
    """The limit on the size of a file stands for a full disk."""
    handle, log = start(), run_folder / "events.jsonl"
    client = client_of(handle)
    client.wait(5)
    resource.prlimit(handle.process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size + 20,) * 2)
    with pytest.raises(PokerlError, match="cannot be written"):
        client.wait(7)
    handle.process.wait(10)
    with pytest.raises(MachineLost):
        client.wait(1)
    events = list(read_events(run_folder))
    assert [event.kind for event in events] == ["machine_started", "segment_started", "input"]
    assert log.read_bytes().endswith(b"\n")


def test_the_machine_ends_when_its_host_lets_go(start, run_folder):
    handle = start()
    handle.control.close()
    handle.process.wait(10)
    assert handle.process.returncode == 0
    assert list(read_events(run_folder))[-1].data["reason"] == "the host is gone"


def test_a_machine_that_cannot_be_brought_where_another_stood_ends(start, nursery, run_folder):
    lost = start()
    lost.control.wait(5)
    (segment,) = Tree.from_events(read_events(run_folder)).segments
    damaged = msgspec.structs.replace(segment, acts=(*segment.acts, Run(999, 1)))
    with pytest.raises(RunFolderProblem):
        go_on(nursery, msgspec.structs.replace(lost.settings, machine="m0002"), damaged)
    ended = [event.machine for event in read_events(run_folder) if event.kind == "machine_ended"]
    assert ended == ["m0002"]


def test_the_client_needs_no_emulator():
    code = "import sys, pokerl.emulator; sys.exit('pyboy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_answer_of_a_wrong_kind_makes_the_client_give_up():
    channel, there = pair(Answer)
    client, machine = Client(channel), Channel(there, Any)
    machine.send(Refused("SystemExit", "No.", ""))
    with pytest.raises(PokerlError, match="No"):
        client.status()
    machine.send({"type": "done"})
    with pytest.raises(MachineLost):
        client.status()
    with pytest.raises(MachineLost):
        client.status()
    machine.close()
    client.close()
