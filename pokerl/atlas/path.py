"""A way from one square to another, move by move, or why there is none."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from pokerl.atlas.model import Place
from pokerl.atlas.world import World

Goal = Place | int | str | Collection[Place]
"""A square, any of some squares, or a map (id or name) wherever one enters it."""


class Move(Struct, frozen=True):
    """One press of a button, and where one then stands.

    Attributes:
        button: "up", "down", "left", "right".
        kind: "walk"; "cross" (over the map's edge); "warp" (onto a door, or a mat in the direction that leads out);
            "push" (against what is behind the mat one stands on); "hop" (over a ledge); "spin"; "slide" (over ice);
            "fall"; and those that need more than the button: "cut", "surf", "strength" (push a boulder), "elevator"
            (choose the floor at the panel first, then press the button: the path reads the same before and after).
            Where ``place`` is on another map, hold the button until the map changes.
        place: where one stands afterwards.
    """

    button: str
    kind: str
    place: Place


class Path(Struct, frozen=True):
    """A way, or why there is none. True if there is one (also if it has no moves because one is there already).

    Attributes:
        start: where it begins.
        moves: in order; empty if there is none.
        cost: in steps; warps, ledges and the like count as several.
        reason: why there is no way, in words; "" if there is one.
        facing: the button that turns towards the goal at the end, if the goal was to stand beside something.
        watched: (map, slot) of the trainers into whose sight the way leads, in order.
    """

    start: Place
    moves: tuple[Move, ...] = ()
    cost: int = 0
    reason: str = ""
    facing: str = ""
    watched: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return not self.reason

    @property
    def end(self) -> Place:
        """Where it ends."""
        return self.moves[-1].place if self.moves else self.start

    @property
    def maps(self) -> tuple[int, ...]:
        """The maps it leads over, in order."""
        found = [self.start.map]
        for move in self.moves:
            if move.place.map != found[-1]:
                found.append(move.place.map)
        return tuple(found)

    def buttons(self) -> list[str]:
        """The button of each move."""
        return [move.button for move in self.moves]

    def text(self, world: World) -> str:
        """The way in words: ``up 3, left 2, warp up → OAKS_LAB (5, 11)``."""
        if self.reason:
            return self.reason
        parts: list[str] = []
        run, last = 0, ""
        for move in (*self.moves, None):
            if move is not None and move.kind == "walk" and move.button == last:
                run += 1
                continue
            if run:
                parts.append(f"{last} {run}")
            run, last = (1, move.button) if move is not None and move.kind == "walk" else (0, "")
            if move is not None and not run:
                name = world.maps[move.place.map].name
                parts.append(f"{move.kind} {move.button} → {name} ({move.place.x}, {move.place.y})")
        return ", ".join(parts) or "already there"
