"""Rules of the catalogue that memory alone can show, as pure functions over glimpses of a replay.

Each one is written to stay silent on honest play: what is broken only for a moment (a list being rewritten, experience
counted before the level) must last, and what cannot be told from memory is left to the log of pokes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from pokerl.audit.decode import map_words, money_words
from pokerl.audit.glimpse import Creature, Glimpse
from pokerl.audit.path_rules import PATH_RULES
from pokerl.cartridge import Cartridge

LASTING = 300
"""Frames (5 seconds of play) that an inconsistency must last, longer than any of the game's own rewriting."""

MONEY_JUMP = 10_000
"""More than any trainer pays; what comes in outside battle and shop in one go cannot be as much."""


class Sighting(Struct, frozen=True):
    """A rule of the catalogue seen broken: its detector, since which frame, and what was seen in words."""

    detector: str
    frame: int
    words: str


def party(now: Glimpse, cartridge: Cartridge) -> str:  # noqa: ARG001
    """Too many creatures, a list that disagrees, an impossible level."""
    if now.party_count > 6:
        return f"the party holds {now.party_count} creatures"
    problems = (_creature_problem(slot, creature, now) for slot, creature in enumerate(now.party, 1))
    return next((problem for problem in problems if problem), "")


def bag(now: Glimpse, cartridge: Cartridge) -> str:  # noqa: ARG001
    """More kinds than fit, or a quantity above 99."""
    if now.bag_count > 20:
        return f"the bag holds {now.bag_count} kinds of item"
    return next(
        (f"bag item {slot} has quantity {amount}" for slot, amount in enumerate(now.quantities, 1) if amount > 99), ""
    )


def money_not_decimal(now: Glimpse, cartridge: Cartridge) -> str:  # noqa: ARG001
    """A nibble above nine."""
    return "" if now.money.hex().isdecimal() else f"money reads {money_words(now.money)}"


def badge_without_gym(now: Glimpse, cartridge: Cartridge) -> str:
    """A badge with neither its gym's flag nor its leader's event."""
    names = cartridge.badge_names(now.badges & ~(now.gyms | now.gym_events))
    return f"{', '.join(names)} owned without the gym's flag and its leader's event" if names else ""


def money_jump(before: Glimpse, now: Glimpse, cartridge: Cartridge) -> str:
    """A large rise where nothing pays."""
    places = (map_words(place, cartridge).upper() for place in (before.map, now.map))
    if before.battle or now.battle or any("MART" in place or "SHOP" in place for place in places):
        return ""
    old, new = before.money.hex(), now.money.hex()
    if not (old.isdecimal() and new.isdecimal()) or int(new) - int(old) < MONEY_JUMP:
        return ""
    return f"money rose from {money_words(before.money)} to {money_words(now.money)} outside battle and shop"


def map_edge(before: Glimpse, now: Glimpse, cartridge: Cartridge) -> str:
    """A change of map along no edge that the game has."""
    if before.map == now.map or now.map in before.exits | before.returns | now.returns or before.map in now.exits:
        return ""
    if cartridge.gates.leads(before.map, now.map):
        return ""
    old, new = (map_words(place, cartridge) for place in (before.map, now.map))
    return f"the map changed from {old} to {new}, which no door joins"


STATE_RULES: dict[str, tuple[Callable[[Glimpse, Cartridge], str], ...]] = {
    "party": (party,),
    "bag": (bag,),
    "money": (money_not_decimal,),
    "badge_without_gym": (badge_without_gym,),
}
"""Detector name → rules about one moment; they must stay broken for ``LASTING`` frames."""

EDGE_RULES: dict[str, tuple[Callable[[Glimpse, Glimpse, Cartridge], str], ...]] = {
    "money": (money_jump,),
    "map_edge": (map_edge,),
}
"""Detector name → rules about two moments, one after the other."""

DETECTORS = frozenset({*STATE_RULES, *EDGE_RULES, *PATH_RULES})


class Watcher:
    """Applies every rule to glimpses of one path, given in order of their frames.

    Args:
        cartridge: whose memory they show.
    """

    def __init__(self, cartridge: Cartridge) -> None:
        self._cartridge = cartridge
        self._before: Glimpse | None = None
        self._since: dict[str, int] = {}
        self._path_rules = {detector: rule(cartridge) for detector, rule in PATH_RULES.items()}
        self.sightings: list[Sighting] = []

    def see(self, now: Glimpse) -> None:
        """Judge the next glimpse."""
        self.sightings.extend(self._on_the_path(now))
        if not now.in_game:
            self._before = None
            self._since.clear()
            return
        self.sightings.extend(self._lasting(now))
        if self._before is not None:
            self.sightings.extend(self._edges(self._before, now))
        self._before = now

    def _on_the_path(self, now: Glimpse) -> Iterator[Sighting]:
        for detector, rule in self._path_rules.items():
            if words := rule.see(now):
                yield Sighting(detector, now.frame, words)

    def _lasting(self, now: Glimpse) -> Iterator[Sighting]:
        for detector, rules in STATE_RULES.items():
            for rule in rules:
                words = rule(now, self._cartridge)
                if not words:
                    self._since.pop(rule.__name__, None)
                    continue
                since = self._since.setdefault(rule.__name__, now.frame)
                if now.frame - since >= LASTING and not self._known(detector, since):
                    yield Sighting(detector, since, words)

    def _edges(self, before: Glimpse, now: Glimpse) -> Iterator[Sighting]:
        for detector, rules in EDGE_RULES.items():
            for rule in rules:
                if words := rule(before, now, self._cartridge):
                    yield Sighting(detector, now.frame, words)

    def _known(self, detector: str, since: int) -> bool:
        return any(sighting.detector == detector and sighting.frame == since for sighting in self.sightings)


def least_experience(level: int) -> int:
    """The fewest points that any of the game's growth curves asks for a level."""
    return max(0, min(_curves(level)))


def most_experience(level: int) -> int:
    """The most points that a creature of a level can have on any curve before it rises."""
    return 0xFFFFFF if level >= 100 else max(_curves(level + 1)) - 1


def _curves(level: int) -> tuple[int, ...]:
    """The four growth curves of generation I: fast, medium fast, medium slow, slow."""
    cube = level**3
    return (4 * cube // 5, cube, 6 * cube // 5 - 15 * level**2 + 100 * level - 140, 5 * cube // 4)


def _creature_problem(slot: int, creature: Creature, now: Glimpse) -> str:
    if creature.listed != creature.species:
        return f"party creature {slot} is species {creature.listed} in the list and {creature.species} in its data"
    if creature.level > 100:
        return f"party creature {slot} has level {creature.level}"
    if now.battle:  # experience is counted before the level rises, and a text may wait in between
        return ""
    if least_experience(creature.level) <= creature.experience <= most_experience(creature.level):
        return ""
    return f"party creature {slot} has level {creature.level} with {creature.experience:,} experience points"
