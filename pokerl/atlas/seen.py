"""An atlas made only of what was seen: for modes without ``rom.read``, and for games of which nobody has maps.

What lies on a square is its *material*. Whether one can walk on it is learned: it is free once somebody walked on it,
solid once somebody ran against it twice; until then it counts as free, so that paths lead where nobody has been.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping

from pokerl.atlas.model import DOOR, FLOOR, STEPS, UNKNOWN, WALL, AtlasMap, Place, Warp
from pokerl.atlas.world import World
from pokerl.cartridge import MemoryImage
from pokerl.cartridge.surroundings import EDGES, EDGES_LENGTH, Connection, read_connections

Spot = tuple[int, int]
Material = Hashable
COLUMNS, ROWS = 10, 9
PLAYER_COLUMN = PLAYER_ROW = 4
TILEMAP, TILEMAP_COLUMNS, TILEMAP_CELLS = 0xC3A0, 20, 360
POSITION, HEADER = 0xD35E, 0xD367
POSITION_LENGTH = EDGES + EDGES_LENGTH - POSITION
LAST_MAP = 0xFF
WARPS, WARPS_LENGTH = 0xD3AE, 0x81
SEEN_SPANS: tuple[tuple[int, int], ...] = ((TILEMAP, TILEMAP_CELLS), (POSITION, POSITION_LENGTH), (WARPS, WARPS_LENGTH))
"""What :meth:`SeenAtlas.observe` reads: the tile map, where the player is, and the doors of the map."""
FIRST_TEXT = 0x60
SOLID_AFTER = 2
MARGIN = 6


class SeenAtlas:
    """Collects what was seen. ``world`` is the atlas so far: the same paths and pictures as with one from a ROM.

    Attributes:
        here: where the player is by the last observation; ``None`` before the first.
        squares: material of every square seen, by map and square.
        walked: squares on which the player stood.
        crossings: where one arrives who leaves a square by a button for somewhere else; of maps known from memory only
            what their doors and edges do not explain.
    """

    def __init__(self) -> None:
        self.here: Place | None = None
        self.squares: dict[int, dict[Spot, Material]] = defaultdict(dict)
        self.walked: set[Place] = set()
        self.crossings: dict[tuple[Place, str], Place] = {}
        self._doors: dict[int, tuple[tuple[int, int, int, int], ...]] = {}
        self._connections: dict[int, tuple[Connection, ...]] = {}
        self.hops: set[tuple[Place, str]] = set()
        self._sizes: dict[int, Spot] = {}
        self._free: set[Material] = set()
        self._bumps: dict[Material, set[Place]] = defaultdict(set)
        self._blocked: set[Place] = set()

    def observe(self, memory: MemoryImage, pressed: str = "") -> Place:
        """Take in what memory shows while the player stands still.

        Args:
            memory: an image that holds ``SEEN_SPANS``.
            pressed: the button that was pressed since the last observation, "" if none or if a box was open.

        Returns:
            Where the player is.
        """
        map_id, _, _, y, x = memory.read(POSITION, 5)
        tileset, height, width = memory.read(HEADER, 3)
        self._sizes[map_id] = (width * 2, height * 2)
        self._connections[map_id] = read_connections(memory.read(EDGES, EDGES_LENGTH), height, width)
        count = min(memory.byte(WARPS), 32)
        records = memory.read(WARPS + 1, count * 4)
        entries = [records[start : start + 4] for start in range(0, count * 4, 4)]
        self._doors[map_id] = tuple((x, y, number, to) for y, x, number, to in entries)
        here = Place(map_id, x, y)
        self.look(here, _window(memory.read(TILEMAP, TILEMAP_CELLS), here, tileset), pressed)
        return here

    def look(self, here: Place, view: Mapping[Spot, Material], pressed: str = "") -> None:
        """Take in a view, however it was come by.

        Args:
            here: where the player is.
            view: material of the squares in sight, by x and y of that map.
            pressed: the button that was pressed since the last view.
        """
        before, self.here = self.here, here
        width, height = self._sizes.get(here.map, (0, 0))
        self.squares[here.map].update(
            (spot, material)
            for spot, material in view.items()
            if not width or (0 <= spot[0] < width and 0 <= spot[1] < height)
        )
        if before is not None and pressed in STEPS:
            self._learn(before, pressed, here)
        self.walked.add(here)
        self._blocked.discard(here)
        if here in self.walked and (material := self.material(here)) is not None:
            self._free.add(material)

    def doors(self, identifier: int) -> list[tuple[int, int, int | None]]:
        """The doors of a map of which memory told: x, y, and the map behind, ``None`` for "outside"."""
        return [(x, y, None if to == LAST_MAP else to) for x, y, _, to in self._doors.get(identifier, ())]

    def material(self, place: Place) -> Material | None:
        """What lies on a square, ``None`` if it was not seen."""
        return self.squares[place.map].get((place.x, place.y))

    @property
    def world(self) -> World:
        """The atlas so far. Make it anew (it takes some milliseconds) when something was learned."""
        arrivals: dict[int, list[Place]] = defaultdict(list)
        for end in self.crossings.values():
            if end not in arrivals[end.map]:
                arrivals[end.map].append(end)
        start = self.here.map if self.here else 0
        known = [identifier for identifier, squares in self.squares.items() if squares]
        return World([self._map(identifier, arrivals) for identifier in known], start=start)

    def sign(self, place: Place) -> str:
        """What is known of a square: floor, wall, door, or ``?``, which counts as free."""
        material = self.material(place)
        if place in self.walked:
            return FLOOR
        if any((x, y) == (place.x, place.y) for x, y, *_ in self._doors.get(place.map, ())):
            return DOOR
        if place in self._blocked or (material not in self._free and len(self._bumps.get(material, ())) >= SOLID_AFTER):
            return WALL
        return FLOOR if material in self._free else UNKNOWN

    def _learn(self, before: Place, pressed: str, here: Place) -> None:
        across, down = STEPS[pressed]
        ahead = Place(before.map, before.x + across, before.y + down)
        if here == before:
            self._blocked.add(ahead)
            if (material := self.material(ahead)) is not None:
                self._bumps[material].add(ahead)
        elif here == Place(before.map, before.x + 2 * across, before.y + 2 * down):
            self.hops.add((before, pressed))
        elif here != ahead and (here.map == before.map or before.map not in self._doors):
            self.crossings[before, pressed] = here

    def _map(self, identifier: int, arrivals: Mapping[int, list[Place]]) -> AtlasMap:
        width, height = self._size(identifier)
        left, top = self._corner(identifier)
        rows = [[WALL] * width for _ in range(top)]
        for y in range(top, height):
            rows.append([WALL] * left + [self.sign(Place(identifier, x, y)) for x in range(left, width)])
        warps = [self._warp(Place(identifier, x, y), *to) for x, y, *to in self._doors.get(identifier, ())]
        warps += [
            Warp(place.x, place.y, identifier, number, False) for number, place in enumerate(arrivals[identifier])
        ]
        for (start, button), end in self.crossings.items():
            if start.map == identifier:
                warps.append(self._crossing(rows, start, button, end, arrivals[end.map].index(end)))
        connections = self._connections.get(identifier, ())
        return AtlasMap(
            identifier=identifier,
            name=f"MAP_{identifier:02X}",
            rows=tuple("".join(row) for row in rows),
            outdoors=bool(connections),
            warps=tuple(warps),
            connections=connections,
            hops=frozenset((place.x, place.y, button) for place, button in self.hops if place.map == identifier),
        )

    def _warp(self, place: Place, number: int, destination: int) -> Warp:
        """A door of which memory tells. It opens at once, or, once somebody stood on it, to whoever goes on."""
        width, height = self._sizes[place.map]
        off = [b for b, (across, down) in STEPS.items() if not self._inside(place, across, down, width, height)]
        push = tuple(off) if off else tuple(STEPS) if place in self.walked else ()
        target = None if destination == LAST_MAP else destination
        steps_out = Place(place.map, place.x, place.y + 1) in self.walked and place not in self.walked
        return Warp(place.x, place.y, target, number, instant=not push, push=push, steps_out=steps_out)

    @staticmethod
    def _inside(place: Place, across: int, down: int, width: int, height: int) -> bool:
        return 0 <= place.x + across < width and 0 <= place.y + down < height

    def _crossing(self, rows: list[list[str]], start: Place, button: str, end: Place, number: int) -> Warp:
        """A way that somebody took, as a warp: on the square ahead, or on the one before if nobody can stand ahead."""
        ahead = Place(start.map, start.x + STEPS[button][0], start.y + STEPS[button][1])
        if ahead in self.walked:
            return Warp(ahead.x, ahead.y, end.map, number, False, (button,))
        if 0 <= ahead.y < len(rows) and 0 <= ahead.x < len(rows[0]):
            rows[ahead.y][ahead.x] = WALL
        return Warp(start.x, start.y, end.map, number, False, (button,))

    def _corner(self, identifier: int) -> Spot:
        """The first column and row worth exploring: in a map of unknown size a margin before what was seen."""
        if identifier in self._sizes:
            return 0, 0
        spots = self.squares[identifier]
        return max(min(x for x, _ in spots) - MARGIN, 0), max(min(y for _, y in spots) - MARGIN, 0)

    def _size(self, identifier: int) -> Spot:
        """As memory says, else what was seen and a margin to explore."""
        if identifier in self._sizes:
            return self._sizes[identifier]
        spots = self.squares[identifier]
        return max(x for x, _ in spots) + MARGIN, max(y for _, y in spots) + MARGIN


def _window(tilemap: bytes, here: Place, tileset: int) -> dict[Spot, Material]:
    """The squares around the player: tileset and lower left tile; none where a box or menu covers the map."""
    view: dict[Spot, Material] = {}
    for row in range(ROWS):
        for column in range(COLUMNS):
            at = 2 * row * TILEMAP_COLUMNS + 2 * column
            tiles = tilemap[at : at + 2] + tilemap[at + TILEMAP_COLUMNS : at + TILEMAP_COLUMNS + 2]
            if max(tiles) < FIRST_TEXT:
                spot = (here.x + column - PLAYER_COLUMN, here.y + row - PLAYER_ROW)
                view[spot] = (tileset, tiles[2])
    return view
