"""What is in the way besides the ground: people and things, guards, and the eyes of trainers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pokerl.atlas.model import Place
from pokerl.atlas.world import World

WANDERER_COST = 4
BLOCKED, BOULDER, SHUT = -1, -2, -3
"""Costs of squares that cannot be entered, that only who pushes boulders can enter, and that the caller shut."""
Slot = tuple[int, int]
"""A person or thing: map and slot."""


def occupied(
    world: World,
    people: Mapping[int, Iterable[tuple[int, int]]] | None,
    hidden: Collection[Slot] | None,
    blocked: Collection[Place],
) -> dict[Place, int]:
    """The cost of squares where somebody or something is; the arguments are those of ``Finder.path``."""
    found: dict[Place, int] = {}
    for identifier, one in world.maps.items():
        now = set(people[identifier]) if people is not None and identifier in people else None
        for person in one.people:
            away = person.hidden if hidden is None else (identifier, person.slot) in hidden
            cost = BOULDER if person.kind == "boulder" else WANDERER_COST if person.walks else BLOCKED
            if not away and (now is None or (person.x, person.y) in now):
                found[Place(identifier, person.x, person.y)] = cost
        for x, y in now or ():
            found.setdefault(Place(identifier, x, y), BLOCKED)
    return found | dict.fromkeys(blocked, SHUT)


def guarded(world: World, story: Collection[str]) -> dict[Place, int]:
    """Squares on which a guard stops the player after such a story."""
    return {
        Place(identifier, x, y): BLOCKED
        for identifier, one in world.maps.items()
        for guard in one.guards
        if guard.until.isdisjoint(story)
        for x, y in guard.squares
    }


def watched(world: World, hidden: Collection[Slot] | None, story: Collection[str]) -> dict[Place, list[Slot]]:
    """The squares that trainers look at who are there and not beaten, and who does."""
    found: dict[Place, list[Slot]] = {}
    for identifier, one in world.maps.items():
        for person in one.people:
            away = person.hidden if hidden is None else (identifier, person.slot) in hidden
            if not away and person.event not in story:
                for x, y in person.watched:
                    found.setdefault(Place(identifier, x, y), []).append((identifier, person.slot))
    return found
