"""What is to be seen, as short text."""

from __future__ import annotations

from pokerl.atlas import AtlasMap, World
from pokerl.cartridge import GameState
from pokerl.cartridge.surroundings import Sprite
from pokerl.play import Game

from . import maps
from .sight import shut_squares
from .waiting import situation

HALF_VIEW = (9, 7)
"""Squares to each side of the player, across and down, that the little map shows of maps which are larger."""
LEGEND = "P you, p person or thing, E exit, s sign, # wall, : tall grass, ~ water, v < > ledges, T tree, = counter"
EDGES = {"up": "north", "down": "south", "left": "west", "right": "east"}
KINDS = {"person": "", "trainer": " trainer", "item": " item", "boulder": " boulder"}


def describe(game: Game) -> str:
    """Everything that matters now."""
    state = game.state()
    parts = [state.summary()]
    found = maps.finder(game, state) if state.running else None
    here = found.world.maps.get(state.player.map_id) if found else None
    if found and here and state.battle is None and situation(state) == "map":
        people = maps.present(game, state)
        parts += [_exits(state, found.world, here), _people(people, here), _view(game, state, here, people)]
    return "\n".join(part for part in parts if part)


def _exits(state: GameState, world: World, here: AtlasMap) -> str:
    doors = [f"({warp.x}, {warp.y}) {warp.destination_name}" for warp in state.warps]
    edges = [f"{EDGES[way.side]} edge {world.maps[way.destination].name}" for way in here.connections]
    return f"Exits: {'; '.join([*doors, *edges])}" if doors or edges else ""


def _people(people: list[Sprite], here: AtlasMap) -> str:
    kinds = {one.slot: KINDS.get(one.kind, "") for one in here.people}
    shown = [f"{one.slot}: ({one.x}, {one.y}){kinds.get(one.slot, '')}" for one in people]
    return f"People and things (slot: square): {', '.join(shown)}" if shown else ""


def _view(game: Game, state: GameState, here: AtlasMap, people: list[Sprite]) -> str:
    px, py = state.player.x, state.player.y
    marks = {(place.x, place.y): "#" for place in shut_squares(game, state, here)}
    marks |= {(warp.x, warp.y): "E" for warp in here.warps} | {(sign.x, sign.y): "s" for sign in here.signs}
    marks |= {(one.x, one.y): "p" for one in people} | {(px, py): "P"}
    across, down = _span(px, HALF_VIEW[0], here.width), _span(py, HALF_VIEW[1], here.height)
    rows = [f"{y:3} " + "".join(marks.get((x, y), here.ground(x, y)) for x in across) for y in down]
    whole = len(across) == here.width and len(down) == here.height
    return f"{'The map' if whole else 'Around you'}, first column x={across[0]} ({LEGEND}):\n" + "\n".join(rows)


def _span(middle: int, half: int, size: int) -> range:
    """All of a small map, else what lies around the middle."""
    if size <= 2 * half + 1:
        return range(size)
    return range(max(0, middle - half), min(size, middle + half + 1))
