"""``python -m pokerl.sandbox``: which tiers work here; ``--escape`` also tries to get out of each of them."""

from __future__ import annotations

import argparse
import sys

from pokerl.sandbox.choose import choose
from pokerl.sandbox.escape import attempt_all
from pokerl.sandbox.probe import TierReport, probe


def main(words: list[str] | None = None) -> int:
    """Print the table; the exit code is 1 if no tier works or something escaped."""
    parser = argparse.ArgumentParser(prog="python -m pokerl.sandbox", description=__doc__)
    parser.add_argument("--escape", action="store_true", help="make every escape attempt in each tier that works")
    parser.add_argument("--verbose", action="store_true", help="print how every attempt ended")
    options = parser.parse_args(words)
    reports = probe()
    for report in reports:
        print(_line(report))
    working = [report.name for report in reports if report.works]
    survivors = sum(_escape(name, verbose=options.verbose) for name in working) if options.escape else 0
    return 0 if working and not survivors else 1


def _line(report: TierReport) -> str:
    return f"{report.name:<12} {'works' if report.works else f'does not work: {report.reason} {report.remedy}'}"


def _escape(name: str, *, verbose: bool) -> int:
    outcomes = attempt_all(choose(name))
    escaped = [outcome for outcome in outcomes if outcome.escaped]
    print(f"{name:<12} {len(outcomes)} attempts, {len(escaped)} escaped")
    for outcome in outcomes if verbose else escaped:
        print(f"  {outcome.name:<50} {outcome.said}")
    return len(escaped)


if __name__ == "__main__":
    sys.exit(main())
