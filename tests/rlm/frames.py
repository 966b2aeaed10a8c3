"""Messages of a worker with bytes changed at random, fed to the host's side of the wire."""

import random

import msgspec

from pokerl.errors import WireProblem, WorkerLost
from pokerl.rlm.process import Cell, Worker
from pokerl.rlm.protocol import Answered, Called, Finished, FromWorker, Printed, Ready, Shown
from pokerl.sandbox import Policy
from pokerl.wire import pair

MESSAGES = [
    Ready(),
    Printed("hello"),
    Shown(b"png"),
    Answered({"a": [1, None]}, True),
    Called(3, "llm_query", {"prompt": "x"}),
    Finished(0, "error", "hint"),
]


class NoTier:
    """Starts nothing."""

    name = "none at all"


def feed_mutated_frames(count, seed=1):
    """Feed them; how many were refused. What is neither refused nor understood raises."""
    chance = random.Random(seed)
    worker = Worker(tier=NoTier(), policy=Policy(), context=None, functions={})
    refused = 0
    for _ in range(count):
        body = msgspec.msgpack.encode(chance.choice(MESSAGES))
        frame = bytearray(len(body).to_bytes(4, "big") + body)
        for _ in range(chance.randint(1, 4)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        here, there = pair(FromWorker)
        there.sendall(frame)
        there.close()
        try:
            received = here.receive(1.0)
            worker._checked(received.arguments) if isinstance(received, Called) else worker._take(received, Cell(0, ""))
        except (WireProblem, WorkerLost):
            refused += 1
        here.close()
    return refused
