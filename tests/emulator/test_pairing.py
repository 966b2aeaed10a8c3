"""A machine and its asker share a core while that is quicker, and let go of it when somebody else wants it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from pokerl.emulator import MachineHandle
from pokerl.emulator.client import Client
from pokerl.emulator.pairing import Follower
from pokerl.emulator.protocol import Answer
from pokerl.wire import Channel
from tests.conftest import Start

EVERYWHERE = os.sched_getaffinity(0)
ACTS = 100_000

pytestmark = pytest.mark.skipif(len(EVERYWHERE) < 2, reason="with one core there is nothing to choose")


@pytest.fixture
def handle(start: Start) -> MachineHandle:
    return start()


@pytest.fixture
def asker(handle: MachineHandle) -> Iterator[Client]:
    with Client(Channel(handle.client_socket, Answer), follower=Follower()) as client:
        yield client
    os.sched_setaffinity(0, EVERYWHERE)


def play_until(asker: Client, come: Callable[[], bool], frames: int = 1) -> bool:
    return any(asker.wait(frames) and come() for _ in range(ACTS))


def together() -> bool:
    return len(os.sched_getaffinity(0)) == 1


def test_who_take_turns_often_share_a_core_until_they_part(asker: Client, handle: MachineHandle) -> None:
    assert play_until(asker, together)
    assert os.sched_getaffinity(handle.process.pid) == os.sched_getaffinity(0)
    asker.close()
    assert os.sched_getaffinity(0) == EVERYWHERE


def test_who_followed_two_machines_runs_anywhere_again(start: Start) -> None:
    follower = Follower()
    one, two = (Client(Channel(start().client_socket, Answer), follower=follower) for _ in range(2))
    try:
        for each in (one, two):
            assert any(each.wait(1).core in EVERYWHERE for _ in range(ACTS))
        one.close()
        two.close()
        assert os.sched_getaffinity(0) == EVERYWHERE
    finally:
        os.sched_setaffinity(0, EVERYWHERE)


def test_a_core_that_somebody_else_wants_is_left(asker: Client, handle: MachineHandle) -> None:
    assert play_until(asker, together)
    wanted = os.sched_getaffinity(0)
    intruder = subprocess.Popen(
        [sys.executable, "-c", f"import os; os.sched_setaffinity(0, {wanted})\nwhile True: pass"]
    )
    try:
        assert play_until(asker, lambda: os.sched_getaffinity(0) != wanted, frames=20)
    finally:
        intruder.kill()
        intruder.wait()


def test_one_who_does_not_follow_is_left_where_it_is(handle: MachineHandle) -> None:
    for _ in range(1_000):
        handle.control.wait(1)
    assert os.sched_getaffinity(handle.process.pid) == os.sched_getaffinity(0) == EVERYWHERE
