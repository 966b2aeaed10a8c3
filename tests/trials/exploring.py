"""How fast exploring is: ``python -m tests.trials.exploring`` prints a table; ratios within one run, once each."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from pathlib import Path

from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings
from tests.play import stage

TRIAL = """
import time
from concurrent.futures import ThreadPoolExecutor

def nothing(g): pass
def emulating(g): g.wait(20_000)
def thinking(g): return sum(number * number for number in range(8_000_000))
def playing(g):
    for _ in range(200):
        g.hold("up", 24)
        g.state()

def explored(policy, count, at_once, keep=1):
    game._explorer.at_once = at_once
    failed = [each.error for each in game.explore([policy] * count, here, keep=keep) if each.error]
    assert not failed, failed

def threaded(policy, count, at_once):
    def one(_):
        with game.branch(here) as branch:
            policy(branch)
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, range(count)))

def best(work, *arguments, times=1):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work(*arguments)
        taken.append(time.perf_counter() - began)
    return min(taken)

here = game.checkpoint()
cores = 2
trials = {"nothing": (nothing, 24), "emulating": (emulating, 4), "thinking": (thinking, 4), "playing": (playing, 4)}
for name, (policy, count) in trials.items():
    one, both = best(explored, policy, count, 1), best(explored, policy, count, cores)
    threads = best(threaded, policy, count, cores)
    print(f"ROW {name:12} {count / one:10.1f} {count / both:10.1f} {one / both:10.2f} {threads / both:10.2f}")
for keep in (0, None):
    print(f"ROW keep={keep!s:8} {24 / best(explored, nothing, 24, cores, keep):>20.1f}")
"""

HEAD = "policy        one by one  two at once  speed-up   against threads in the worker   (branches a second)"


def burn() -> None:
    """A second of work that wants a core to itself."""
    sum(number * number for number in range(15_000_000))


def cores_to_spare() -> float:
    """What two plain processes gain over one after the other just now: the most that anything here can gain."""
    taken = []
    for together in (False, True):
        began = time.perf_counter()
        processes = [multiprocessing.Process(target=burn) for _ in range(2)]
        for process in processes:
            process.start()
            if not together:
                process.join()
        for process in processes:
            process.join()
        taken.append(time.perf_counter() - began)
    return taken[0] / taken[1]


def main() -> None:
    """Play the trial and print its table."""
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        (base / "script").mkdir()
        settings = ExperimentSettings(cartridge="demo", runs=place, scripted=str(base / "script"))
        with open_run(settings, environment={}) as run:
            played = stage.play(run, base, TRIAL, stage.FINISH)
            print(f"two plain processes: speed-up {cores_to_spare():.2f}\n{HEAD}")
            print("\n".join(line[4:] for line in played.told.splitlines() if line.startswith("ROW")))


if __name__ == "__main__":
    main()
