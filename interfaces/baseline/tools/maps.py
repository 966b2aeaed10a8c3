"""The atlas of the game at hand, and the ways over it as things stand now."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from pokerl.atlas import (
    OVERWORLD,
    TOGGLES,
    Finder,
    Path,
    Place,
    World,
    abilities_of,
    hidden_people,
    open_atlas,
    people_here,
)
from pokerl.atlas.path import Goal
from pokerl.cartridge import GameState
from pokerl.cartridge.surroundings import Sprite
from pokerl.play import Game

from .sight import shut_squares

_WORLDS: dict[str, World] = {}
_FINDERS: dict[tuple[str, int, bytes], Finder] = {}
"""Decoding a ROM's maps takes a moment and never gives anything else: done once in a worker."""


def world(game: Game) -> World:
    """All maps of the game."""
    key = game.cartridge.identifier
    if key not in _WORLDS:
        _WORLDS[key] = open_atlas(game.cartridge, game.read_rom)
    return _WORLDS[key]


def finder(game: Game, state: GameState) -> Finder:
    """Finds ways, with the map the player is on as it is now."""
    blocks = game.read(*OVERWORLD)
    now = world(game).live(state.player.map_id, blocks)
    key = (game.cartridge.identifier, -1, b"") if now is world(game) else _key(game, state, blocks)
    if key not in _FINDERS:
        _FINDERS[key] = Finder(now)
    return _FINDERS[key]


def find_path(
    game: Game,
    state: GameState,
    goal: Goal,
    *,
    beside: bool = False,
    blocked: Collection[Place] = (),
    grass: int = 1,
) -> Path:
    """The way from where the player stands."""
    found = finder(game, state)
    hidden = _hidden(game, found.world)
    here = found.world.maps.get(state.player.map_id)
    shut = shut_squares(game, state, here) if here and state.battle is None and not state.menu else set()
    return found.path(
        place_of(state),
        goal,
        abilities=abilities_of(state),
        people=people_here(state, hidden),
        hidden=hidden
        if any(one.toggle is not None for each in found.world.maps.values() for one in each.people)
        else None,
        blocked=shut.union(blocked),
        last_map=state.player.last_map,
        grass=grass,
        beside=beside,
    )


def present(game: Game, state: GameState) -> list[Sprite]:
    """The people and things on the player's map, those out of sight included."""
    hidden, here = _hidden(game, world(game)), state.player.map_id
    return [one for one in state.sprites if one.on_screen or (here, one.slot) not in hidden]


def _hidden(game: Game, of: World) -> frozenset[tuple[int, int]]:
    """Whom the story hides now."""
    return hidden_people(of, game.read(*TOGGLES))


def place_of(state: GameState) -> Place:
    """Where the player stands."""
    return Place(state.player.map_id, state.player.x, state.player.y)


def map_id(game: Game, name: str) -> int | None:
    """The id of a map by its name, or by a part of it that only one map has."""
    wanted = name.upper().replace(" ", "_")
    names = {one.name: one.identifier for one in world(game).maps.values()}
    if wanted in names:
        return names[wanted]
    found = [identifier for other, identifier in names.items() if wanted in other]
    return found[0] if len(found) == 1 else None


def sides(game: Game, place: Place) -> dict[Place, str]:
    """The squares from which one faces a square, and the button that turns there."""
    return finder(game, game.state()).beside(place)


def unknown(game: Game, name: str) -> str:
    """What to say of a name that no map has, or several."""
    wanted = name.upper().replace(" ", "_")
    near = [one.name for one in world(game).maps.values() if wanted in one.name]
    near = near or get_close_matches(wanted, [one.name for one in world(game).maps.values()], n=4, cutoff=0.5)
    return f"there is no map {name!r}" + (f"; there are {', '.join(near[:12])}" if near else "")


def target(game: Game, slot: int, x: int, y: int, name: str) -> Place | str:
    """Where somebody of a map stands, by slot, or the square itself; else a sentence."""
    state = game.state()
    area = map_id(game, name) if name else state.player.map_id
    if area is None:
        return unknown(game, name)
    if not slot:
        return Place(area, x, y) if x >= 0 and y >= 0 else "give a slot or a square"
    people = state.sprites if area == state.player.map_id else world(game).maps[area].people
    found = next((Place(area, one.x, one.y) for one in people if one.slot == slot), None)
    return found or f"nobody has slot {slot} there; `observe` shows who is near"


def _key(game: Game, state: GameState, blocks: bytes) -> tuple[str, int, bytes]:
    if len(_FINDERS) > 60:
        _FINDERS.clear()
    return game.cartridge.identifier, state.player.map_id, blocks
