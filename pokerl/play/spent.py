"""What was spent before, read off the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pokerl.budget import RESOURCES, Resource
from pokerl.timeline import Event, thinned


def charged(events: Iterable[Event]) -> dict[Resource, float]:
    """What the events cost: tokens, money, sub-calls and frames; not time."""
    spent: dict[Resource, float] = dict.fromkeys(RESOURCES, 0.0)
    sub_agents: set[str] = set()
    for event in events:
        if event.kind == "model_call":
            agent = event.data["agent"]
            spent["tokens"] += event.data["input_tokens"] + event.data["output_tokens"]
            spent["dollars"] += event.data["dollars"] or 0.0
            spent["sub_calls"] += agent.endswith("/query") or ("/" in agent and agent not in sub_agents)
            sub_agents.add(agent)
        elif event.kind == "input":
            spent["frames"] += sum(frames for _, frames in event.data["runs"])
    return spent


def spent_by_experiment(events: Iterable[Event]) -> dict[Resource, float]:
    """What a run spent until it was interrupted; the time in which nobody worked on it does not count."""
    known = list(thinned(events))
    wall = began = last = 0.0
    for event in known:
        if event.kind in ("experiment_started", "experiment_resumed"):
            wall += last - began
            began = last = event.at
        last = max(last, event.at)
    return _with_time(known, wall + last - began)


def spent_by_attempt(events: Iterable[Event], attempt: str) -> dict[Resource, float]:
    """The same of one attempt."""
    own = [event for event in events if event.attempt == attempt]
    return _with_time(own, seconds_at(own, attempt, max(event.at for event in own)))


def seconds_at(events: Sequence[Event], attempt: str, at: float) -> float:
    """How long an attempt had been worked on at a moment (Unix seconds), without the time in which it was cut off.

    0 for one that has not begun.
    """
    began, before = at, 0.0
    for event in events:
        if event.attempt != attempt:
            continue
        if event.kind == "attempt_started":
            began = event.at
        elif event.kind == "attempt_resumed" and event.data["since"] <= at:
            began, before = event.data["since"], event.data["seconds"]
    return before + max(0.0, at - began)


def _with_time(events: Iterable[Event], wall: float) -> dict[Resource, float]:
    known = list(events)
    waited = sum(event.data["waited"] for event in known if event.kind == "model_call")
    return {**charged(known), "wall_seconds": wall, "working_seconds": max(0.0, wall - waited)}
