"""The search for the cheapest way over the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pokerl.atlas.graph import Edge, Graph
from pokerl.atlas.model import Place
from pokerl.atlas.obstacles import BOULDER
from pokerl.atlas.path import Move


class Search:
    """One search from one start: Dijkstra's algorithm with a list for each cost, since costs are small whole numbers.

    A state is a node and the map that "outside" means; the latter matters indoors only.
    """

    def __init__(self, graph: Graph, in_way: Mapping[Place, int], last_map: int | None) -> None:
        self.graph, self.world = graph, graph.world
        self.in_way = {graph.node(place): cost for place, cost in in_way.items()}
        self.last_map = last_map
        self.outsides: list[int | None] = [None]
        self.before: dict[int, tuple[int, Edge, int]] = {}

    def open(self, place: Place) -> bool:
        """Whether the atlas has such a square."""
        return self.graph.node(place) >= 0

    def reached(self) -> set[int]:
        """Ids of the maps reached."""
        return {self.graph.map_of[state % self.graph.size] for state in self.before}

    def run(self, start: Place, goals: Iterable[Place]) -> tuple[tuple[Move, ...], int] | None:
        """The moves to the nearest of some squares and their cost; ``None`` if there is no way."""
        graph, size, in_way, before = self.graph, self.graph.size, self.in_way, self.before
        wanted = {graph.node(place) for place in goals} - {-1}
        first = self._state(graph.node(start), self.last_map)
        best = {first: 0}
        buckets: list[list[int]] = [[first]]
        for cost, bucket in enumerate(buckets):
            for state in bucket:
                if best[state] != cost:
                    continue
                node = state % size
                if node in wanted:
                    return self._moves(state), cost
                for edge in graph.edges(node):
                    target = edge[0]
                    via = target
                    if target < 0:
                        target, via = self._through(state, edge)
                        if via in wanted and target >= 0:
                            before[-1] = (state, edge, via)
                            return self._moves(-1), cost + edge[1]
                        if target < 0:
                            continue
                    else:
                        target += state - node
                    reach = cost + edge[1]
                    if target in best and best[target] <= reach:
                        continue
                    extra = in_way.get(via)
                    if extra is not None:
                        if extra < 0 and not (extra == BOULDER and self._shifts(node, via)):
                            continue
                        reach += abs(extra)
                        if target in best and best[target] <= reach:
                            continue
                    best[target] = reach
                    before[target] = (state, edge, via)
                    while len(buckets) <= reach:
                        buckets.append([])
                    buckets[reach].append(target)
        return None

    def _state(self, node: int, outside: int | None) -> int:
        if self.world.maps[self.graph.map_of[node]].outdoors:
            return node
        if outside not in self.outsides:
            self.outsides.append(outside)
        return node + self.outsides.index(outside) * self.graph.size

    def _through(self, state: int, edge: Edge) -> tuple[int, int]:
        """The state behind a warp, and the node of the warp itself; -1 if nobody knows where it leads."""
        way = self.graph.ways[-1 - edge[0]]
        here = self.world.maps[way.place.map]
        outside = here.identifier if here.outdoors else self.outsides[state // self.graph.size]
        target = way.target if way.warp is None else self.world.leads_to(way.place, way.warp, outside)
        node = -1 if target is None else self.graph.node(target)
        via = self.graph.node(way.place)
        return (-1 if node < 0 else self._state(node, outside)), via

    def _shifts(self, node: int, boulder: int) -> bool:
        """Whether a boulder could be pushed on, away from the player."""
        if "strength" not in self.graph.abilities:
            return False
        here, there = self.graph.place(node), self.graph.place(boulder)
        beyond = Place(there.map, 2 * there.x - here.x, 2 * there.y - here.y)
        return here.map == there.map and self.graph.open(beyond) and self.graph.node(beyond) not in self.in_way

    def _moves(self, state: int) -> tuple[Move, ...]:
        moves: list[Move] = []
        while state in self.before:
            previous, edge, via = self.before[state]
            kind = "strength" if self.in_way.get(via) == BOULDER else edge[3]
            node = state % self.graph.size if state >= 0 else self._through(previous, edge)[0] % self.graph.size
            moves.append(Move(edge[2], kind, self.graph.place(node)))
            state = previous
        return tuple(reversed(moves))
