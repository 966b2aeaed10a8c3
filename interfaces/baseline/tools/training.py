"""Training: back and forth in tall grass, with rests at a centre."""

from __future__ import annotations

from pokerl.atlas import Place
from pokerl.atlas.model import STEPS
from pokerl.play import Game

from . import errands, maps
from .waiting import settle
from .walking import Handler, push, walk_through

ROUNDS = 600


def train_to(game: Game, level: int, handle: Handler, rest_below: float) -> str:
    """Meet wild creatures on this map until the first of the party has a level; why it ended.

    Args:
        handle: deals with what stops a walk.
        rest_below: share of HP below which the party is taken to a centre and back.
    """
    area = game.byte("wCurMap")
    meadow = grass_of(game, area)
    if not meadow:
        return "there is no tall grass on this map"
    for _ in range(ROUNDS):
        state = game.state()
        first = state.party[0]
        if first.level >= level:
            return f"{first.nickname} has level {first.level}"
        if first.hp < rest_below * first.maximum_hp or not any(move.pp > 2 for move in first.moves):
            rested = errands.heal_party(game, handle)
            if rested != "everyone is healed":
                return rested
        here = maps.place_of(game.state())
        button = _way_on(here, meadow) if here in meadow else ""
        if button:
            push(game, button)
            stopped = settle(game)
            why = handle(stopped) if stopped in ("battle", "text", "menu") else ""
        else:
            why = walk_through(game, meadow - {here}, handle, grass=0)
        if why:
            return why
    return "enough for now"


def grass_of(game: Game, area: int) -> set[Place]:
    """The squares of tall grass on a map."""
    one = maps.world(game).maps[area]
    return {Place(area, x, y) for y, row in enumerate(one.rows) for x, sign in enumerate(row) if sign == ":"}


def _way_on(here: Place, meadow: set[Place]) -> str:
    """A button that leads to more grass, or ""."""
    ways = (
        button
        for button, (across, down) in STEPS.items()
        if here._replace(x=here.x + across, y=here.y + down) in meadow
    )
    return next(ways, "")
