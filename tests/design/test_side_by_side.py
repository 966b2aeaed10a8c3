"""Two attempts may run at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.play.stage import FINISH


def test_two_attempts_with_one_version_at_once_both_end_and_are_told_apart(office):
    office.version("w1")
    office.player("w1", FINISH)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: office.evaluate(version="w1", minutes=1, frames=1000), range(2)))
    assert {result["outcome"] for result in results} == {"answered"}
    assert len({result["identifier"] for result in results}) == 2
