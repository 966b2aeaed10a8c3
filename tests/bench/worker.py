"""A policy behind the sandbox boundary: ``python worker.py DESCRIPTOR ROUNDS``.

Waits on standard input for ``apart`` or ``together``, plays ROUNDS times and prints the seconds that it took, on the
clock and of the processor.
"""

from __future__ import annotations

import socket
import sys
import time

from pokerl.emulator import Client
from pokerl.emulator.pairing import Follower
from pokerl.emulator.protocol import Answer, Condition, Hold, Span, Until
from pokerl.wire import Channel

WALKING = 0xCFC5
POSITION = Span(0xD361, 2)
STANDING = Until([Condition(WALKING, "==", 0)], 60)
"""wWalkCounter is 0 when the player stands on a square."""

HOLD = 8
MASKS = (0x10, 0x20, 0x40, 0x80)


def apart(client: Client, rounds: int) -> None:
    """Press, wait, read: three round trips."""
    for number in range(rounds):
        client.act([Hold(MASKS[number % 4], HOLD)])
        client.act([STANDING])
        client.act(reads=[POSITION])


def together(client: Client, rounds: int) -> None:
    """The same in one."""
    for number in range(rounds):
        client.act([Hold(MASKS[number % 4], HOLD), STANDING], reads=[POSITION])


def main() -> None:
    descriptor, rounds = map(int, sys.argv[1:])
    client = Client(Channel(socket.socket(fileno=descriptor), Answer), follower=Follower())
    ways = {"apart": apart, "together": together}
    print("ready", flush=True)
    for line in sys.stdin:
        began, worked = time.perf_counter(), time.process_time()
        ways[line.strip()](client, rounds)
        print(time.perf_counter() - began, time.process_time() - worked, flush=True)


if __name__ == "__main__":
    main()
