"""What in the bag would help: medicine for a creature, balls for a wild one."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from pokerl.cartridge import GameState
from pokerl.cartridge.creature import Creature

from .menus import find_entry, plain

Value = TypeVar("Value")


class Cabinet(Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of ``medicine.toml``."""

    heals: dict[str, int]
    cures: dict[str, str]
    balls: dict[str, int]


@functools.cache
def cabinet() -> Cabinet:
    """The file beside this one, with its names as ``plain`` writes them."""
    data = msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=Cabinet)
    return Cabinet(_plainly(data.heals), _plainly(data.cures), _plainly(data.balls))


def _plainly(named: dict[str, Value]) -> dict[str, Value]:
    return {plain(name): value for name, value in named.items()}


def healer_for(state: GameState, creature: Creature) -> str:
    """The smallest thing in the bag that gives back all that is missing, else the largest; "" if there is none."""
    missing = creature.maximum_hp - creature.hp
    heals = cabinet().heals
    names = sorted((item.name for item in state.bag if plain(item.name) in heals), key=lambda name: heals[plain(name)])
    return next((name for name in names if heals[plain(name)] >= missing), names[-1] if names else "")


def cure_for(state: GameState, creature: Creature) -> str:
    """What in the bag ends the creature's condition; "" if it has none or nothing helps."""
    cures = {item.name: cabinet().cures.get(plain(item.name)) for item in state.bag}
    fitting = (name for name, condition in cures.items() if condition is not None and condition in creature.status)
    return next(fitting, "") if creature.status else ""


def ball_of(state: GameState, wanted: str = "") -> str:
    """The wanted ball, or the weakest kind there is; "" if there is none."""
    if wanted:
        return wanted if amount_of(state, wanted) else ""
    balls = cabinet().balls
    have = (item.name for item in state.bag if plain(item.name) in balls)
    return min(have, key=lambda name: balls[plain(name)], default="")


def amount_of(state: GameState, item: str) -> int:
    """How many of an item are in the bag."""
    names = tuple(each.name for each in state.bag)
    index = find_entry(names, item)
    return 0 if index is None else state.bag[index].quantity
