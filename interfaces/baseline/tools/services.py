"""Nurses and clerks: where the nearest stands, known by the picture that all of them have."""

from __future__ import annotations

from collections import Counter

from pokerl.atlas import Place
from pokerl.play import Game

from . import maps

CENTRES, SHOPS, LOBBY = ("POKECENTER", "CENTRE", "CENTER"), ("MART", "SHOP"), "LOBBY"
"""How the names of houses end in which the first person is a nurse or a clerk; a lobby may have both."""


def nurses(game: Game) -> dict[Place, str]:
    """Everybody who heals, and the map's name."""
    return _in_service(game, CENTRES)


def clerks(game: Game) -> dict[Place, str]:
    """Everybody who sells, and the map's name."""
    return _in_service(game, SHOPS)


def nearest(game: Game, places: dict[Place, str]) -> tuple[Place | None, str]:
    """The one with the shortest way, or why none can be reached."""
    if not places:
        return None, "there is none"
    path = maps.find_path(game, game.state(), list(places), beside=True)
    there = [place for place in places if place.map == path.end.map]
    return (there[0], "") if path and there else (None, path.reason)


def _in_service(game: Game, ends: tuple[str, ...]) -> dict[Place, str]:
    """Those in such houses, or in a lobby, who look like the first person in most of these houses."""
    houses = [one for one in maps.world(game).maps.values() if one.people and one.name.endswith((*ends, LOBBY))]
    firsts = (min(one.people, key=lambda person: person.slot) for one in houses if one.name.endswith(ends))
    uniform = Counter(person.picture for person in firsts).most_common(1)
    return {
        Place(one.identifier, person.x, person.y): one.name
        for one in houses
        for person in one.people
        if uniform and person.picture == uniform[0][0] and not person.hidden
    }
