"""Rules of the catalogue that memory alone can show, as pure functions over glimpses of a replay.

Each one is written to stay silent on honest play: what is broken only for a moment (a list being rewritten, experience
counted before the level) must last, and what cannot be told from memory is left to the log of pokes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from pokerl.audit.decode import BADGES, money_words
from pokerl.audit.glimpse import Creature, Glimpse

LASTING = 300
"""Frames (5 seconds of play) that an inconsistency must last, longer than any of the game's own rewriting."""

HALL_OF_FAME = 0x76
MONEY_JUMP = 10_000
"""More than any trainer pays; what comes in outside battle and shop in one go cannot be as much."""

_FLIGHT_GOALS = frozenset({*range(0x0B), 0x0F, 0x15})
_OUTDOORS = 0x25
_SAFARI, _SAFARI_GATE = range(0xD9, 0xE2), 0x9C


class Sighting(Struct, frozen=True):
    """A rule of the catalogue seen broken: its detector, since which frame, and what was seen in words."""

    detector: str
    frame: int
    words: str


def party(now: Glimpse) -> str:
    """Too many creatures, a list that disagrees, an impossible level."""
    if now.party_count > 6:
        return f"the party holds {now.party_count} creatures"
    problems = (_creature_problem(slot, creature, now) for slot, creature in enumerate(now.party, 1))
    return next((problem for problem in problems if problem), "")


def bag(now: Glimpse) -> str:
    """More kinds than fit, or a quantity above 99."""
    if now.bag_count > 20:
        return f"the bag holds {now.bag_count} kinds of item"
    return next(
        (f"bag item {slot} has quantity {amount}" for slot, amount in enumerate(now.quantities, 1) if amount > 99), ""
    )


def money_not_decimal(now: Glimpse) -> str:
    """A nibble above nine."""
    return "" if now.money.hex().isdecimal() else f"money reads {money_words(now.money)}"


def badge_without_gym(now: Glimpse) -> str:
    """A badge with neither its gym's flag nor its leader's event."""
    unearned = now.badges & ~(now.gyms | now.gym_events)
    names = [badge for bit, badge in enumerate(BADGES) if unearned >> bit & 1]
    return f"{', '.join(names)} owned without the gym's flag and its leader's event" if names else ""


def money_jump(before: Glimpse, now: Glimpse, maps: Mapping[int, str]) -> str:
    """A large rise where nothing pays."""
    if before.battle or now.battle or any("MART" in maps.get(place, "").upper() for place in (before.map, now.map)):
        return ""
    old, new = before.money.hex(), now.money.hex()
    if not (old.isdecimal() and new.isdecimal()) or int(new) - int(old) < MONEY_JUMP:
        return ""
    return f"money rose from {money_words(before.money)} to {money_words(now.money)} outside battle and shop"


def map_edge(before: Glimpse, now: Glimpse, maps: Mapping[int, str]) -> str:
    """A change of map along no edge that the game has."""
    if before.map == now.map or now.map in before.exits | before.returns | now.returns or before.map in now.exits:
        return ""
    if before.map < _OUTDOORS and now.map in _FLIGHT_GOALS:
        return ""
    if before.map in _SAFARI and now.map == _SAFARI_GATE:
        return ""
    if now.map == HALL_OF_FAME and "CHAMPION" in maps.get(before.map, "").upper():
        return ""
    return f"the map changed from {_place(before.map, maps)} to {_place(now.map, maps)}, which no door joins"


STATE_RULES: dict[str, tuple[Callable[[Glimpse], str], ...]] = {
    "party": (party,),
    "bag": (bag,),
    "money": (money_not_decimal,),
    "badge_without_gym": (badge_without_gym,),
}
"""Detector name → rules about one moment; they must stay broken for ``LASTING`` frames."""

EDGE_RULES: dict[str, tuple[Callable[[Glimpse, Glimpse, Mapping[int, str]], str], ...]] = {
    "money": (money_jump,),
    "map_edge": (map_edge,),
}
"""Detector name → rules about two moments, one after the other."""

PATH_RULES = frozenset({"hall_of_fame"})
"""Detectors that need the whole path; :class:`Watcher` holds what they need."""

DETECTORS = frozenset(STATE_RULES) | frozenset(EDGE_RULES) | PATH_RULES


class Watcher:
    """Applies every rule to glimpses given in order of their frames.

    Args:
        maps: map id → name.
    """

    def __init__(self, maps: Mapping[int, str]) -> None:
        self._maps = maps
        self._before: Glimpse | None = None
        self._since: dict[str, int] = {}
        self._champion = False
        self.sightings: list[Sighting] = []

    def see(self, now: Glimpse) -> None:
        """Judge the next glimpse."""
        self._champion = self._champion or now.champion
        if not now.in_game:
            self._before = None
            self._since.clear()
            return
        self.sightings.extend(self._lasting(now))
        if self._before is not None:
            self.sightings.extend(self._edges(self._before, now))
        self._before = now

    def _lasting(self, now: Glimpse) -> Iterator[Sighting]:
        for detector, rules in STATE_RULES.items():
            for rule in rules:
                words = rule(now)
                if not words:
                    self._since.pop(rule.__name__, None)
                    continue
                since = self._since.setdefault(rule.__name__, now.frame)
                if now.frame - since >= LASTING and not self._known(detector, since):
                    yield Sighting(detector, since, words)

    def _edges(self, before: Glimpse, now: Glimpse) -> Iterator[Sighting]:
        for detector, rules in EDGE_RULES.items():
            for rule in rules:
                if words := rule(before, now, self._maps):
                    yield Sighting(detector, now.frame, words)
        if now.map == HALL_OF_FAME and before.map != HALL_OF_FAME and not self._champion:
            yield Sighting("hall_of_fame", now.frame, "the Hall of Fame was entered before the champion was beaten")

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


def _place(place: int, maps: Mapping[int, str]) -> str:
    return maps.get(place, f"map {place:02X}h")
