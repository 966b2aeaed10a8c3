"""A log with its inputs thinned tells the same story in fewer events."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pokerl.timeline import Event, Log, Recorder, thinned

ATTEMPTS = st.sampled_from(["a001", "a002", ""])
RUNS = st.lists(st.tuples(st.integers(0, 255), st.integers(1, 999)).map(list), min_size=1, max_size=3)
INPUTS = st.tuples(st.just("input"), ATTEMPTS, RUNS.map(lambda runs: {"runs": runs, "tool": "t"}))
NOTES = st.tuples(st.just("note"), ATTEMPTS, st.just({"text": "x"}))


def events_of(told: list[tuple[str, str, dict[str, object]]]) -> list[Event]:
    return [Event(kind, float(at), attempt, data=data) for at, (kind, attempt, data) in enumerate(told)]


def frames(events: list[Event]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for event in events:
        if event.kind == "input":
            counted[event.attempt] += sum(run[1] for run in event.data["runs"])
    return counted


def lasts(events: list[Event]) -> dict[str, float]:
    return {event.attempt: event.at for event in sorted(events, key=lambda event: event.at)}


@given(st.lists(INPUTS | NOTES, max_size=40).map(events_of))
def test_frames_times_and_all_other_events_stay(events: list[Event]) -> None:
    fewer = list(thinned(events))
    assert [event for event in fewer if event.kind != "input"] == [event for event in events if event.kind != "input"]
    assert frames(fewer) == frames(events)
    assert lasts(fewer) == lasts(events)
    others = sum(event.kind != "input" for event in events)
    assert len(fewer) <= others + 3 * (others + 1)


def test_a_log_can_be_gone_through_twice_and_while_it_grows(tmp_path: Path) -> None:
    log = Log(tmp_path)
    with Recorder(tmp_path) as recorder:
        for number in range(1, 4):
            recorder.append(Event("note", float(number), "a001", data={"agent": "player", "text": "x"}))
            assert [event.at for event in log] == [float(one + 1) for one in range(number)]
