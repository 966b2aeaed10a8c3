"""Rules of the catalogue that need a whole path: what was done before, and what was left behind.

Each is told of every glimpse of a path, in order, and says once what it breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pokerl.audit.decode import map_words
from pokerl.audit.glimpse import Glimpse
from pokerl.cartridge import Cartridge
from pokerl.cartridge.gates import Gate, Place

HALL_OF_FAME = 0x76


class PathRule(Protocol):
    """One rule on its way along one path."""

    def see(self, now: Glimpse) -> str:
        """What the next glimpse of the path breaks, in words; "" for nothing."""
        ...


class Champion:
    """The Hall of Fame is for who has beaten the champion."""

    def __init__(self, cartridge: Cartridge) -> None:  # noqa: ARG002 - as every rule
        self._beaten = False
        self._map = HALL_OF_FAME

    def see(self, now: Glimpse) -> str:
        """Judges the moment in which the Hall of Fame is entered; one that a path begins in is not entered."""
        self._beaten = self._beaten or now.champion
        if not now.in_game:
            return ""
        entered = now.map == HALL_OF_FAME != self._map
        self._map = now.map
        return "the Hall of Fame was entered before the champion was beaten" if entered and not self._beaten else ""


class GateKeeper:
    """What lies behind a gate is for who has done what it asks for; see ``Cartridge.gates``.

    A path that begins behind a gate says nothing about it. What was done once counts for good: the game clears some of
    its events again.
    """

    def __init__(self, cartridge: Cartridge) -> None:
        self._cartridge = cartridge
        self._watched = list(cartridge.gates.gates)
        self._done: set[Place] = set()
        self._begun = False

    def see(self, now: Glimpse) -> str:
        """Judges where the player is by what was done until now."""
        if not now.in_game:
            return ""
        self._done |= now.done
        passed = [gate for gate in self._watched if now.map in gate.maps and self._missing(gate)]
        self._watched = [gate for gate in self._watched if gate not in passed]
        begun, self._begun = self._begun, True
        return self._words(now.map, passed) if passed and begun else ""

    def _missing(self, gate: Gate) -> list[str]:
        return [self._name(need[0]) for need in gate.needs if self._done.isdisjoint(need)]

    def _words(self, place: int, passed: list[Gate]) -> str:
        around = "; ".join(f"{gate.title} without {', '.join(self._missing(gate))}" for gate in passed)
        return f"{map_words(place, self._cartridge)} was reached past {around}"

    def _name(self, place: Place) -> str:
        address, bit = place
        if address == self._cartridge.symbols.get("wObtainedBadges"):
            return f"the {self._cartridge.badge_names(1 << bit)[0]} Badge"
        return self._cartridge.event_names.get(address, ("",) * 8)[bit] or f"{address:04X}.{bit}"


class Engagement:
    """A trainer who has seen the player comes and fights before the player can go elsewhere."""

    def __init__(self, cartridge: Cartridge) -> None:
        self._cartridge = cartridge
        self._seen_on: int | None = None
        self._told = False

    def see(self, now: Glimpse) -> str:
        """Judges a change of map between the moment of being seen and the battle."""
        if not now.in_game:
            return ""
        if not now.engaged or now.battle:
            self._seen_on, self._told = None, False
        elif self._seen_on is None:
            self._seen_on = now.map
        elif now.map != self._seen_on and not self._told:
            self._told = True
            before, after = (map_words(place, self._cartridge) for place in (self._seen_on, now.map))
            return f"a trainer of {before} had seen the player, who got away to {after} without the battle"
        return ""


PATH_RULES: dict[str, Callable[[Cartridge], PathRule]] = {
    "hall_of_fame": Champion,
    "gate": GateKeeper,
    "engagement": Engagement,
}
"""Detector name → its rule, to be made anew for each path."""
