"""A scripted attempt in a process of its own, which may be killed at any moment and started again.

    python -m tests.trials.player RUN ROM CARTRIDGE STEPS SEED LIMIT

Each step is determined by its number and the seed. Prints ``step frame`` when a step was acknowledged, and at the end
``end ram frame spent``. Ends in order when it is interrupted.
"""

from __future__ import annotations

import random
import signal
import sys
from pathlib import Path
from typing import NamedTuple

from pokerl.emulator import Client, FrameCounter, MachineHandle, MachineSettings, Nursery
from pokerl.emulator.capability import CAPABILITIES
from pokerl.emulator.protocol import BUTTONS, Answer, Condition, Hold, Until
from pokerl.emulator.resume import go_on
from pokerl.errors import MachineLost
from pokerl.timeline import LOG_NAME, Run, Segment, Tree, read_events
from pokerl.wire import Channel

ATTEMPT = "a001"
CHECKPOINT_EVERY = 7
MASKS = [0, 0, *BUTTONS.values(), BUTTONS["a"], BUTTONS["a"], BUTTONS["start"]]


class Plan(NamedTuple):
    """What to play."""

    folder: Path
    rom: str
    cartridge: str
    steps: int
    seed: int
    limit: int

    @classmethod
    def of(cls, words: list[str]) -> Plan:
        folder, rom, cartridge, *numbers = words
        return cls(Path(folder), rom, cartridge, *map(int, numbers))


def do_step(client: Client, number: int, seed: int) -> int:
    """One step; returns the frame after it."""
    chance = random.Random(seed * 1_000_003 + number)
    tool = f"step {number}"
    if number % 11 == 5:
        client.poke(0xC800 + chance.randrange(64), bytes([chance.randrange(256)]), tool=tool)
        return client.status().frame
    steps: list[Hold | Until] = [Hold(chance.choice(MASKS), chance.randint(4, 40)), Hold(0, chance.randint(1, 20))]
    if number % 5 == 0:
        steps.append(Until([Condition(0xFFD3, "changed")], 20, buttons=chance.choice(MASKS)))
    return client.act(steps, tool=tool).frame


def furthest(tree: Tree) -> tuple[int, Segment | None]:
    """The number of the last step that was recorded (-1 for none), and the segment that leads to its end.

    A machine that was killed while it did steps again did not come as far as the one before it.
    """
    came: dict[str, int] = {"": -1}
    for segment in tree.segments:
        tools = (act.tool for act in reversed(segment.acts))
        came[segment.identifier] = next((int(tool.split()[1]) for tool in tools if tool), came[segment.parent])
    far = max(came.values())
    return far, next((segment for segment in reversed(tree.segments) if came[segment.identifier] == far), None)


def spent_in(tree: Tree) -> int:
    """Frames that were run on all machines."""
    return sum(act.frames for segment in tree.segments for act in segment.acts if isinstance(act, Run))


class Player:
    """Plays until the end, whatever happens to its machine."""

    def __init__(self, plan: Plan, nursery: Nursery) -> None:
        self.plan = plan
        self.nursery = nursery
        self.spent = 0

    def play(self) -> None:
        while True:
            tree = self._tree()
            self.spent = spent_in(tree)
            with FrameCounter(limit=self.plan.limit - self.spent) as frames:
                try:
                    far, segment = furthest(tree)
                    with self._machine(tree, segment, frames) as handle:
                        self._steps(handle, far + 1)
                        return
                except MachineLost:
                    continue

    def _tree(self) -> Tree:
        log = self.plan.folder / LOG_NAME
        return Tree.from_events(read_events(self.plan.folder) if log.exists() else ())

    def _machine(self, tree: Tree, segment: Segment | None, frames: FrameCounter) -> MachineHandle:
        machines = {segment.machine for segment in tree.segments}
        settings = MachineSettings(
            rom=self.plan.rom,
            cartridge=self.plan.cartridge,
            run_folder=str(self.plan.folder),
            attempt=ATTEMPT,
            machine=f"m{len(machines) + 1:04d}",
            capabilities=list(CAPABILITIES),
            frame_limit=self.plan.limit - self.spent,
        )
        if segment is None:
            return self.nursery.start(settings, frames)
        return go_on(self.nursery, settings, segment, frames)

    def _steps(self, handle: MachineHandle, first: int) -> None:
        client = Client(Channel(handle.client_socket, Answer))
        print("pids", self.nursery.pid, handle.process.pid, flush=True)
        for number in range(first, self.plan.steps):
            print(number, do_step(client, number, self.plan.seed), flush=True)
            if number % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1:
                client.checkpoint()
        end = client.commit()
        print("end", end.ram, end.frame, self.spent + handle.frames, flush=True)


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    plan = Plan.of(sys.argv[1:])
    with Nursery() as nursery:
        try:
            Player(plan, nursery).play()
        except KeyboardInterrupt:
            print("interrupted", flush=True)
            sys.exit(130)


if __name__ == "__main__":
    main()
