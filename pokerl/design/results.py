"""The results of a run as rows: one an interface version."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from pokerl.errors import RunFolderProblem
from pokerl.play.result import AttemptResult
from pokerl.timeline import Event


class VersionRow(Struct, frozen=True, kw_only=True):
    """What an interface version came to: its best attempt, and how many there were."""

    version: str
    attempts: int
    best: AttemptResult


def attempts_of(events: Iterable[Event]) -> list[AttemptResult]:
    """Every finished attempt of a run, in the order in which they ended.

    Of one that was interrupted and gone on with it is the last end.

    Raises:
        RunFolderProblem: the end of one is not what this version writes.
    """
    ends = {event.attempt: event.data for event in events if event.kind == "attempt_ended"}
    try:
        return [msgspec.convert(data, AttemptResult) for data in ends.values()]
    except msgspec.ValidationError as error:
        raise RunFolderProblem(
            f"The end of an attempt in the log is none: {error}.", "It was changed, or another version wrote it."
        ) from error


def version_rows(attempts: Iterable[AttemptResult]) -> list[VersionRow]:
    """One row an interface version, in the order in which they were first tried."""
    by_version: dict[str, list[AttemptResult]] = {}
    for attempt in attempts:
        by_version.setdefault(attempt.version, []).append(attempt)
    return [
        VersionRow(version=version, attempts=len(tries), best=max(tries, key=merit))
        for version, tries in by_version.items()
    ]


def best_attempt(attempts: Iterable[AttemptResult]) -> AttemptResult | None:
    """The attempt that is reported; see :func:`merit`."""
    return max(attempts, key=merit, default=None)


def merit(attempt: AttemptResult) -> tuple[bool, bool, bool, float, float]:
    """What attempts are ranked by: full runs, wins, those by inputs alone, the farthest, the quickest."""
    progress = 1.0 if attempt.won else attempt.progress
    return attempt.from_power_on, attempt.won, not attempt.trunk_pokes, progress, -attempt.seconds
