"""A block that is interrupted while its machine runs: the late answer is not taken for the next one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pokerl.emulator import Machine
from pokerl.emulator.client import Client
from pokerl.emulator.protocol import Answer
from pokerl.rlm.cells import Clock, TimeLimit
from pokerl.wire import Channel
from tests.conftest import Rom, Start

FRAME_COUNTER = 0xC001


@contextmanager
def interrupted(clock: Clock, seconds: float) -> Iterator[None]:
    with pytest.raises(TimeLimit), clock.running(seconds):
        yield
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_questions_and_answers_stay_together(start: Start, rom: Rom) -> None:
    clock = Clock()
    handle = start()
    with Client(Channel(handle.client_socket, Answer), guard=clock.held(waiting=False)) as client:
        for seconds, frames in ((0.05, 2_000), (0.07, 7), (0.09, 900), (0.11, 1), (0.13, 300)):
            with interrupted(clock, seconds):
                while True:
                    client.wait(frames)
            standing = client.status()
            assert len(client.read(FRAME_COUNTER, 3)) == 3
            assert client.wait(10).ran == 10
            assert client.status().frame == standing.frame + 10
        frame, seen = standing.frame + 10, client.read(0xC000, 0x1000)
    undisturbed = Machine(rom.path, rom.cartridge)
    undisturbed.run(0, frame)
    assert undisturbed.read(0xC000, 0x1000) == seen
    undisturbed.close()
