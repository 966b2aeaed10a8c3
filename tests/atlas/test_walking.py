"""Paths on the running demo game: every move ends where the path says."""

from __future__ import annotations

import pytest

from pokerl.atlas import Finder, Place, people_here
from pokerl.atlas.model import STEPS
from pokerl.atlas.seen import SEEN_SPANS, SeenAtlas
from pokerl.atlas.sight import Sight

BEDROOM, HOME, TOWN, RIVAL = 0x26, 0x25, 0x00, 0x27
TOUR = (Place(HOME, 2, 4), Place(TOWN, 2, 14), Place(TOWN, 17, 7), Place(RIVAL, 3, 6), Place(TOWN, 9, 3))


def tour(walker, world):
    """Walk round the first town; yields the button pressed and the place that the path promised."""
    finder = Finder(world)
    for goal in TOUR:
        state = walker.state()
        path = finder.path(walker.place, goal, people=people_here(state), last_map=state.player.last_map)
        assert path, path.reason
        for move, button in zip(path.moves, walker.follow(path), strict=True):
            yield button, move.place


def test_every_move_ends_where_the_path_says(walker, world):
    promised = [(walker.place, place) for _, place in tour(walker, world)]
    assert len(promised) > 60
    assert all(place == there for place, there in promised)


def test_what_is_not_walkable_stops_the_player(walker, world):
    for button in ("up", "left", "down", "right") * 12:
        here = walker.place
        across, down = STEPS[button]
        ahead = Place(here.map, here.x + across, here.y + down)
        path = Finder(world).path(here, ahead)
        walker.step(button)
        free = bool(path) and len(path.moves) == 1
        assert walker.place == (path.end if free else here)


def test_an_atlas_learned_from_memory_leads_back_to_the_bedroom(walker, world):
    seen = SeenAtlas()
    seen.observe(walker.image(SEEN_SPANS))
    for button, _ in tour(walker, world):
        assert seen.observe(walker.image(SEEN_SPANS), button) == walker.place
    assert go_by_what_was_seen(walker, seen, BEDROOM) < 60


def go_by_what_was_seen(walker, seen: SeenAtlas, goal: int) -> int:
    """Walk by the atlas, and plan again after each surprise; returns how many presses it took."""
    presses = 0
    for _ in range(20):
        path = Finder(seen.world).path(walker.place, goal)
        assert path, path.reason
        for move, button in zip(path.moves, walker.follow(path), strict=False):
            presses += 1
            if seen.observe(walker.image(SEEN_SPANS), button) != move.place:
                break
        if walker.place.map == goal:
            return presses
    raise AssertionError(f"still on map {walker.place.map:02X} after {presses} presses")


def test_walls_are_learned_by_running_against_them(walker, world):
    seen = SeenAtlas()
    seen.observe(walker.image(SEEN_SPANS))
    for button in ("left", "up", "left", "up", "left", "down", "left", "down", "down", "down") * 3:
        walker.step(button)
        seen.observe(walker.image(SEEN_SPANS), button)
    true, learned = world.maps[BEDROOM], seen.world.maps[BEDROOM]
    assert (learned.width, learned.height) == (true.width, true.height)
    pairs = {(true.ground(x, y), learned.ground(x, y)) for y in range(true.height) for x in range(true.width)}
    assert (".", "#") not in pairs and ("#", ".") not in pairs
    assert ("#", "#") in pairs and (".", ".") in pairs


def test_pictures_alone_tell_how_far_the_player_moved_and_which_rooms_there_are(walker, world):
    sight = Sight()
    first = sight.observe(walker.picture())
    true = [walker.place]
    told = [first]
    for button, _ in tour(walker, world):
        told.append(sight.observe(walker.picture(), button))
        true.append(walker.place)
    names = dict(zip([place.map for place in told], [place.map for place in true], strict=True))
    assert [names[place.map] for place in told] == [place.map for place in true]
    assert len(set(names)) == len(set(names.values())) == 4
    anchors = {t.map: (t.x - s.x, t.y - s.y) for t, s in reversed(list(zip(told, true, strict=True)))}
    assert all((t.x - s.x, t.y - s.y) == anchors[t.map] for t, s in zip(told, true, strict=True))
    again = Finder(sight.atlas.world).path(told[0], told[-1])
    assert again and [names[number] for number in again.maps] == [BEDROOM, HOME, TOWN]


def test_what_nobody_saw_counts_as_free_in_a_map_of_known_size(walker):
    seen = SeenAtlas()
    here = seen.observe(walker.image(SEEN_SPANS))
    path = Finder(seen.world).path(here, Place(BEDROOM, 0, 7))
    assert path and path.end == Place(BEDROOM, 0, 7)


@pytest.mark.parametrize("button", ["a", "", "start"])
def test_a_button_that_is_no_step_teaches_nothing(button):
    seen = SeenAtlas()
    for _ in range(3):
        seen.look(Place(1, 5, 5), {(5, 5): "floor", (5, 4): "rock"}, button)
    assert seen.sign(Place(1, 5, 4)) == "?"
    for _ in range(3):
        seen.look(Place(1, 5, 5), {(5, 5): "floor", (5, 4): "rock"}, "up")
    assert seen.sign(Place(1, 5, 4)) == "#" and seen.sign(Place(1, 5, 5)) == "."
