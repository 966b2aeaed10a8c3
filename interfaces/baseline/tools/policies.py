"""How to fight: policies that decide one turn from the state."""

from __future__ import annotations

from collections.abc import Callable

from pokerl.cartridge import GameState
from pokerl.cartridge.battle import Battle
from pokerl.play import Game

from .medicine import ball_of, cure_for, healer_for
from .menus import find_entry
from .moves import best_move, damage
from .turns import Action

Policy = Callable[[GameState], Action | None]
"""Decides a turn from the state; ``None`` ends with the menu open."""
TIRED = 0.4
"""Share of HP below which one's own creature does not go on weakening another."""


def pause(_: GameState) -> Action | None:
    """Go on to the first decision and leave it open."""
    return None


def attack(game: Game, move: str = "", heal_below: float = 0.0, flee_below: float = 0.0, flee: bool = False) -> Policy:
    """The named move or the best one; medicine, or else flight from the wild, below a share of HP."""

    def decide(state: GameState) -> Action | None:
        """Flight or medicine where they are asked for, else a move."""
        battle = state.battle
        if battle is None or battle.own is None:
            return Action("move")
        own, wild = battle.own, battle.kind == "wild"
        if flee and wild:
            return Action("run")
        if own.hp < heal_below * own.maximum_hp and (medicine := healer_for(state, own)):
            return Action("item", medicine)
        if own.hp < flee_below * own.maximum_hp and wild:
            return Action("run")
        if heal_below and own.status.startswith("asleep") and (cure := cure_for(state, own)):
            return Action("item", cure)
        named = next((known.name for known in own.moves if known.pp and find_entry((known.name,), move) == 0), "")
        return Action("move", (named if move else "") or best_move(game, battle))

    return decide


def catching(game: Game, ball: str, weaken_to: float) -> Policy:
    """Weaken a wild creature with moves that leave it standing, then throw; ends without balls."""

    def decide(state: GameState) -> Action | None:
        """A gentle move while it is strong and the own side is not hurt, else a ball."""
        battle, have = state.battle, ball_of(state, ball)
        if battle is None or battle.kind != "wild" or not have:
            return None
        own, enemy = battle.own, battle.enemy
        weak = enemy.hp <= weaken_to * enemy.maximum_hp
        hurt = own is not None and own.hp < TIRED * own.maximum_hp
        move = "" if weak or hurt else _gentle(game, battle)
        return Action("move", move) if move else Action("item", have)

    return decide


def why_no_catch(state: GameState, ball: str) -> str:
    """Why nothing can be caught now; "" if something can."""
    if state.battle is None:
        return "not caught: there is no battle"
    if state.battle.kind != "wild":
        return "not caught: a trainer's creature cannot be caught"
    return "" if ball_of(state, ball) else f"not caught: there is no {ball or 'ball'} in the bag"


def limited(policy: Policy, turns: int) -> Policy:
    """The same policy for so many turns; 0 for all."""
    left = [turns]

    def decide(state: GameState) -> Action | None:
        if turns and not left[0]:
            return None
        left[0] -= 1
        return policy(state)

    return decide


def _gentle(game: Game, battle: Battle) -> str:
    """The strongest move after which the enemy still stands; "" if there is none."""
    moves = battle.own.moves if battle.own else ()
    harm = {move.name: damage(game, move, battle) for move in moves if move.pp}
    safe = {name: points for name, points in harm.items() if 1 < points < battle.enemy.hp}
    return max(safe, key=lambda name: safe[name], default="")
