"""The alarm of a machine process: who hangs in a request is ended, and nobody else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest

from pokerl.emulator import Client, FrameCounter, MachineSettings, serve
from pokerl.emulator.protocol import Answer, Refused
from pokerl.errors import MachineLost, UsageProblem
from pokerl.wire import Channel
from tests.conftest import Rom, Start

SECONDS = 0.2
TICKS = os.sysconf("SC_CLK_TCK")

Serving = tuple[ForkProcess, Channel[Answer]]


def computed(process: ForkProcess) -> float:
    """Seconds of the processor that a process has used (fields 14 and 15 of proc_pid_stat(5))."""
    user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS


@contextmanager
def _machine(rom: Rom) -> Iterator[Serving]:
    settings = MachineSettings(rom=str(rom.path), cartridge=rom.cartridge.identifier, capabilities=["press"])
    control, for_control = socket.socketpair()
    here, for_client = socket.socketpair()
    with FrameCounter() as frames, control:
        process = multiprocessing.get_context("fork").Process(
            target=lambda: (control.close(), here.close(), serve.serve(settings, for_control, for_client, frames, 1))
        )
        process.start()
        for_control.close()
        for_client.close()
        channel: Channel[Answer] = Channel(here, Answer)
        yield process, channel
        channel.close()
    process.join(10)
    process.kill()


@pytest.fixture
def machine(rom: Rom, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """A machine process that may compute for a fifth of a second on a request."""
    monkeypatch.setattr(serve, "REQUEST_SECONDS", SECONDS)
    monkeypatch.setattr(serve, "ARMED_SECONDS", 0)
    with _machine(rom) as made:
        yield made


def test_a_machine_that_computes_for_too_long_on_one_request_is_ended(machine: Serving) -> None:
    process, channel = machine
    client = Client(channel)
    with pytest.raises(MachineLost):
        client.wait(200_000)
    process.join(10)
    assert process.exitcode == -signal.SIGPROF


def test_one_that_was_stopped_goes_on(machine: Serving) -> None:
    process, channel = machine
    client = Client(channel)
    client.wait(1)
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(3 * SECONDS)
    os.kill(process.pid, signal.SIGCONT)
    assert client.wait(1).frame == 2


def test_one_that_refuses_without_end_goes_on(machine: Serving) -> None:
    process, channel = machine
    Client(channel).wait(1)
    stream = socket.socket(fileno=os.dup(channel.fileno()))
    until = computed(process) + 2 * SECONDS
    with stream:
        while computed(process) < until:
            stream.sendall(struct.pack(">IB", 1, 0xC1) * 100)
            assert all(isinstance(channel.receive(10), Refused) for _ in range(100))
    assert Client(channel).wait(1).frame == 2


def test_a_machine_has_so_many_connections_and_no_more(start: Start) -> None:
    handle = start()
    held = [handle.open_client(["press"]) for _ in range(serve.MAXIMUM_CLIENTS - 1)]
    try:
        with pytest.raises(UsageProblem, match="connections"):
            handle.open_client(["press"])
        held.pop().close()
        handle.control.status()
        held.append(handle.open_client(["press"]))
        assert handle.control.wait(1).frame == 1
    finally:
        for stream in held:
            stream.close()
