"""Battles: one decision a turn, made by a policy, and everything else read and answered on the way."""

from __future__ import annotations

import re

from pokerl.cartridge import GameState
from pokerl.cartridge.words import creature_words
from pokerl.play import Game

from . import questions
from .policies import Policy
from .reading import Heard, go_on, read_on
from .turns import carry_out, is_main

LOOKS = 6000
REFUSALS, IDLE_TURNS = 3, 12
KINDS = ("wild", "trainer")
TOLD = 160
LOST_WORDS = ("blacked out", "out of useable", "no usable")
NEWS = re.compile(r"[^.!?…]*(?:grew |learned |evolved |forgot |sent to |went to |was caught)[^.!?…]*[.!?…]")
"""Sentences that matter after a battle."""
ENDS = {"won": "won against", "lost": "lost against", "caught": "caught", "fled": "ran away from"}
LEFT = "the battle ended against"


def fight_on(game: Game, policy: Policy) -> str:
    """Play a battle until it ends or the policy stops; what happened, in words that begin with how it ended."""
    last = game.state()
    if last.battle is None:
        return "there is no battle"
    heard, count = Heard(), Count()
    for _ in range(LOOKS):
        state = game.state()
        if state.battle is None:
            break
        last = state if state.battle.kind in KINDS and state.battle.enemy.species_index else last
        if not is_main(state):
            _attend(game, state, heard)
        elif not _turn(game, state, policy, count):
            heard_last = f"; heard last: …{heard.text()[-TOLD:]}" if count.turns else ""
            return f"the battle goes on after {count.turns} turns: {count.problem}{_standing(state)}{heard_last}"
    said, _ = read_on(game, heard)
    return _report(last, game.state(), count.turns, said)


class Count:
    """Counts turns, and those that were refused or changed nothing.

    Attributes:
        turns: those that were carried out.
        problem: why the last one was not, to be put before other words; or "".
    """

    def __init__(self) -> None:
        self.turns = self._same = self._refused = 0
        self.problem = ""
        self._before: object = None

    def add(self, state: GameState, problem: str) -> bool:
        """Count one that was decided on in a state; whether it makes sense to go on."""
        battle = state.battle
        now = (state.party, state.bag, battle and battle.enemy, battle and battle.own)
        self._same = self._same + 1 if now == self._before else 0
        self._before = now
        self.turns, self._refused = self.turns + (not problem), self._refused + bool(problem)
        idle = "nothing changes from turn to turn" if self._same > IDLE_TURNS else ""
        self.problem = f"{problem or idle}; " if problem or idle else ""
        return not idle and self._refused <= REFUSALS


def _turn(game: Game, state: GameState, policy: Policy, count: Count) -> bool:
    """Decide and carry out; whether the battle goes on."""
    action = policy(state)
    return action is not None and count.add(state, carry_out(game, action, state))


def _attend(game: Game, state: GameState, heard: Heard) -> None:
    """Whatever is not a decision of the policy's."""
    heard.take(state)
    if state.menu is None:
        go_on(game, state, heard)
    else:
        questions.answer(game, state, state.menu, heard.text())


def _standing(state: GameState) -> str:
    battle = state.battle
    if battle is None:
        return "no battle"
    mine = creature_words(battle.own) if battle.own else "nobody"
    return f"{mine} against {creature_words(battle.enemy)}"


def _report(last: GameState, after: GameState, turns: int, said: str) -> str:
    battle = last.battle
    if battle is None:
        return "there was no battle"
    who = battle.trainer or f"wild {battle.enemy.species} L{battle.enemy.level}"
    party = "; ".join(creature_words(one) for one in after.party)
    news = " ".join(sentence.strip() for sentence in NEWS.findall(said))
    outcome = ENDS.get(_outcome(said, last), LEFT)
    heard = f"heard last: …{said[-TOLD:]}" if battle.trainer or outcome == LEFT else news
    return ". ".join(filter(None, [f"{outcome} {who} in {turns} turns", heard.rstrip("."), f"Party: {party}"]))


def _outcome(said: str, last: GameState) -> str:
    words, battle = said.casefold(), last.battle
    if any(each in words for each in LOST_WORDS) or not any(one.hp for one in last.party):
        return "lost"
    if battle is not None and battle.kind == "wild" and "was caught" in words:
        return "caught"
    if "got away" in words or "escaped" in words:
        return "fled"
    return "won" if battle is not None and battle.enemy.hp == 0 else "left"
