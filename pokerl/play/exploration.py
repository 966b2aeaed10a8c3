"""Exploring a game by returning to what was reached, and re-rolling its chance: plain functions on top of branches.

For interfaces and for the player's own blocks, in the worker (``from pokerl.play.exploration import …``). All of it
runs through ``game.explore``: on all cores, recorded, within the budget, and without moving your own machine until an
end is taken over.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from random import Random
from typing import Any

from msgspec import Struct

from pokerl.errors import UsageProblem
from pokerl.play.apart import one_line
from pokerl.play.checkpoint import Checkpoint
from pokerl.play.explored import Explored
from pokerl.play.game import Game

Key = Hashable
Step = Callable[[Game, Random], Any]
LISTED = 120
"""Cells that a model is shown at once, those explored from least."""


class Cell(Struct):
    """A kind of state that was reached: all states of one key, and the shortest known way to one of them.

    Attributes:
        key: what the key function says of it.
        checkpoint: the state to return to; its ``frame`` is how long the way there is.
        seen: how often a branch stood in it.
        chosen: how often it was explored from since the way to it became shorter.
    """

    key: Key
    checkpoint: Checkpoint
    seen: int = 0
    chosen: int = 0


Choose = Callable[[Sequence[Cell], int], Sequence[Cell]]
"""Which cells to explore from next: given all cells and how many branches there will be."""


def place(game: Game) -> Key:
    """The usual key: map, x and y."""
    read = game.act(read=[("wCurMap", 1), ("wXCoord", 1), ("wYCoord", 1)]).reads
    return tuple(each[0] for each in read)


def wander(game: Game, random: Random) -> None:
    """The usual policy, one step of it: walk a few squares in a random direction, or press A or B."""
    if random.random() < 0.2:
        game.press(random.choice(["a", "b"]))
    else:
        game.hold(random.choice(["up", "down", "left", "right"]), 16 * random.randint(1, 4))


class GoExplore:
    """Returns to states that were reached before and explores from there; nothing that was found is lost again.

    After Ecoffet et al., "First return, then explore" (2021): cells instead of states, a return by checkpoint, and a
    choice that prefers cells seen rarely. With ``choose=ask(llm_query, goal)`` a model chooses, as in Lu et al.,
    "Intelligent Go-Explore" (2024).

    Args:
        game: the machine; exploring begins where it stands.
        cell: the key of the state that a machine stands in; plain data. Coarse keys explore far, fine ones thoroughly.
        choose: which cells to explore from; by default at random, weighted by 1/√(seen + chosen + 1).
        seed: of all that is random here; the same seed finds the same cells.

    Attributes:
        cells: what was reached, by key. Keep it in a variable: ``run`` goes on from it.
        errors: what went wrong on branches, a line each.
    """

    def __init__(
        self, game: Game, cell: Callable[[Game], Any] = place, *, choose: Choose | None = None, seed: int = 0
    ) -> None:
        self.cells: dict[Key, Cell] = {}
        self.errors: list[str] = []
        self._game = game
        self._key = cell
        self._random = Random(seed)
        self._choose = choose or self.rarely_seen
        self._note(frozen(cell(game)), game.checkpoint("explore"), 1)

    def run(
        self,
        policy: Step = wander,
        rounds: int = 10,
        *,
        goal: Callable[[Game], bool] | None = None,
        branches: int | None = None,
        steps: int = 30,
        frames: int | None = None,
    ) -> Cell | None:
        """Explore in rounds: choose cells, return to each on a branch of its own, and go on from there.

        Args:
            policy: one step of exploring, ``policy(game, random)``; called ``steps`` times on each branch.
            rounds: how many.
            goal: ends the search as soon as it holds on a branch.
            branches: at once; by default four for each core.
            steps: of each branch.
            frames: at most on each branch.

        Returns:
            The cell where the goal held, to ``game.restore(cell.checkpoint)``; ``None`` if it never did.

        Raises:
            UsageProblem: ``choose`` gave no cell.
        """
        width = branches or 4 * self._game.cores
        for _ in range(rounds):
            chosen = list(self._choose(list(self.cells.values()), width))
            if not chosen:
                raise UsageProblem("No cell was chosen to explore from.", "Return one cell or more of those given.")
            for cell in chosen:
                cell.chosen += 1
            walks = [partial(self._walk, policy, goal, cell, steps, self._random.random()) for cell in chosen]
            results = self._game.explore(walks, chosen[0].checkpoint, frames=frames, keep=0)
            reached = [self._take(each) for each in sorted(results, key=lambda result: result.number)]
            there = [cell for cell in reached if cell is not None]
            if there:
                return min(there, key=lambda cell: cell.checkpoint.frame)
        return None

    def rarely_seen(self, cells: Sequence[Cell], count: int) -> list[Cell]:
        """The usual choice: at random, the less a cell was seen and explored from the likelier."""
        weights = [(cell.seen + cell.chosen + 1) ** -0.5 for cell in cells]
        return self._random.choices(cells, weights, k=count)

    def _walk(
        self, policy: Step, goal: Callable[[Game], bool] | None, cell: Cell, steps: int, seed: float, game: Game
    ) -> dict[str, Any]:
        """On a branch: return to a cell, explore, and tell which cells were met and how."""
        random, found, seen = Random(seed), dict[Key, Checkpoint](), Counter[Key]()
        error, reached = "", None
        game.restore(cell.checkpoint)
        try:
            for _ in range(steps):
                policy(game, random)
                key = frozen(self._key(game))
                seen[key] += 1
                if goal is not None and goal(game):
                    found[key], reached = game.checkpoint("goal"), key
                    break
                known = found.get(key) or (self.cells[key].checkpoint if key in self.cells else None)
                if known is None or game.frame < known.frame:
                    found[key] = game.checkpoint(f"cell {key}")
        except Exception as problem:  # noqa: BLE001 - the policy is model-written, and what was found before counts
            error = one_line(problem)
        met = [(key, seen[key], found.get(key)) for key in seen]
        return {"met": met, "reached": reached, "goal": reached is not None, "error": error}

    def _take(self, result: Explored) -> Cell | None:
        """Take over what a branch met; the cell where the goal held, if it did."""
        walked = result.answer if isinstance(result.answer, dict) else {}
        problem = result.error or walked.get("error", "")
        if problem:
            self.errors.append(problem)
        for key, seen, found in walked.get("met", []):
            self._note(frozen(key), Checkpoint(**found) if found else None, seen)
        if not walked.get("goal"):
            return None
        return self.cells[frozen(walked["reached"])]

    def _note(self, key: Key, found: Checkpoint | None, seen: int) -> None:
        cell = self.cells.get(key)
        if cell is None:
            if found is None:
                return
            cell = self.cells[key] = Cell(key, found)
        elif found is not None and found.frame < cell.checkpoint.frame:
            cell.checkpoint, cell.chosen = found, 0
        cell.seen += seen


def ask(query: Callable[[str], str], goal: str) -> Choose:
    """A choice of cells that asks a model, such as ``GoExplore(game, choose=ask(llm_query, "find the gym"))``.

    Args:
        query: takes a prompt and returns a text, as ``llm_query`` does.
        goal: what the exploration is for, in words.

    Returns:
        A choice; where the model names too few cells, those explored from least fill up.
    """

    def choose(cells: Sequence[Cell], count: int) -> list[Cell]:
        """The cells that the model names, as many as are wanted."""
        least = sorted(cells, key=lambda cell: (cell.chosen, cell.seen, -cell.checkpoint.frame))[:LISTED]
        lines = [
            f"{number}: {cell.key} ({cell.checkpoint.frame} frames away, seen {cell.seen}, explored from {cell.chosen})"
            for number, cell in enumerate(least)
        ]
        prompt = (
            f"A game is explored by returning to states reached before. Goal: {goal}\nStates reached:\n"
            + "\n".join(lines)
            + f"\nFrom which should the next {count} explorations begin? Answer with up to {count} numbers, best first."
        )
        named = [int(number) for number in re.findall(r"\d{1,9}", query(prompt))]
        wanted = [least[number] for number in named if number < len(least)]
        return (wanted + list(itertools.islice(itertools.cycle(least), count)))[:count]

    return choose


def reroll(
    game: Game,
    act: Callable[[Game], Any],
    until: Callable[[Game], bool],
    tries: int = 32,
    *,
    step: int = 1,
    frames: int | None = None,
    at_once: int = 8,
) -> Explored | None:
    """Wait some frames before an act, ever more, until its outcome is the wished one; then your machine stands there.

    Most games draw their random numbers from what passes between the frames, so the same act a frame later may end in
    another way: a hit, a catch, no encounter. Every try is a branch and recorded as one.

    Args:
        game: your machine; it does not move unless the outcome is found.
        act: what to do, ``act(game)``.
        until: whether the outcome holds, ``until(game)``, asked after the act.
        tries: waits of 0, step, 2·step … frames.
        step: frames.
        frames: at most on each branch, waiting included.
        at_once: tries in one go; the shortest wait of the first go with a success is taken.

    Returns:
        The result whose end was taken over (``.answer`` is ``{"waited": frames, "answer": what act returned}``), or
        ``None`` if no try came out as wished.
    """
    if tries < 1 or step < 1 or at_once < 1:
        raise UsageProblem("Tries, step and at_once are numbers from 1.", "Leave them out for the usual ones.")
    start = game.checkpoint("re-roll")

    def attempt(waited: int, branch: Game) -> dict[str, Any]:
        """One try, after so many frames."""
        if waited:
            branch.wait(waited)
        answer = act(branch)
        return {"waited": waited, "answer": answer, "held": bool(until(branch))}

    def wished(result: Explored) -> tuple[bool, int]:
        """The rank of a try: those that came out as wished first, of these the earliest."""
        held = isinstance(result.answer, dict) and result.answer["held"] and not result.error
        return (held, -result.number)

    for first in range(0, tries, at_once):
        waits = [number * step for number in range(first, min(first + at_once, tries))]
        candidates = [partial(attempt, waited) for waited in waits]
        best = game.explore(candidates, start, frames=frames, keep=1, rank=wished)[0]
        if wished(best)[0] and best.checkpoint is not None:
            game.restore(best.checkpoint)
            return best
    return None


def frozen(key: Any) -> Key:
    """A key with its lists made tuples, as it was before it crossed between processes.

    Raises:
        UsageProblem: it cannot be a key.
    """
    if isinstance(key, list | tuple):
        return tuple(frozen(each) for each in key)
    if key is None or isinstance(key, str | int | float | bytes):
        return key
    raise UsageProblem(f"A {type(key).__name__} cannot name a cell.", "Use text, numbers, or tuples of them.")
