"""What is to be seen, as short text."""

from __future__ import annotations

from pokerl.cartridge import GameState
from pokerl.play import Game

from . import maps
from .waiting import situation

VIEW = (8, 6)
"""Squares to each side of the player that the little map shows, across and down."""


def describe(game: Game) -> str:
    """Everything that matters now."""
    state = game.state()
    parts = [state.summary()]
    if state.running and state.battle is None and situation(state) == "map":
        parts += [_exits(game, state), _people(state), _view(game, state)]
    return "\n".join(part for part in parts if part)


def _exits(game: Game, state: GameState) -> str:
    found = maps.finder(game, state)
    here = found.world.maps.get(state.player.map_id) if found else None
    doors = [f"({warp.x}, {warp.y}) {warp.destination_name}" for warp in state.warps]
    edges = (
        [f"{way.side} {found.world.maps[way.destination].name}" for way in here.connections] if found and here else []
    )
    return f"Exits: {'; '.join([*doors, *edges])}" if doors or edges else ""


def _people(state: GameState) -> str:
    shown = [f"{one.slot}: ({one.x}, {one.y})" for one in state.sprites if one.on_screen]
    return f"People and things in sight (slot: square): {', '.join(shown)}" if shown else ""


def _view(game: Game, state: GameState) -> str:
    found = maps.finder(game, state)
    here = found.world.maps.get(state.player.map_id) if found else None
    if here is None:
        return ""
    px, py = state.player.x, state.player.y
    people = {(one.x, one.y): "p" for one in state.sprites if one.on_screen}
    marks = {(warp.x, warp.y): "E" for warp in here.warps} | {(sign.x, sign.y): "s" for sign in here.signs} | people
    marks[px, py] = "P"
    rows = [
        f"{y:3} " + "".join(marks.get((x, y), here.ground(x, y)) for x in _span(px, VIEW[0], here.width))
        for y in _span(py, VIEW[1], here.height)
    ]
    left = max(0, px - VIEW[0])
    legend = "P you, p person or thing, E exit, s sign, # wall, : tall grass, ~ water, v < > ledges, T tree, = counter"
    return f"Around you, first column x={left} ({legend}):\n" + "\n".join(rows)


def _span(middle: int, half: int, size: int) -> range:
    return range(max(0, middle - half), min(size, middle + half + 1))
