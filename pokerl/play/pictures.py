"""Screenshots as a model reads them best: larger, with a grid, the map's coordinates, what is walkable, and labels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pokerl.atlas import canvas
from pokerl.atlas.canvas import Colour, Picture
from pokerl.atlas.model import DOOR, GRASS, LEDGES, UNKNOWN, WALKABLE, WATER, Place
from pokerl.atlas.world import World
from pokerl.cartridge import GameState

SQUARE, COLUMNS, ROWS = 16, 10, 9
PLAYER_COLUMN = PLAYER_ROW = 4
RULER = 24
LINE, RULER_GROUND, INK = (150, 150, 150), (40, 40, 48), (255, 255, 255)
LABEL, LABEL_GROUND = (255, 255, 255), (20, 20, 20)
FREE, BLOCKED, EXIT, LEDGE = (60, 190, 80), (220, 60, 50), (240, 150, 20), (190, 120, 220)
TINTS: dict[str, Colour | None] = {
    **dict.fromkeys(WALKABLE, FREE),
    **dict.fromkeys(LEDGES, LEDGE),
    GRASS: (170, 200, 40),
    WATER: (60, 110, 230),
    DOOR: EXIT,
    UNKNOWN: None,
}
STRENGTH = 0.32
BOX_TOP = 6


def annotate(
    picture: Picture,
    *,
    scale: int = 4,
    grid: bool = True,
    here: Place | None = None,
    walkability: World | None = None,
    labels: Mapping[tuple[int, int], str] | None = None,
    rows: int = ROWS,
) -> Picture:
    """A screenshot with help lines. It fits while the player stands on the map, not in battles and full-screen menus.

    Args:
        picture: the screen, uint8, shape (144, 160, 3).
        scale: how many times larger, 1–8; labels and coordinates are legible from 3 on.
        grid: whether to draw the 10×9 squares.
        here: where the player stands. With it the map's x and y stand along the upper and left edge.
        walkability: an atlas (also a ``SeenAtlas``'s ``world``). With ``here`` it colours the squares: green is free,
            red blocked, yellow-green tall grass, blue water, orange an exit, violet a ledge.
        labels: texts by map square (x, y), e.g. of :func:`labels_of`; ``_`` begins a new line.
        rows: how many rows of squares show the map; 6 while a text box covers the rest.

    Returns:
        uint8, shape (144·scale, 160·scale, 3), and 24 pixels more at the top and left if ``here`` is given.
        ``show()`` takes it; ``pokerl.atlas.png`` makes a file of it.
    """
    large = canvas.enlarged(picture, scale)
    size = SQUARE * scale
    if here is not None and walkability is not None:
        _tint(large, size, here, walkability, rows)
    if grid:
        for column in range(1, COLUMNS):
            canvas.tint(large, column * size, 0, 1, rows * size, LINE, 0.6)
        for row in range(1, rows + (rows < ROWS)):
            canvas.tint(large, 0, row * size, large.shape[1], 1, LINE, 0.6)
    if here is None:
        return large
    for (x, y), text in (labels or {}).items():
        column, row = x - here.x + PLAYER_COLUMN, y - here.y + PLAYER_ROW
        if 0 <= column < COLUMNS and 0 <= row < rows:
            _label(large, column * size, row * size, size, text)
    return _with_rulers(large, size, here)


def labels_of(state: GameState, world: World | None = None) -> dict[tuple[int, int], str]:
    """Labels for what is on the player's map: where doors lead, people, things, and signs if an atlas knows them.

    Args:
        state: ``game.state()``.
        world: the atlas; without it people are numbered by their slot.
    """
    known = world.maps.get(state.player.map_id) if world is not None else None
    labels = {(warp.x, warp.y): f"to_{warp.destination_name}" for warp in state.warps}
    labels |= {(sign.x, sign.y): "sign" for sign in known.signs} if known else {}
    kinds = {person.slot: person.kind for person in known.people} if known else {}
    for sprite in state.sprites:
        if sprite.on_screen:
            labels[sprite.x, sprite.y] = f"{kinds.get(sprite.slot, 'person')}_{sprite.slot}"
    return labels


def annotated(picture: Picture, state: GameState, world: World | None = None, *, scale: int = 4) -> Picture:
    """The right picture for a moment: annotated on the map, only larger in battles, in menus and before the game."""
    if not state.running or state.battle is not None or state.menu is not None:
        return canvas.enlarged(picture, scale)
    here = Place(state.player.map_id, state.player.x, state.player.y)
    rows = BOX_TOP if state.dialogue is not None else ROWS
    return annotate(picture, scale=scale, here=here, walkability=world, labels=labels_of(state, world), rows=rows)


def _tint(large: Picture, size: int, here: Place, world: World, rows: int) -> None:
    for row in range(rows):
        for column in range(COLUMNS):
            if (column, row) != (PLAYER_COLUMN, PLAYER_ROW):
                place = Place(here.map, here.x + column - PLAYER_COLUMN, here.y + row - PLAYER_ROW)
                colour = TINTS.get(_ground(world, place), BLOCKED)
                if colour is not None:
                    canvas.tint(large, column * size, row * size, size, size, colour, STRENGTH)


def _ground(world: World, place: Place) -> str:
    """The sign of a square, which may lie over the edge on a neighbour."""
    one = world.maps.get(place.map)
    if one is None:
        return UNKNOWN
    if 0 <= place.x < one.width and 0 <= place.y < one.height:
        return one.ground(place.x, place.y)
    where = world.globally(place)
    beyond = world.at(*where) if where else None
    return world.maps[beyond.map].ground(beyond.x, beyond.y) if beyond else "#"


def _label(large: Picture, left: int, top: int, size: int, text: str) -> None:
    lines = text.split("_")
    letters = max(size // canvas.LETTER, 1)
    for number, line in enumerate(lines):
        line = line[: letters + 2]
        across = left + max((size - len(line) * canvas.LETTER) // 2, 1 - canvas.LETTER)
        canvas.write(large, across, top + 2 + number * canvas.LETTER, line, LABEL, LABEL_GROUND)


def _with_rulers(large: Picture, size: int, here: Place) -> Picture:
    height, width = large.shape[:2]
    whole = np.empty((height + RULER, width + RULER, 3), np.uint8)
    whole[:] = RULER_GROUND
    whole[RULER:, RULER:] = large
    canvas.write(whole, 4, 8, "xy", LINE)
    for column in range(COLUMNS):
        text = str(here.x + column - PLAYER_COLUMN)
        canvas.write(whole, RULER + column * size + (size - len(text) * canvas.LETTER) // 2, 8, text, INK)
    for row in range(ROWS):
        text = str(here.y + row - PLAYER_ROW)
        canvas.write(whole, RULER - len(text) * canvas.LETTER, RULER + row * size + size // 2 - 4, text, INK)
    canvas.frame(whole, RULER + PLAYER_COLUMN * size, RULER + PLAYER_ROW * size, size, size, (255, 230, 60), 2)
    return whole
