"""What the tiles of a map mean: the lower left tile of each square decides about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from pokerl.atlas import model
from pokerl.atlas.model import STEPS

TileAt = Callable[[int, int], int]
"""The lower left tile of a square; squares around the map have one, too."""
Edges = frozenset[tuple[int, int, str]]
LEDGE_SIGNS = {direction: sign for sign, direction in model.LEDGES.items()}


class Ground(Struct, frozen=True):
    """What the tiles of one tileset mean.

    Attributes:
        passable: tiles that one can walk on.
        grass: the tile of tall grass, or FF.
        counters: tiles across which one talks.
        water, trees: tiles that need surf and cut.
        doors: tiles out of which one is walked when arriving on them.
        openings: tiles on which a warp works as soon as one stands there (doors are among them).
        ledges: (button, tile under the player, tile in front).
        land_pairs, water_pairs: two tiles between which one cannot walk, or not get on and off the water.
    """

    passable: frozenset[int]
    grass: int = 0xFF
    counters: frozenset[int] = frozenset()
    water: frozenset[int] = frozenset()
    trees: frozenset[int] = frozenset()
    doors: frozenset[int] = frozenset()
    openings: frozenset[int] = frozenset()
    ledges: frozenset[tuple[str, int, int]] = frozenset()
    land_pairs: frozenset[frozenset[int]] = frozenset()
    water_pairs: frozenset[frozenset[int]] = frozenset()

    def sign(self, tile: int) -> str:
        """The sign of a square with this lower left tile."""
        if tile in self.water:
            return model.WATER
        if tile in self.trees:
            return model.TREE
        if tile in self.passable:
            return model.GRASS if tile == self.grass else model.FLOOR
        if tile in self.counters:
            return model.COUNTER
        return LEDGE_SIGNS.get(self.ledge_of(tile), model.WALL)

    def ledge_of(self, tile: int) -> str:
        """The direction in which one hops over this tile, "" if it is no ledge."""
        return next((button for button, _, ledge in sorted(self.ledges) if ledge == tile), "")


def rows(ground: Ground, tile_at: TileAt, width: int, height: int) -> tuple[str, ...]:
    """The signs of a map of so many squares."""
    return tuple("".join(ground.sign(tile_at(x, y)) for x in range(width)) for y in range(height))


def hops(ground: Ground, tile_at: TileAt, width: int, height: int) -> Edges:
    """From where, and by which button, one hops over a ledge."""
    if not ground.ledges:
        return frozenset()
    return frozenset(
        (x, y, button)
        for x, y, button, here, there in _pairs(tile_at, width, height)
        if (button, here, there) in ground.ledges
    )


def barriers(pairs: frozenset[frozenset[int]], tile_at: TileAt, width: int, height: int) -> Edges:
    """Squares and directions between which two tiles of ``pairs`` meet."""
    if not pairs:
        return frozenset()
    return frozenset(
        (x, y, button)
        for x, y, button, here, there in _pairs(tile_at, width, height)
        if frozenset((here, there)) in pairs
    )


def _pairs(tile_at: TileAt, width: int, height: int) -> Iterator[tuple[int, int, str, int, int]]:
    for y in range(height):
        for x in range(width):
            for button, (across, down) in STEPS.items():
                yield x, y, button, tile_at(x, y), tile_at(x + across, y + down)
