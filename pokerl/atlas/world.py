"""All maps of a game as one world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pokerl.atlas.model import AtlasMap, Place, Tileset, Warp
from pokerl.errors import UsageProblem

OVERWORLD = (0xC6E8, 1300)
"""Address and length of the blocks of the map one is on, as they are now (wOverworldMap)."""
MARGIN = 3
Redraw = Callable[[AtlasMap, bytes], AtlasMap]


class World:
    """The maps, and where those outdoors lie in one system of coordinates.

    Args:
        maps: all of them.
        tilesets: how they look, by number; empty where that is unknown.
        start: the map whose upper left corner is (0, 0); those connected to it are placed around it.
        redraw: decodes a map again with other blocks; ``None`` where the atlas knows no blocks.

    Attributes:
        maps: by id.
        tilesets: by number.
        corners: of each map that is connected to the start over edges: global x and y of its upper left square.
    """

    def __init__(
        self,
        maps: Iterable[AtlasMap],
        tilesets: Mapping[int, Tileset] | None = None,
        start: int = 0,
        redraw: Redraw | None = None,
    ) -> None:
        self.maps = {one.identifier: one for one in maps}
        self.tilesets = dict(tilesets or {})
        self.corners = _corners(self.maps, start)
        self._outsides = _outsides(self.maps)
        self._start, self._redraw = start, redraw

    @property
    def indoors(self) -> tuple[AtlasMap, ...]:
        """The maps that have no place in the global coordinates."""
        return tuple(one for one in self.maps.values() if one.identifier not in self.corners)

    def map(self, which: int | str) -> AtlasMap:
        """A map by id or name.

        Raises:
            UsageProblem: there is none.
        """
        if isinstance(which, str):
            found = next((one for one in self.maps.values() if one.name == which.upper()), None)
        else:
            found = self.maps.get(which)
        if found is None:
            raise UsageProblem(f"The atlas has no map {which!r}.", "`atlas.maps` holds those there are.")
        return found

    def live(self, identifier: int, overworld: bytes) -> World:
        """The world with one map as it is now: doors that the story opened or shut, trees that were cut.

        Args:
            identifier: the map the player is on.
            overworld: the bytes at ``OVERWORLD``.

        Returns:
            Itself if nothing differs.
        """
        here = self.maps.get(identifier)
        if here is None or self._redraw is None:
            return self
        columns, rows = here.width // 2, here.height // 2
        pitch = columns + 2 * MARGIN
        starts = [(row + MARGIN) * pitch + MARGIN for row in range(rows)]
        blocks = b"".join(overworld[start : start + columns] for start in starts)
        if blocks == here.blocks or len(blocks) != len(here.blocks):
            return self
        maps = self.maps | {identifier: self._redraw(here, blocks)}
        return World(maps.values(), self.tilesets, self._start, self._redraw)

    def globally(self, place: Place) -> tuple[int, int] | None:
        """Global x and y of a square, or ``None`` indoors."""
        corner = self.corners.get(place.map)
        return (corner[0] + place.x, corner[1] + place.y) if corner else None

    def at(self, x: int, y: int) -> Place | None:
        """The square at global coordinates, if a map lies there."""
        for identifier, (left, top) in self.corners.items():
            one = self.maps[identifier]
            if 0 <= x - left < one.width and 0 <= y - top < one.height:
                return Place(identifier, x - left, y - top)
        return None

    def arrival(self, destination: int, number: int) -> Place | None:
        """Where one stands after a warp to that map's warp number, the step out of a door included."""
        there = self.maps.get(destination)
        if there is None or number >= len(there.warps):
            return None
        warp = there.warps[number]
        below = Place(destination, warp.x, warp.y + 1)
        return below if warp.steps_out and below.y < there.height else Place(destination, warp.x, warp.y)

    def outside(self, place: Place, last_map: int | None) -> int | None:
        """The map that "outside" means on a square, given the last one outdoors.

        Without the latter it is the only one from which one gets in, or ``None`` if there are several.
        """
        here = self.maps[place.map]
        if here.outside_north is not None and place.y < here.outside_north[0]:
            return here.outside_north[1]
        if here.outside is not None:
            return here.outside
        ways_in = self._outsides.get(place.map, set())
        return min(ways_in) if last_map is None and len(ways_in) == 1 else last_map

    def leads_to(self, place: Place, warp: Warp, last_map: int | None = None) -> Place | None:
        """Where a warp leads; ``None`` if that cannot be told."""
        destination = self.outside(place, last_map) if warp.destination is None else warp.destination
        return None if destination is None else self.arrival(destination, warp.destination_warp)


def _corners(maps: Mapping[int, AtlasMap], start: int) -> dict[int, tuple[int, int]]:
    """Follow the connections from the start. The first way to a map counts."""
    if start not in maps:
        return {}
    corners = {start: (0, 0)}
    waiting = [start]
    for identifier in waiting:
        here, (left, top) = maps[identifier], corners[identifier]
        for way in here.connections:
            if way.destination not in corners and way.destination in maps:
                corners[way.destination] = _corner(
                    here, maps[way.destination], way.side, way.shift_x, way.shift_y, left, top
                )
                waiting.append(way.destination)
    return corners


def _corner(
    here: AtlasMap, there: AtlasMap, side: str, shift_x: int, shift_y: int, left: int, top: int
) -> tuple[int, int]:
    if side in ("up", "down"):
        return left - shift_x, top - there.height if side == "up" else top + here.height
    return left - there.width if side == "left" else left + here.width, top - shift_y


def _outsides(maps: Mapping[int, AtlasMap]) -> dict[int, set[int]]:
    """For each map indoors those outdoors from which one gets in, through however many rooms."""
    found: dict[int, set[int]] = {}
    for outdoors in (one for one in maps.values() if one.outdoors):
        waiting = [outdoors]
        for here in waiting:
            for warp in here.warps:
                there = maps.get(warp.destination) if warp.destination is not None else None
                if there is None or there.outdoors or outdoors.identifier in found.setdefault(there.identifier, set()):
                    continue
                found[there.identifier].add(outdoors.identifier)
                waiting.append(there)
    return found
