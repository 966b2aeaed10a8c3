"""Reading ``milestones.toml``."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from pokerl.cartridge.milestone import (
    Condition,
    CounterRises,
    EventRises,
    Guard,
    ItemGained,
    MapEntered,
    MapPassage,
    Milestone,
)
from pokerl.errors import ConfigurationProblem


class _Guard(Struct, frozen=True, forbid_unknown_fields=True):
    address: int
    mask: int = 0xFF


class _Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[milestone]]``; exactly one of event, map, passage, item and counter is given."""

    name: str
    title: str
    weight: float = 1.0
    after: tuple[str, ...] = ()
    event: str = ""
    map: tuple[int, ...] = ()
    passage: tuple[int, ...] = ()
    item: int | None = None
    counter: int | None = None


class _Rules(Struct, frozen=True, forbid_unknown_fields=True):
    running: tuple[_Guard, ...]
    milestone: tuple[_Rule, ...]


def read_milestones(path: Path) -> tuple[tuple[Guard, ...], tuple[Milestone, ...]]:
    """The guards and the milestones that a file lists, ranked as they stand in it.

    Raises:
        ConfigurationProblem: the file is missing or a rule in it is wrong.
    """
    try:
        rules = msgspec.toml.decode(path.read_bytes(), type=_Rules)
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationProblem(
            f"The milestones in {path} cannot be read: {error}.", "Install pokerl again."
        ) from error
    guards = tuple(Guard(guard.address, guard.mask) for guard in rules.running)
    listed: list[str] = []
    for rule in rules.milestone:
        if rule.name in listed or not set(rule.after) <= set(listed):
            raise _problem(rule, "is listed twice or comes before what it needs")
        listed.append(rule.name)
    ranked = enumerate(rules.milestone, start=1)
    return guards, tuple(
        Milestone(rule.name, rule.title, _condition(rule), rank, rule.weight, rule.after, guards)
        for rank, rule in ranked
    )


def _condition(rule: _Rule) -> Condition:
    found: list[Condition] = []
    if rule.event:
        found.append(EventRises(tuple(_place(text) for text in rule.event.split())))
    if rule.map:
        found.append(MapEntered(rule.map))
    if rule.passage:
        origin, destination = rule.passage
        found.append(MapPassage(origin, destination))
    if rule.item is not None:
        found.append(ItemGained(rule.item))
    if rule.counter is not None:
        found.append(CounterRises(rule.counter))
    if len(found) != 1:
        raise _problem(rule, "needs exactly one of event, map, passage, item and counter")
    return found[0]


def _place(text: str) -> tuple[int, int]:
    address, _, bit = text.partition(".")
    return int(address, 16), int(bit)


def _problem(rule: _Rule, what: str) -> ConfigurationProblem:
    return ConfigurationProblem(f"The milestone '{rule.name}' {what}.", "Correct it in milestones.toml.")
