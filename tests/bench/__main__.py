"""``make bench``: how fast it is, as ratios against raw PyBoy with the same ROM and frames in the same run.

    python -m tests.bench [--quick] [--json FILE] [--only WORD]

POKERL_ROM names another game than the demo. Exit code 1 when a figure is not reached. What one process does is measured
in processor time; what several do, in processor time along the longest path and by the clock. By the clock they are
judged only where nobody else worked when the measuring began.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench import several, single
from tests.bench.game import Game, chosen
from tests.bench.measure import Figure, free_cores


def figures(game: Game, only: str, *, quick: bool) -> Iterable[Figure]:
    """All figures, one after the other."""
    turns = 5 if quick else 15
    share = 20 if quick else 1
    work: dict[str, Callable[[], Figure | list[Figure]]] = {
        "rate": lambda: several.frames_a_second(game),
        "environment": lambda: single.environment(game, turns),
        "policies": lambda: several.policies(game, turns),
        "checkpoints": lambda: single.checkpoints(game, turns),
        "fan-out": lambda: several.fan_out(game, turns),
        "verification": lambda: single.verification(game, turns),
        "vectorised": lambda: several.vectorised(game, turns),
        "memory": lambda: several.memory(game, 1_000_000 // share, 2_000 // share),
    }
    for name, measure in work.items():
        if only in name:
            found = measure()
            yield from found if isinstance(found, list) else [found]


QUIET = 0.5
"""Cores that others may use while several processes are measured by the clock."""


def verdict(one: Figure, *, quiet: bool) -> bool | None:
    """Whether a figure reached its goal; None where it has none, or where others work and it needs all cores."""
    return one.reached if quiet or not one.needs_all_cores else None


def table(found: Iterable[Figure], title: str, *, quiet: bool) -> Table:
    """The figures, one a row."""
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("figure")
    for name in ("value", "goal", ""):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("behind it")
    for one in found:
        goal = "" if one.goal is None else f"{'≤' if one.at_most else '≥'} {one.goal:g}"
        none = "" if one.goal is None else "others work"
        mark = {None: none, True: "[green]ok[/]", False: "[red]not reached[/]"}[verdict(one, quiet=quiet)]
        value = f"{one.value:,.2f}" if abs(one.value) < 1000 else f"{one.value:,.0f}"
        shown.add_row(one.name, f"{value} {one.unit}".strip(), goal, mark, one.detail)
    return shown


def main() -> int:
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer turns, a twentieth of the memory run")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--only", default="", help="only what has this in its name")
    given = parser.parse_args()
    game, cores, free = chosen(), os.cpu_count() or 1, free_cores()
    quiet = free > cores - QUIET
    found = list(figures(game, given.only, quick=given.quick))
    load = os.getloadavg()[0]
    about = f"{cores} cores, {free:.1f} of them free at the start, load {load:.1f}, Python {platform.python_version()}"
    Console().print(table(found, f"{game.cartridge.title}, {about}", quiet=quiet))
    if given.json:
        head: dict[str, Any] = {"game": game.cartridge.identifier, "cores": cores, "free": free, "load": load}
        rows = [{**msgspec.structs.asdict(one), "reached": verdict(one, quiet=quiet)} for one in found]
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode({**head, "figures": rows}), indent=1))
    return any(verdict(one, quiet=quiet) is False for one in found)


if __name__ == "__main__":
    sys.exit(main())
