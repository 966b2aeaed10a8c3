"""Pictures of maps, and screenshots as models get them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pokerl.atlas import Finder, Place, map_picture, png, world_picture
from pokerl.errors import UsageProblem
from pokerl.play.pictures import RULER, annotate, annotated, labels_of

TOWN, LANE = 0x00, 0x0C
RED = (220, 30, 30)
GREY_STEP = 64


def test_a_map_is_as_large_as_its_squares_and_shows_the_track(world):
    path = Finder(world).path(Place(TOWN, 5, 6), Place(TOWN, 9, 10))
    plain, drawn = map_picture(world, "FERNHOLM", scale=8), map_picture(world, TOWN, scale=8, track=path)
    assert plain.shape == (world.maps[TOWN].height * 8, world.maps[TOWN].width * 8, 3)
    changed = (plain != drawn).any(axis=2)
    assert changed[10 * 8 + 4, 9 * 8 + 4] and changed[6 * 8 + 4, 5 * 8 + 4] and not changed[0, 0]


def test_every_map_without_tiles_has_a_colour_for_each_of_its_signs(world):
    for number, one in world.maps.items():
        assert map_picture(world, number, scale=1).shape == (one.height, one.width, 3)


def test_a_map_is_drawn_as_the_game_draws_it(walker, world):
    place = walker.place
    drawn = map_picture(world, place.map)
    picture = walker.picture()
    left, top = 16 * (place.x - 4), 16 * (place.y - 4)
    floor = [
        (x, y)
        for y in range(9)
        for x in range(10)
        if (x, y) != (4, 4) and world.maps[place.map].ground(place.x + x - 4, place.y + y - 4) == "."
    ]
    assert len(floor) > 20
    for x, y in floor:
        on_map = drawn[top + 16 * y :, left + 16 * x :][:16, :16]
        on_screen = picture[16 * y :, 16 * x :][:16, :16]
        assert np.array_equal(on_map // GREY_STEP, on_screen // GREY_STEP)


def test_the_world_shows_all_towns_one_above_the_other(world):
    picture = world_picture(world, scale=4)
    heights = sum(world.maps[number].height for number in world.corners)
    assert picture.shape == (heights * 4, world.maps[TOWN].width * 4, 3)
    assert world_picture(world, scale=2, maps=[LANE]).shape[0] == world.maps[LANE].height * 2


def test_a_track_is_interrupted_where_nobody_walked(world):
    track = [Place(TOWN, 3, 8), Place(TOWN, 16, 14)]
    picture = map_picture(world, TOWN, scale=4, track=track)
    assert not (picture == RED).all(axis=2).any()


def test_impossible_pictures_are_refused(world):
    with pytest.raises(UsageProblem, match="scale of 3"):
        map_picture(world, TOWN, scale=3)
    with pytest.raises(UsageProblem, match="no map"):
        map_picture(world, "ATLANTIS")
    with pytest.raises(UsageProblem, match="place in the world"):
        world_picture(world, maps=[0x26])


def test_a_png_holds_the_picture(world):
    picture = map_picture(world, TOWN, scale=2)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(picture)))), picture)


def test_a_screenshot_tells_free_squares_from_blocked_ones(walker, world):
    place, picture = walker.place, np.full((144, 160, 3), 255, np.uint8)
    large = annotate(picture, scale=3, here=place, walkability=world, grid=False)
    assert large.shape == (144 * 3 + RULER, 160 * 3 + RULER, 3)
    one = world.maps[place.map]
    for row in range(9):
        for column in range(10):
            sign = one.ground(place.x + column - 4, place.y + row - 4)
            red, green, _ = (int(value) for value in large[RULER + row * 48 + 24, RULER + column * 48 + 24])
            if (column, row) != (4, 4) and sign in ".#":
                assert (green > red) == (sign == ".")


def test_labels_name_doors_and_signs(walker, world):
    labels = labels_of(walker.state(), world)
    assert labels[7, 1] == "to_HERO_HOUSE_1F" and "sign" in labels.values()


def test_a_menu_is_only_enlarged(walker, world):
    on_map = annotated(walker.picture(), walker.state(), world, scale=2)
    assert on_map.shape == (288 + RULER, 320 + RULER, 3)
    walker.press("start", wait=64)
    picture = walker.picture()
    assert np.array_equal(annotated(picture, walker.state(), world, scale=2)[::2, ::2], picture)
