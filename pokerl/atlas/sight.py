"""Finding out from pictures alone where the player is: the map is laid together like a puzzle.

A picture shows 10×9 squares. If most of them lie where they were, moved by a step or not, the player is on the same
map; if they fit somewhere else on what was seen before, he is there; else a new map begins.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray

from pokerl.atlas.model import STEPS, Place
from pokerl.atlas.seen import COLUMNS, PLAYER_COLUMN, PLAYER_ROW, ROWS, Material, SeenAtlas, Spot
from pokerl.cartridge.pixels import patterns

TILE_COLUMNS, TILE = 20, 16
START = 256
NEAR_FITS, FAR_FITS = 0.75, 0.95
ENOUGH = 12.0
COMMON = 12
PLAIN = 0.2
WINDOW = [(column, row) for row in range(ROWS) for column in range(COLUMNS)]
# The player covers his own square and part of the one above.
HIDDEN = {(PLAYER_COLUMN, PLAYER_ROW), (PLAYER_COLUMN, PLAYER_ROW - 1)}


class Sight:
    """Feeds a :class:`~pokerl.atlas.seen.SeenAtlas` with pictures.

    Args:
        atlas: the one to feed; its maps are numbered in the order in which they were found, from 0, and the first
            square on which one stood has the coordinates (256, 256).

    Pictures are to be taken while the player stands on the map and no box is open.
    """

    def __init__(self, atlas: SeenAtlas | None = None) -> None:
        self.atlas = atlas or SeenAtlas()
        self._looks: dict[int, dict[Spot, bytes]] = defaultdict(dict)
        self._where: dict[bytes, set[Place]] = defaultdict(set)
        self._restless: set[tuple[bytes, bytes]] = set()

    def observe(self, picture: NDArray[np.uint8], pressed: str = "") -> Place:
        """Take in a picture.

        Args:
            picture: the screen, uint8, shape (144, 160, 3).
            pressed: the button that was pressed since the last picture, "" if none.

        Returns:
            Where the player is, by what was seen.
        """
        looks, materials = _squares(picture)
        here = self._near(looks, pressed) or self._anywhere(looks) or Place(len(self._looks), START, START)
        view: dict[Spot, Material] = {}
        for column, row in WINDOW:
            spot = (here.x + column - PLAYER_COLUMN, here.y + row - PLAYER_ROW)
            if (column, row) not in HIDDEN:
                view[spot] = materials[column, row]
                self._remember(here.map, spot, looks[column, row])
                self._where[looks[column, row]].add(Place(here.map, *spot))
        self.atlas.look(here, view, pressed)
        return here

    def _remember(self, identifier: int, spot: Spot, look: bytes) -> None:
        """Note a square, and that two looks followed each other on it (water moves, people walk)."""
        before = self._looks[identifier].get(spot, look)
        if before != look:
            self._restless |= {(before, look), (look, before)}
        self._looks[identifier][spot] = look

    def _near(self, looks: dict[Spot, bytes], pressed: str) -> Place | None:
        """The step or standstill after which the picture fits best; the button that was pressed comes first."""
        last = self.atlas.here
        if last is None:
            return None
        buttons = sorted(STEPS, key=lambda button: button != pressed)
        steps = [(0, 0), *(STEPS[button] for button in buttons)]
        steps += [(2 * across, 2 * down) for across, down in steps[1:]]
        places = [Place(last.map, last.x + across, last.y + down) for across, down in steps]
        best = max(places, key=lambda place: self._fit(looks, place))
        return best if self._fit(looks, best) >= NEAR_FITS else None

    def _fit(self, looks: dict[Spot, bytes], place: Place) -> float:
        """Which share of the squares known around a place look as the picture shows; 0 if few are known.

        A plain square (four equal tiles: floor, darkness) says little, so it counts little.
        """
        known = self._looks[place.map]
        same = compared = 0.0
        for spot, look in looks.items():
            there = known.get((place.x + spot[0] - PLAYER_COLUMN, place.y + spot[1] - PLAYER_ROW))
            if there is not None and spot not in HIDDEN:
                weight = PLAIN if look == look[:TILE] * 4 else 1.0
                compared += weight
                same += weight * (there == look or (there, look) in self._restless)
        return same / compared if compared >= ENOUGH else 0.0

    def _anywhere(self, looks: dict[Spot, bytes]) -> Place | None:
        """The place for which most of the rarer squares vote, if the picture fits there."""
        votes: Counter[Place] = Counter()
        for (column, row), look in looks.items():
            found = self._where.get(look, set())
            if len(found) <= COMMON:
                votes.update(Place(p.map, p.x - column + PLAYER_COLUMN, p.y - row + PLAYER_ROW) for p in found)
        for place, _ in votes.most_common(3):
            if self._fit(looks, place) >= FAR_FITS:
                return place
        return None


def _squares(picture: NDArray[np.uint8]) -> tuple[dict[Spot, bytes], dict[Spot, bytes]]:
    """Of each square in sight how it looks, and its lower left tile."""
    tiles = patterns(picture)
    looks: dict[Spot, bytes] = {}
    materials: dict[Spot, bytes] = {}
    for column, row in WINDOW:
        at = 2 * row * TILE_COLUMNS + 2 * column
        below = at + TILE_COLUMNS
        looks[column, row] = b"".join((*tiles[at : at + 2], *tiles[below : below + 2]))
        materials[column, row] = tiles[below]
    return looks, materials
