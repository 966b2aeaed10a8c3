"""The world as a graph: squares are nodes, and every button that moves the player is an edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pokerl.atlas import model
from pokerl.atlas.model import STEPS, AtlasMap, Place, Warp
from pokerl.atlas.world import World

HOP_COST, WARP_COST, ELEVATOR_COST, SURF_COST, CUT_COST = 2, 4, 30, 12, 15
PLAIN = model.FLOOR + model.GRASS + model.UNKNOWN
ABILITIES = frozenset(("cut", "surf", "strength"))


Edge = tuple[int, int, str, str]
"""One press of a button: the node it leads to (or -1 - number of a way), its cost in steps, the button, what it is.

There are a quarter of a million of them, so they are plain tuples.
"""


class Way(NamedTuple):
    """An edge to another map that depends on where one came from.

    Attributes:
        place: the square of the warp.
        warp: what it is; ``None`` if the target is fixed.
        target: the fixed target.
    """

    place: Place
    warp: Warp | None
    target: Place | None


class Graph:
    """Nodes and edges for what the player can do; each map's edges are made when the search first comes there.

    Args:
        world: the maps.
        abilities: of ``ABILITIES``.
        grass: what a step into tall grass costs beyond a plain step.
    """

    def __init__(self, world: World, abilities: Iterable[str] = (), grass: int = 0) -> None:
        self.world = world
        self.abilities = frozenset(abilities)
        self.step_costs = {model.FLOOR: 1, model.DOOR: 1, model.SPINNER: 1, model.ICE: 1, model.UNKNOWN: 1}
        self.step_costs |= {model.GRASS: 1 + grass}
        self.step_costs |= {model.WATER: 1} if "surf" in self.abilities else {}
        self.step_costs |= {model.TREE: CUT_COST} if "cut" in self.abilities else {}
        self.bases: dict[int, int] = {}
        self.size = 0
        for identifier, one in world.maps.items():
            self.bases[identifier] = self.size
            self.size += one.width * one.height
        self.map_of = [identifier for identifier, one in world.maps.items() for _ in range(one.width * one.height)]
        self.ways: list[Way] = []
        self._edges: list[list[Edge] | None] = [None] * self.size
        self._added: set[int] = set()

    def node(self, place: Place) -> int:
        """The node of a square; -1 if the map has no such square."""
        one = self.world.maps.get(place.map)
        if one is None or not (0 <= place.x < one.width and 0 <= place.y < one.height):
            return -1
        return self.bases[place.map] + place.y * one.width + place.x

    def place(self, node: int) -> Place:
        """The square of a node."""
        identifier = self.map_of[node]
        y, x = divmod(node - self.bases[identifier], self.world.maps[identifier].width)
        return Place(identifier, x, y)

    def edges(self, node: int) -> list[Edge]:
        """What the four buttons do on a square."""
        found = self._edges[node]
        if found is None:
            here = self.world.maps[self.map_of[node]]
            if here.identifier not in self._added:
                self._add(here)
            # Squares that nobody can come onto are left out there: only a search that begins on one asks.
            found = self._edges[node]
            if found is None:
                y, x = divmod(node - self.bases[here.identifier], here.width)
                found = self._edges[node] = self._slowly(here, x, y)
        return found

    def open(self, place: Place) -> bool:
        """Whether one can be on a square, as far as its ground goes."""
        one = self.world.maps.get(place.map)
        return one is not None and one.ground(place.x, place.y) in self.step_costs

    def _add(self, here: AtlasMap) -> None:
        self._added.add(here.identifier)
        base, width = self.bases[here.identifier], here.width
        special = self._special(here)
        costs = self.step_costs
        rows = here.rows
        for y, row in enumerate(rows):
            for x, sign in enumerate(row):
                if sign not in costs:
                    continue
                node = base + y * width + x
                if (x, y) in special or sign not in PLAIN or not (0 < x < width - 1 and 0 < y < here.height - 1):
                    self._edges[node] = self._slowly(here, x, y)
                    continue
                edges: list[Edge] = []
                if (cost := costs.get(rows[y + 1][x])) is not None:
                    edges.append((node + width, cost, "down", "walk"))
                if (cost := costs.get(rows[y - 1][x])) is not None:
                    edges.append((node - width, cost, "up", "walk"))
                if (cost := costs.get(row[x - 1])) is not None:
                    edges.append((node - 1, cost, "left", "walk"))
                if (cost := costs.get(row[x + 1])) is not None:
                    edges.append((node + 1, cost, "right", "walk"))
                self._edges[node] = edges

    def _special(self, here: AtlasMap) -> set[tuple[int, int]]:
        """Squares on or beside which a button does more than a plain step."""
        marked = {(warp.x, warp.y) for warp in here.warps} | set(here.spins) | set(here.holes)
        marked |= {(x, y) for x, y, _ in here.slides}
        marked |= {(x, y) for y, row in enumerate(here.rows) for x, sign in enumerate(row) if sign in "~T"}
        around = {(x + across, y + down) for x, y in marked for across, down in STEPS.values()}
        edges = {(x, y) for x, y, _ in here.hops | here.barriers | here.shores}
        return marked | around | edges

    def _slowly(self, here: AtlasMap, x: int, y: int) -> list[Edge]:
        edges: list[Edge] = []
        for button in STEPS:
            edges += self._press(here, x, y, button)
        return edges

    def _press(self, here: AtlasMap, x: int, y: int, button: str) -> list[Edge]:
        found = self._step(here, x, y, button)
        if found:
            return found
        pushed = (warp for warp in here.warps if (warp.x, warp.y) == (x, y) and button in warp.push)
        return [edge for warp in pushed for edge in self._through(here, warp, button, "push")]

    def _step(self, here: AtlasMap, x: int, y: int, button: str) -> list[Edge]:
        across, down = STEPS[button]
        if (x, y, button) in here.hops:
            return self._enter(here, x + 2 * across, y + 2 * down, button, "hop", HOP_COST)
        if not (0 <= x + across < here.width and 0 <= y + down < here.height):
            return self._cross(here, x, y, button)
        sign, beyond = here.ground(x, y), here.ground(x + across, y + down)
        wet = model.WATER in (sign, beyond)
        if beyond not in self.step_costs or (x, y, button) in (here.shores if wet else here.barriers):
            return []
        kind, cost = "walk", self.step_costs[beyond]
        if beyond == model.WATER and sign != model.WATER:
            kind, cost = "surf", SURF_COST
        elif beyond == model.TREE:
            kind = "cut"
        return self._enter(here, x + across, y + down, button, kind, cost)

    def _enter(self, here: AtlasMap, x: int, y: int, button: str, kind: str, cost: int) -> list[Edge]:
        """Come onto a square, and be taken on from there if it does that."""
        for warp in here.warps:
            if (warp.x, warp.y) == (x, y) and (warp.instant or button in warp.push):
                return self._through(here, warp, button, "warp")
        if (x, y) in here.holes:
            return [self._way(Way(Place(here.identifier, x, y), None, here.holes[x, y]), button, "fall")]
        if (x, y, button) in here.slides:
            there = here.slides[x, y, button]
            slid = cost + abs(there[0] - x) + abs(there[1] - y)
            return [(self.node(Place(here.identifier, *there)), slid, button, "slide")]
        seen: set[tuple[int, int]] = set()
        while (x, y) in here.spins and (x, y) not in seen:
            seen.add((x, y))
            there = here.spins[x, y]
            kind, cost = "spin", cost + abs(there[0] - x) + abs(there[1] - y)
            x, y = there
        node = self.node(Place(here.identifier, x, y))
        return [(node, cost, button, kind)] if node >= 0 else []

    def _cross(self, here: AtlasMap, x: int, y: int, button: str) -> list[Edge]:
        for way in here.connections:
            place = Place(way.destination, x + way.shift_x, y + way.shift_y)
            if way.side == button and self.open(place):
                there = self.world.maps[way.destination].ground(place.x, place.y)
                launched = there == model.WATER and here.ground(x, y) != model.WATER
                cost = SURF_COST if launched else self.step_costs[there]
                return [(self.node(place), cost, button, "surf" if launched else "cross")]
        return []

    def _through(self, here: AtlasMap, warp: Warp, button: str, kind: str) -> list[Edge]:
        place = Place(here.identifier, warp.x, warp.y)
        if not here.elevator:
            return [self._way(Way(place, warp, None), button, kind)]
        floors = [self.world.arrival(*floor) for floor in here.elevator]
        return [self._way(Way(place, None, floor), button, "elevator") for floor in floors if floor]

    def _way(self, way: Way, button: str, kind: str) -> Edge:
        self.ways.append(way)
        return (-len(self.ways), ELEVATOR_COST if kind == "elevator" else WARP_COST, button, kind)
