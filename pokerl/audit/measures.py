"""What the log alone tells: resources, refusals and capability use. Pure functions over events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pokerl.audit.model import Refusal, Resources, ToolAudit, VersionAudit
from pokerl.timeline.event import Event
from pokerl.timeline.steps import frames_in
from pokerl.timeline.tree import Tree

Counts = dict[str, dict[str, int]]
"""Tool name → capability → acts."""


def attempts_of(events: Iterable[Event]) -> tuple[str, ...]:
    """Ids of the attempts that started, in order."""
    return tuple(dict.fromkeys(event.attempt for event in events if event.kind == "attempt_started"))


def first_of(events: Iterable[Event], kind: str, attempt: str) -> Event | None:
    """The first event of a kind in an attempt."""
    return next((event for event in events if event.kind == kind and event.attempt == attempt), None)


def resources(events: Sequence[Event], tree: Tree, attempt: str) -> Resources:
    """What an attempt cost: frames of all its machines, its wall clock, and every model call charged to it."""
    mine = [event for event in events if event.attempt == attempt]
    calls = [event.data for event in mine if event.kind == "model_call"]
    prices = [call.get("dollars") for call in calls]
    known = [float(price) for price in prices if price is not None]
    return Resources(
        frames=sum(frames_in([segment]) for segment in tree.segments if segment.attempt == attempt),
        wall_seconds=_wall_seconds(mine),
        tokens=sum(int(call.get("input_tokens") or 0) + int(call.get("output_tokens") or 0) for call in calls),
        dollars=sum(known) if len(known) == len(prices) else None,
        model_calls=len(calls),
    )


def refusals(events: Iterable[Event]) -> tuple[Refusal, ...]:
    """Acts that the gate refused, equal ones counted together."""
    counted: Counter[tuple[str, str, str, str, str]] = Counter(
        (
            event.attempt,
            str(event.data.get("tool", "")),
            str(event.data.get("request", "")),
            str(event.data.get("capability", "")),
            str(event.data.get("message", "")),
        )
        for event in events
        if event.kind == "refusal"
    )
    return tuple(Refusal(*what, times=times) for what, times in counted.items())


def capability_counts(events: Iterable[Event], attempts: Iterable[str]) -> Counts:
    """Acts by tool and capability over some attempts; each event holds what was new since the one before."""
    wanted = set(attempts)
    total: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        if event.kind == "capabilities_used" and event.attempt in wanted:
            for tool, used in event.data["counts"].items():
                total[tool].update(used)
    return {tool: dict(sorted(used.items())) for tool, used in sorted(total.items())}


def versions(events: Sequence[Event]) -> tuple[VersionAudit, ...]:
    """Every interface version with its tools: what was declared, what its source hints at, what was measured."""
    written = [event for event in events if event.kind == "version_written"]
    started = [event for event in events if event.kind == "attempt_started"]
    return tuple(_version(event, started, events) for event in written)


def _version(event: Event, started: Sequence[Event], events: Sequence[Event]) -> VersionAudit:
    digest = str(event.data.get("hash", ""))
    attempts = [start.attempt for start in started if start.data.get("interface") == digest]
    counts = capability_counts(events, attempts)
    tools = tuple(_tool(tool, counts) for tool in event.data.get("tools", []))
    named = {tool.name for tool in tools}
    return VersionAudit(
        version=str(event.data.get("version", "")),
        digest=digest,
        declared=tuple(event.data.get("capabilities", ())),
        used=_sum(counts),
        tools=tools,
        unnamed={tool: used for tool, used in counts.items() if tool not in named},
    )


def _tool(data: Mapping[str, object], counts: Counts) -> ToolAudit:
    name = str(data.get("name", ""))
    lines = str(data.get("doc") or "").strip().splitlines()
    hint = data.get("capabilities_hint") or ()
    return ToolAudit(
        name=name,
        signature=str(data.get("signature", "")),
        doc=lines[0] if lines else "",
        hint=tuple(str(capability) for capability in hint) if isinstance(hint, list | tuple) else (),
        used=counts.get(name, {}),
    )


def _sum(counts: Counts) -> dict[str, int]:
    total: Counter[str] = Counter()
    for used in counts.values():
        total.update(used)
    return dict(sorted(total.items()))


def _wall_seconds(mine: Sequence[Event]) -> float | None:
    """What the attempt's end says, else the time between its first and last event."""
    ended = next((event for event in reversed(mine) if event.kind == "attempt_ended"), None)
    if ended is not None and ended.data.get("seconds") is not None:
        return float(ended.data["seconds"])
    return mine[-1].at - mine[0].at if mine else None
