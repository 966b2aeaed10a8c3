"""The shortest way from one square to another, over as many maps as it takes; or why there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from pokerl.atlas.graph import ABILITIES, Edge, Graph
from pokerl.atlas.model import MEANINGS, STEPS, Place
from pokerl.atlas.world import World

Goal = Place | int | str | Collection[Place]
"""A square, any of some squares, or a map (id or name) wherever one enters it."""
WANDERER_COST = 4
BLOCKED, BOULDER = -1, -2
PERSON_MOVED = 300


class Move(Struct, frozen=True):
    """One press of a button, and where one then stands.

    Attributes:
        button: "up", "down", "left", "right".
        kind: "walk"; "cross" (over the map's edge); "warp" (onto a door, or a mat in the direction that leads out);
            "push" (against what is behind the mat one stands on); "hop" (over a ledge); "spin"; "slide" (over ice);
            "fall"; and those that need more than the button: "cut", "surf", "strength" (push a boulder), "elevator"
            (choose the floor first).
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


class Finder:
    """Finds paths over one world; keeps what it learned of its maps between calls.

    Args:
        world: the maps.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._graphs: dict[tuple[frozenset[str], int], Graph] = {}

    def path(
        self,
        start: Place,
        goal: Goal,
        *,
        abilities: Collection[str] = (),
        people: Mapping[int, Iterable[tuple[int, int]]] | None = None,
        hidden: Collection[tuple[int, int]] | None = None,
        blocked: Collection[Place] = (),
        last_map: int | None = None,
        story: Collection[str] | None = None,
        grass: int = 0,
        sight: int = 0,
        beside: bool = False,
    ) -> Path:
        """The cheapest way.

        Args:
            start: where the player stands.
            goal: a square, any of some squares, or a map.
            abilities: what the player can do now: of "cut", "surf", "strength". See :func:`abilities_of`.
            people: for some maps, the squares where somebody or something is now; of other maps the ROM tells it.
                Those whom the ROM lets wander are gone round only where that costs less than waiting for them.
            hidden: (map, slot) of people and items that are not there. See :func:`hidden_people`. By default it is as
                when the game begins.
            blocked: further squares that are not to be entered (a guard, a closed door).
            last_map: the map outdoors that the player came from (``state.player.last_map``); needed where doors lead
                "outside". While outdoors it is not needed.
            story: what has happened, see :func:`story_of`: guards whom it has not opened the way stop the player, and
                trainers who were beaten challenge nobody. Without it no guard stops the player.
            grass: what a step into tall grass costs beyond a plain one: more goes farther round.
            sight: the same of a step into the sight of a trainer who is not beaten.
            beside: stop in front of the goal instead, facing it (a person, a sign, an item); also across a counter.

        Returns:
            A path, or the reason why there is none.
        """
        goals, turns = self._goals(goal, beside)
        eyes = self._eyes(hidden, story or ())
        in_way = self._in_way(people, hidden, blocked) | self._guarded(story)
        in_way = dict.fromkeys(eyes, sight) | in_way if sight else in_way
        search = _Search(self._graph(abilities, grass), in_way, last_map)
        if not search.open(start):
            return Path(start, reason=f"{self._name(start)} is not on the atlas.")
        if not goals:
            return Path(start, reason="The goal is not on the atlas, or nothing beside it can be stood on.")
        found = search.run(start, goals)
        if found is None:
            return Path(start, reason=self._why(start, goals, abilities, in_way, last_map))
        moves, cost = found
        end = moves[-1].place if moves else start
        watched = dict.fromkeys(who for move in moves for who in eyes.get(move.place, ()))
        return Path(start, moves, cost, facing=turns.get(end, ""), watched=tuple(watched))

    def beside(self, place: Place) -> dict[Place, str]:
        """Squares from which one faces a square, and the button that turns there; across a counter, too."""
        one = self.world.map(place.map)
        found: dict[Place, str] = {}
        for button, (across, down) in STEPS.items():
            x, y = place.x - across, place.y - down
            if one.ground(x, y) == "=":
                x, y = x - across, y - down
            if one.ground(x, y) in ".:@_?~":
                found[Place(place.map, x, y)] = button
        return found

    def _goals(self, goal: Goal, beside: bool) -> tuple[set[Place], dict[Place, str]]:
        if isinstance(goal, int | str):
            one = self.world.map(goal)
            return {Place(one.identifier, x, y) for y in range(one.height) for x in range(one.width)}, {}
        places = {goal} if isinstance(goal, Place) else set(goal)
        if beside:
            turns = {near: button for place in places for near, button in self.beside(place).items()}
            return set(turns), turns
        return {place for place in places if place.map in self.world.maps}, {}

    def _graph(self, abilities: Collection[str], grass: int) -> Graph:
        key = (frozenset(abilities), grass)
        if key not in self._graphs:
            self._graphs[key] = Graph(self.world, *key)
        return self._graphs[key]

    def _in_way(
        self,
        people: Mapping[int, Iterable[tuple[int, int]]] | None,
        hidden: Collection[tuple[int, int]] | None,
        blocked: Collection[Place],
    ) -> dict[Place, int]:
        found: dict[Place, int] = {}
        for identifier, one in self.world.maps.items():
            now = set(people[identifier]) if people is not None and identifier in people else None
            for person in one.people:
                here = person.hidden if hidden is None else (identifier, person.slot) in hidden
                cost = BOULDER if person.kind == "boulder" else WANDERER_COST if person.walks else BLOCKED
                if not here and (now is None or (person.x, person.y) in now):
                    found[Place(identifier, person.x, person.y)] = cost
            for x, y in now or ():
                found.setdefault(Place(identifier, x, y), BLOCKED)
        return found | dict.fromkeys(blocked, BLOCKED)

    def _guarded(self, story: Collection[str] | None) -> dict[Place, int]:
        """Squares on which a guard stops the player."""
        return {
            Place(identifier, x, y): BLOCKED
            for identifier, one in self.world.maps.items()
            for guard in one.guards
            if story is not None and guard.until.isdisjoint(story)
            for x, y in guard.squares
        }

    def _eyes(
        self, hidden: Collection[tuple[int, int]] | None, story: Collection[str]
    ) -> dict[Place, list[tuple[int, int]]]:
        """The squares that trainers look at, and who does."""
        found: dict[Place, list[tuple[int, int]]] = {}
        for identifier, one in self.world.maps.items():
            for person in one.people:
                away = person.hidden if hidden is None else (identifier, person.slot) in hidden
                if not away and person.event not in story:
                    for x, y in person.watched:
                        found.setdefault(Place(identifier, x, y), []).append((identifier, person.slot))
        return found

    def _why(
        self,
        start: Place,
        goals: set[Place],
        abilities: Collection[str],
        in_way: Mapping[Place, int],
        last_map: int | None,
    ) -> str:
        """Search with all abilities, with nobody in the way, and with both; name what made the difference."""
        able = _Search(self._graph(ABILITIES, 0), in_way, last_map)
        moved = {place: PERSON_MOVED if cost < 0 else cost for place, cost in in_way.items()}
        alone = _Search(self._graph(abilities, 0), moved, last_map)
        reasons = [self._obstacles(search.run(start, goals), abilities, in_way) for search in (able, alone)]
        if not any(reasons):
            reasons = [self._obstacles(_Search(able.graph, moved, last_map).run(start, goals), abilities, in_way)]
        if any(reasons):
            return f"There is no way unless {', or '.join(filter(None, reasons))}."
        if not any(able.graph.open(place) for place in goals):
            place = min(goals)
            sign = MEANINGS[self.world.maps[place.map].ground(place.x, place.y)]
            return f"Nobody can stand at {self._name(place)}: {sign}. Pass beside=True to stop in front of it."
        reached = sorted({self.world.maps[identifier].name for identifier in able.reached()})
        return f"No way leads there; from the start one reaches {len(reached)} maps: {', '.join(reached[:12])}."

    def _obstacles(
        self, found: tuple[tuple[Move, ...], int] | None, abilities: Collection[str], in_way: Mapping[Place, int]
    ) -> str:
        moves = found[0] if found else ()
        needed = {
            move.kind: f"the player uses {move.kind} at {self._name(move.place)}"
            for move in reversed(moves)
            if move.kind in ABILITIES - set(abilities)
        }
        people = [
            self._gives_way(move.place) for move in moves if in_way.get(move.place, 0) < 0 and move.kind != "strength"
        ]
        return " and ".join([*reversed(needed.values()), *people])

    def _gives_way(self, place: Place) -> str:
        """What must happen so that a square is free."""
        for guard in self.world.maps[place.map].guards:
            if (place.x, place.y) in guard.squares:
                return f"{guard.who} lets the player pass {self._name(place)} ({' or '.join(sorted(guard.until))})"
        person = next((one for one in self.world.maps[place.map].people if (one.x, one.y) == (place.x, place.y)), None)
        if person is None:
            return f"what shuts {self._name(place)} opens"
        return f"{person.kind} {person.slot} leaves {self._name(place)}"

    def _name(self, place: Place) -> str:
        one = self.world.maps.get(place.map)
        return f"{one.name if one else f'map {place.map:02X}h'} ({place.x}, {place.y})"


class _Search:
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
        return self.graph.node(place) >= 0

    def reached(self) -> set[int]:
        """Ids of the maps reached."""
        return {self.graph.map_of[state % self.graph.size] for state in self.before}

    def run(self, start: Place, goals: Iterable[Place]) -> tuple[tuple[Move, ...], int] | None:
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
