"""Training: back and forth in tall grass, with rests at a nurse."""

from __future__ import annotations

from pokerl.atlas import Place
from pokerl.atlas.model import STEPS
from pokerl.play import Game

from . import healing, maps
from .fighting import fight_on
from .menus import plain
from .policies import pause
from .waiting import settle
from .walking import Handler, push, walk_through

ROUNDS = 600
FEW_USES = 2


def train_to(game: Game, level: int, handle: Handler, rest_below: float) -> str:
    """Meet wild creatures on this map until the first of the party has a level; why it ended.

    Args:
        handle: deals with what stops a walk.
        rest_below: share of HP below which the party is taken to a nurse and back.
    """
    area = game.byte("wCurMap")
    meadow = grass_of(game, area)
    if not meadow:
        return no_meadow(game)
    for _ in range(ROUNDS):
        first = game.state().party[0]
        if first.level >= level:
            return f"{first.nickname} has level {first.level}"
        why = _rest(game, handle, rest_below) or _meet(game, meadow, handle)
        if why:
            return why
    return "enough for now"


def hunt(game: Game, kind: str, handle: Handler) -> str:
    """Walk about where creatures live until one appears, of a kind if one is named; what appeared, or why none did.

    Args:
        handle: deals with text, with trainers and with those of other kinds.
    """
    meadow = grass_of(game, game.byte("wCurMap"))
    if not meadow:
        return no_meadow(game)
    for _ in range(ROUNDS):
        why = _meet(game, meadow, lambda stopped: stopped if stopped == "battle" else handle(stopped))
        battle = game.state().battle if why == "battle" else None
        if battle is not None and battle.kind == "wild" and plain(battle.enemy.species).startswith(plain(kind)):
            return f"a wild {battle.enemy.species} appeared; {fight_on(game, pause)}"
        why = handle("battle") if why == "battle" else why
        if why:
            return why
    return f"no {kind or 'creature'} appeared in {ROUNDS} steps"


def no_meadow(game: Game) -> str:
    """What to say where nobody can be met."""
    name = maps.world(game).maps[game.byte("wCurMap")].name
    return f"no wild creatures live on {name}; go to a map with tall grass (:) or into a cave"


def grass_of(game: Game, area: int) -> set[Place]:
    """The squares on which creatures appear: tall grass, or in a cave all of its floor."""
    one = maps.world(game).maps[area]
    cave = one.grass is not None and not any(":" in row for row in one.rows)
    wanted = "." if cave else ":"
    return {Place(area, x, y) for y, row in enumerate(one.rows) for x, sign in enumerate(row) if sign == wanted}


def _rest(game: Game, handle: Handler, rest_below: float) -> str:
    """Go to a nurse if the first of the party is weak or its moves are used up; why that failed, or ""."""
    first = game.state().party[0]
    if first.hp >= rest_below * first.maximum_hp and any(move.pp > FEW_USES for move in first.moves):
        return ""
    rested = healing.heal_party(game, handle)
    return "" if rested == healing.HEALED else rested


def _meet(game: Game, meadow: set[Place], handle: Handler) -> str:
    """Another step in the grass, or the way into it."""
    here = maps.place_of(game.state())
    button = _way_on(here, meadow) if here in meadow else ""
    if not button:
        return walk_through(game, meadow - {here}, handle, grass=0)
    push(game, button)
    stopped = settle(game)
    return handle(stopped) if stopped in ("battle", "text", "menu") else ""


def _way_on(here: Place, meadow: set[Place]) -> str:
    """A button that leads to more grass, or ""."""
    ways = (
        button
        for button, (across, down) in STEPS.items()
        if here._replace(x=here.x + across, y=here.y + down) in meadow
    )
    return next(ways, "")
