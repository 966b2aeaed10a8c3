"""The engine's numbers, printed by one command: ``python -m tests.report`` (or ``make report``).

What holds is asserted by the tests; how fast and how many is measured here, on this machine, in one run.
"""

import os
import resource
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

from pokerl.budget import Budget, Limits
from pokerl.rlm import AgentSpec, Extension, run
from pokerl.rlm.launcher import Launcher
from pokerl.rlm.process import Cell, Worker
from pokerl.sandbox import Policy, choose, probe
from pokerl.sandbox.escape import attempt_all
from tests.rlm.conftest import Mind, code
from tests.rlm.frames import feed_mutated_frames
from tests.rlm.test_loop import DEAF, FOREVER, FORKING, STUBBORN

FRAMES = 100_000
CALLS = 3000
STARTS = 7
DEADLINE = 2.0
SETUPS = Path(__file__).parent / "rlm"


def main():
    print("Sandbox: ways out that were tried, and how many got out")
    for name in working_tiers():
        outcomes = attempt_all(choose(name))
        survivors = [outcome.name for outcome in outcomes if outcome.escaped]
        row(name, f"{len(outcomes)} attempts, {len(survivors)} survivors {' '.join(survivors)}")
    print("\nWire: frames of a worker with 1 to 4 bytes changed")
    report_frames()
    for name in working_tiers():
        print(f"\nWorker in the tier {name}")
        report_start(choose(name))
        report_round_trip(choose(name))
    print(
        f"\nDeadlines in the tier {choose().name}: seconds between a deadline of {DEADLINE:g} s and the end of the run"
    )
    for what, options in HUNG.items():
        report_deadline(what, **options)


def row(what, figures):
    print(f"  {what:<42} {figures}")


def working_tiers():
    return [report.name for report in probe() if report.works and report.name != "none"]


def report_frames():
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    refused = feed_mutated_frames(FRAMES)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    row(f"{FRAMES:,} frames", f"{refused:,} refused, the others understood, 0 crashes, 0 hangs, memory +{grown} KiB")
    row("", f"{time.monotonic() - begun:.1f} s in all")


def report_start(tier):
    cold = [start_seconds(Launcher(tier)) for _ in range(STARTS)]
    warm = []
    for _ in range(STARTS):
        launcher = Launcher(tier)
        launcher.prepare(Policy())
        time.sleep(1.0)
        warm.append(start_seconds(launcher))
    row("start, until it can run code", spread(cold, 1000, "ms"))
    row("the same with a spare one", spread(warm, 1000, "ms"))


def start_seconds(launcher):
    worker = Worker(tier=launcher.tier, policy=Policy(), context=None, functions={}, launcher=launcher)
    begun = time.perf_counter()
    worker.start()
    seconds = time.perf_counter() - begun
    worker.kill()
    return seconds


def report_round_trip(tier):
    row("bare socketpair echo, other process", spread(echo_seconds(), 1e6, "µs"))
    for what, quick in (("call of a quick host function", True), ("call of any other host function", False)):
        row(what, spread(call_seconds(tier, quick), 1e6, "µs"))


def echo_seconds():
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        here.close()
        while data := there.recv(4096):
            there.sendall(data)
        os._exit(0)
    there.close()
    seconds = [timed(here) for _ in range(CALLS)]
    here.close()
    os.waitpid(child, 0)
    return seconds


def timed(stream):
    begun = time.perf_counter()
    stream.sendall(b"x" * 60)
    stream.recv(4096)
    return time.perf_counter() - begun


def call_seconds(tier, quick):
    extension = Extension(setup="setups:hand_over", import_path=(SETUPS,))
    worker = Worker(
        tier=tier,
        policy=Policy(readable=(SETUPS,)),
        context=None,
        functions={"echo": lambda arguments: arguments["word"]},
        quick=frozenset({"echo"} if quick else ()),
        extension=extension,
    )
    worker.start()
    block = f"""
import time
answer['content'] = seconds = []
for _ in range({CALLS}):
    begun = time.perf_counter()
    host.call('echo', word='hello')
    seconds.append(time.perf_counter() - begun)
"""
    cell = Cell(0, block)
    worker.execute(cell, 60, lambda: None)
    worker.kill()
    assert not cell.error, cell.error
    return worker.answer["content"]


def hang(*_):
    threading.Event().wait()


def hosted(setup="hand_over", **options):
    return Extension(setup=f"setups:{setup}", import_path=(SETUPS,), functions={"hang": hang}, **options)


HUNG = {
    "a model": {"turns": [hang]},
    "a query in a block": {"turns": [code("llm_query('x')")]},
    "a block that loops": {"turns": [code(FOREVER)]},
    "a block that swallows BaseException": {"turns": [code(STUBBORN)]},
    "a block that blocks signals": {"turns": [code(DEAF)]},
    "a block that forks and leaves its session": {"turns": [code(FORKING)]},
    "sub-agents that block signals": {"turns": [code("rlm_query_batched(['x'] * 2, seconds=60)"), hang]},
    "a host function": {"turns": [code("host.call('hang')")], "extension": hosted()},
    "a hook of the extension (a hung machine)": {"turns": [code("1")], "extension": hosted(finished=hang)},
    "the same, and it does not close either": {"turns": [hang], "extension": hosted(closed=hang)},
    "a set-up": {"turns": [], "extension": hosted("endless")},
}


def report_deadline(what, turns, extension=None):
    mind = Mind(turns, query=hang, children={f"sub-{n}": [code(DEAF)] for n in (1, 2)})
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        result = run(
            AgentSpec(name="agent"),
            model=mind,
            budget=Budget(Limits(wall_seconds=DEADLINE)),
            tier=choose(),
            transcript=Path(folder),
            extension=extension,
        )
        late = time.monotonic() - begun - DEADLINE
    row(what, f"{late:5.2f} s   {result.stop}")


def spread(seconds, unit, name):
    ordered = sorted(seconds)
    worst = ordered[int(len(ordered) * 0.95)]
    return f"median {statistics.median(ordered) * unit:6.1f} {name}   95 % within {worst * unit:6.1f} {name}"


if __name__ == "__main__":
    main()
