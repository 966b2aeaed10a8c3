"""The shortest way from one square to another, over as many maps as it takes; or why there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pokerl.atlas.graph import ABILITIES, Graph
from pokerl.atlas.model import MEANINGS, STEPS, Place
from pokerl.atlas.obstacles import SHUT, guarded, occupied, watched
from pokerl.atlas.path import Goal, Move, Path
from pokerl.atlas.search import Search
from pokerl.atlas.world import World

PERSON_MOVED = 300


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
        eyes = watched(self.world, hidden, story or ())
        in_way = dict.fromkeys(eyes, sight) if sight else {}
        in_way |= occupied(self.world, people, hidden, blocked)
        in_way |= guarded(self.world, story) if story is not None else {}
        search = Search(self._graph(abilities, grass), in_way, last_map)
        if not search.open(start):
            return Path(start, reason=f"{self._name(start)} is not on the atlas.")
        if not goals:
            return Path(start, reason="The goal is not on the atlas, or nothing beside it can be stood on.")
        found = search.run(start, goals)
        if found is None:
            return Path(start, reason=self._why(start, goals, abilities, in_way, last_map))
        moves, cost = found
        end = moves[-1].place if moves else start
        seen_by = dict.fromkeys(who for move in moves for who in eyes.get(move.place, ()))
        return Path(start, moves, cost, facing=turns.get(end, ""), watched=tuple(seen_by))

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

    def _why(
        self,
        start: Place,
        goals: set[Place],
        abilities: Collection[str],
        in_way: Mapping[Place, int],
        last_map: int | None,
    ) -> str:
        """Search with all abilities, with nobody in the way, and with both; name what made the difference."""
        able = Search(self._graph(ABILITIES, 0), in_way, last_map)
        moved = {place: PERSON_MOVED if cost < 0 else cost for place, cost in in_way.items()}
        alone = Search(self._graph(abilities, 0), moved, last_map)
        reasons = [self._obstacles(search.run(start, goals), abilities, in_way) for search in (able, alone)]
        if not any(reasons):
            reasons = [self._obstacles(Search(able.graph, moved, last_map).run(start, goals), abilities, in_way)]
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
            self._gives_way(move.place, in_way[move.place])
            for move in moves
            if in_way.get(move.place, 0) < 0 and move.kind != "strength"
        ]
        return " and ".join([*reversed(needed.values()), *people])

    def _gives_way(self, place: Place, cost: int) -> str:
        """What must happen so that a square is free."""
        for guard in self.world.maps[place.map].guards:
            if (place.x, place.y) in guard.squares:
                return f"{guard.who} lets the player pass {self._name(place)} ({' or '.join(sorted(guard.until))})"
        person = next((one for one in self.world.maps[place.map].people if (one.x, one.y) == (place.x, place.y)), None)
        if person is None:
            return f"what shuts {self._name(place)} opens" + " (the caller gave it as `blocked`)" * (cost == SHUT)
        return f"{person.kind} {person.slot} leaves {self._name(place)}"

    def _name(self, place: Place) -> str:
        one = self.world.maps.get(place.map)
        return f"{one.name if one else f'map {place.map:02X}h'} ({place.x}, {place.y})"
