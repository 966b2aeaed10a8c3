"""What several processes do: policies behind the boundary, branches on both cores, vectorised environments."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import gymnasium
import numpy as np
from gymnasium.vector import AsyncVectorEnv

from pokerl.emulator import Client, MachineHandle, MachineSettings, Nursery
from pokerl.emulator.capability import MODES
from pokerl.emulator.protocol import Hold
from pokerl.env import ENVIRONMENT
from pokerl.sandbox import Policy, choose
from pokerl.timeline import StateStore, read_state_file
from tests.bench import worker
from tests.bench.game import Game, masks
from tests.bench.measure import Figure, Took, processor_seconds, ratios, took_in_turns
from tests.bench.worker import HOLD, MASKS, POSITION, WALKING

ROUNDS = 300
WARM_FRAMES = 500_000
WORKER = Path(worker.__file__)


@contextmanager
def machines(game: Game, count: int) -> Iterator[tuple[list[MachineHandle], str]]:
    """Machine processes whose player stands in a room, and the checkpoint of that."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        room = StateStore(folder).put(read_state_file(game.state_file(folder)))
        nursery = stack.enter_context(Nursery())
        handles = [
            stack.enter_context(
                nursery.start(
                    MachineSettings(
                        rom=str(game.rom),
                        cartridge=game.cartridge.identifier,
                        run_folder=str(folder),
                        attempt="a001",
                        machine=f"m{number + 1:04d}",
                        capabilities=sorted(MODES["fair"]),
                        start=room,
                    )
                )
            )
            for number in range(count)
        ]
        yield handles, room


def policies(game: Game, turns: int) -> list[Figure]:
    """Press, wait until the player stands still, read the position: in process, and from a sandboxed process."""
    machine = game.in_play()
    state = machine.save()

    def here() -> Took:
        machine.load(state)
        began, worked = time.perf_counter(), time.process_time()
        for number in range(ROUNDS):
            machine.run(MASKS[number % 4], HOLD)
            for _ in range(60):
                if not machine.byte(WALKING):
                    break
                machine.run(0, 1)
            machine.read(POSITION.address, POSITION.length)
        return Took(time.perf_counter() - began, time.process_time() - worked)

    found = []
    with machines(game, 1) as ([handle], room), _worker(handle) as ask:

        def behind(way: str) -> Took:
            handle.control.restore(room)
            before = processor_seconds(handle.process.pid)
            clock, worked = ask(way)
            # The two take turns, so their times add up.
            return Took(clock, worked + processor_seconds(handle.process.pid) - before)

        for way, name, goal in (
            ("apart", "policy behind the sandbox, three round trips / in process", 0.60),
            ("together", "policy behind the sandbox, one round trip / in process", 0.85),
        ):
            took = took_in_turns(here, partial(behind, way), turns)
            found += ratios(name, took, goal, share=ROUNDS, unit="a press, wait and read")
    machine.close()
    return found


@contextmanager
def _worker(handle: MachineHandle) -> Iterator[Callable[[str], tuple[float, float]]]:
    """The worker, sandboxed; asks it to play and gives the seconds it took, on the clock and of the processor."""
    descriptor = handle.client_socket.fileno()
    process = choose().launch(
        [sys.executable, str(WORKER), str(descriptor), str(ROUNDS)],
        Policy(readable=(WORKER,)),
        (descriptor,),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None,
    )
    asked, told = process.stdin, process.stdout
    if asked is None or told is None or told.readline() != b"ready\n":
        raise RuntimeError("the worker did not start")

    def ask(way: str) -> tuple[float, float]:
        asked.write(f"{way}\n".encode())
        asked.flush()
        clock, worked = map(float, told.readline().split())
        return clock, worked

    yield ask
    asked.close()
    process.wait()


def fan_out(game: Game, turns: int, branches: int = 16) -> list[Figure]:
    """Branches from one checkpoint, tried on one machine and on two."""
    steps = [[Hold(mask, 24) for mask in masks(40, seed)] for seed in range(branches)]

    with machines(game, 2) as (handles, room):

        def explore(client: Client, first: int, stride: int) -> None:
            for branch in steps[first::stride]:
                client.restore(room)
                client.act(branch)
                client.checkpoint()

        def on(count: int) -> Took:
            own, clock = time.process_time(), time.perf_counter()
            before = [processor_seconds(handle.process.pid) for handle in handles]
            threads = [
                threading.Thread(target=explore, args=(handle.control, first, count))
                for first, handle in enumerate(handles[:count])
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            spent = [processor_seconds(handle.process.pid) for handle in handles]
            longest = max(after - earlier for after, earlier in zip(spent, before, strict=True))
            return Took(time.perf_counter() - clock, longest + time.process_time() - own)

        took = took_in_turns(partial(on, 1), partial(on, 2), turns)
    return ratios("branches on two cores / on one", took, 1.7, share=branches, unit="a branch of 960 frames")


def vectorised(game: Game, turns: int, steps: int = 100) -> list[Figure]:
    """Two environments at once, against one in the same kind of process: per core."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        state = game.state_file(Path(folder))
        make = partial(
            gymnasium.make,
            ENVIRONMENT,
            cartridge=game.cartridge.identifier,
            rom=game.rom,
            idle=0,
            state=state,
            frame_budget=0,
            disable_env_checker=True,
        )
        vectors = [AsyncVectorEnv([make] * count) for count in (1, 2)]
        for vector in vectors:
            stack.callback(vector.close)
            vector.reset(seed=1)

        def play(vector: AsyncVectorEnv) -> Took:
            own, clock = time.process_time(), time.perf_counter()
            pids = [process.pid for process in vector.processes]
            before = [processor_seconds(pid) for pid in pids]
            for action in np.random.default_rng(1).integers(5, 9, steps):
                vector.step(np.full(vector.num_envs, action))
            longest = max(processor_seconds(pid) - earlier for pid, earlier in zip(pids, before, strict=True))
            return Took(time.perf_counter() - clock, longest + time.process_time() - own)

        one, two = (partial(play, vector) for vector in vectors)
        took = took_in_turns(one, two, turns)
    return ratios("vectorised environments: two, of linear", took, 0.90, share=steps, unit="a step of one, of two")


def memory(game: Game, frames: int, branches: int) -> list[Figure]:
    """How much a machine process grows over many frames, and over many branches.

    Measured once it has got its own copy of what it shared with the nursery when it was forked (1 MiB, in play).
    """
    found = []
    with machines(game, 1) as ([handle], room):
        client, pid = handle.control, handle.process.pid
        warm = [Hold(mask, 24) for mask in masks(200)]
        for _ in range(16):
            client.restore(room)
            client.act(warm, screen=True)
            client.checkpoint()
        while handle.frames < WARM_FRAMES:
            client.act(warm)
        before = _resident(pid)
        began = handle.frames
        while handle.frames - began < frames:
            client.act(warm)
        after = _resident(pid)
        found.append(_growth(f"growth over {frames:,} frames", before, after))
        for _ in range(branches):
            client.act(warm[:4])
            client.checkpoint()
            client.restore(room)
        found.append(_growth(f"growth over {branches:,} branches", after, _resident(pid)))
    return found


def _growth(name: str, before: int, after: int) -> Figure:
    return Figure(
        name=name,
        value=(after - before) / 1024,
        unit="MiB",
        goal=1.0,
        at_most=True,
        detail=f"{before / 1024:.1f} to {after / 1024:.1f} MiB",
    )


def _resident(pid: int) -> int:
    """Memory of its own that a process holds, in KiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def frames_a_second(game: Game) -> Figure:
    """What the computer gives just now, for orientation."""
    machine = game.in_play()
    began = time.process_time()
    machine.run(0, 6000)
    rate = 6000 / (time.process_time() - began)
    machine.close()
    return Figure(name="frames a second of processor time, not drawn", value=rate)
