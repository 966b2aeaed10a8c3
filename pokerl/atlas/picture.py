"""Pictures of maps and of the world, made when they are asked for; from the ROM's own tiles where an atlas has them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pokerl.atlas import canvas
from pokerl.atlas.canvas import Colour, Picture
from pokerl.atlas.model import AtlasMap, Place, Tileset
from pokerl.atlas.path import Path
from pokerl.atlas.world import World
from pokerl.errors import UsageProblem

SQUARE = 16
GREYS = np.array((255, 170, 85, 0), np.uint8)
TRACK, START, END = (220, 30, 30), (30, 140, 30), (30, 60, 220)
GROUNDS: dict[str, Colour] = {
    ".": (236, 228, 208),
    "#": (92, 84, 80),
    ":": (132, 190, 100),
    "~": (110, 160, 226),
    "T": (60, 130, 60),
    "=": (170, 130, 90),
    "D": (226, 130, 60),
    "@": (200, 120, 200),
    "_": (206, 232, 246),
    "v": (190, 160, 110),
    "<": (190, 160, 110),
    ">": (190, 160, 110),
    "?": (24, 24, 32),
}
"""Colours of the signs, for maps of which nobody has tiles."""


def map_picture(world: World, which: int | str, *, scale: int = 16, track: Sequence[Place] | Path = ()) -> Picture:
    """One map.

    Args:
        world: the atlas.
        which: id or name.
        scale: pixels a square, 1, 2, 4, 8 or 16.
        track: places of the player, or a path; what lies on other maps is left out.

    Returns:
        uint8, shape (height · scale, width · scale, 3), RGB. ``canvas.png`` makes a PNG of it.

    Raises:
        UsageProblem: there is no such map, or the scale is another one.
    """
    one = world.map(which)
    picture = _shrunk(_drawn(world, one), scale)
    _draw_track(picture, [(p.x, p.y) if p.map == one.identifier else None for p in _places(track)], scale)
    return picture


def world_picture(
    world: World, *, scale: int = 4, track: Sequence[Place] | Path = (), maps: Collection[int] | None = None
) -> Picture:
    """All maps that have global coordinates, in one picture; ``track`` is drawn over it.

    Args:
        world: the atlas.
        scale: pixels a square, 1, 2, 4, 8 or 16; with 4 the whole of Kanto fits into 1500 pixels.
        track: places of the player, or a path; a stay indoors interrupts it.
        maps: only these.

    Raises:
        UsageProblem: none of the maps has global coordinates, or the scale is another one.
    """
    chosen = {key: corner for key, corner in world.corners.items() if maps is None or key in maps}
    if not chosen:
        raise UsageProblem("None of these maps has a place in the world.", "Draw maps indoors with map_picture.")
    left = min(x for x, _ in chosen.values())
    top = min(y for _, y in chosen.values())
    right = max(x + world.maps[key].width for key, (x, _) in chosen.items())
    bottom = max(y + world.maps[key].height for key, (_, y) in chosen.items())
    picture = np.full(((bottom - top) * scale, (right - left) * scale, 3), 48, np.uint8)
    for key, (x, y) in chosen.items():
        part = _shrunk(_drawn(world, world.maps[key]), scale)
        picture[(y - top) * scale :, (x - left) * scale :][: part.shape[0], : part.shape[1]] = part
    spots = [world.globally(place) if place.map in chosen else None for place in _places(track)]
    _draw_track(picture, [spot and (spot[0] - left, spot[1] - top) for spot in spots], scale)
    return picture


def _drawn(world: World, one: AtlasMap) -> Picture:
    tileset = world.tilesets.get(one.tileset)
    if tileset is None or not one.blocks:
        return _by_ground(one)
    blocks = _blocks(tileset)
    numbers = np.frombuffer(one.blocks, np.uint8).reshape(one.height // 2, one.width // 2)
    known = np.minimum(numbers, len(blocks) - 1)
    grey = blocks[known].transpose(0, 2, 1, 3).reshape(one.height * SQUARE, one.width * SQUARE)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _by_ground(one: AtlasMap) -> Picture:
    colours = np.array([[GROUNDS[sign] for sign in row] for row in one.rows], np.uint8)
    picture = canvas.enlarged(colours, SQUARE)
    picture[::SQUARE] //= 8
    picture[::SQUARE] *= 7
    picture[:, ::SQUARE] //= 8
    picture[:, ::SQUARE] *= 7
    return picture


def _blocks(tileset: Tileset) -> NDArray[np.uint8]:
    """All blocks of a tileset: uint8, shape (blocks, 32, 32), grey."""
    planes = np.frombuffer(tileset.tiles, np.uint8).reshape(-1, 8, 2)
    bits = np.unpackbits(planes[..., None], axis=3)
    tiles = GREYS[bits[:, :, 0] + 2 * bits[:, :, 1]]
    numbers = np.frombuffer(tileset.blocks, np.uint8).reshape(-1, 4, 4)
    shapes: NDArray[np.uint8] = tiles[np.minimum(numbers, len(tiles) - 1)]
    return shapes.transpose(0, 1, 3, 2, 4).reshape(-1, 32, 32)


def _shrunk(picture: Picture, scale: int) -> Picture:
    """From 16 pixels a square to ``scale``, by averages."""
    if scale not in (1, 2, 4, 8, 16):
        raise UsageProblem(f"A scale of {scale} pixels a square is not possible.", "Use 1, 2, 4, 8 or 16.")
    step = SQUARE // scale
    height, width = picture.shape[0] // step, picture.shape[1] // step
    means: Picture = picture.reshape(height, step, width, step, 3).mean(axis=(1, 3)).astype(np.uint8)
    return means


def _places(track: Sequence[Place] | Path) -> Iterable[Place]:
    return (track.start, *(move.place for move in track.moves)) if isinstance(track, Path) else track


def _draw_track(picture: Picture, spots: Sequence[tuple[int, int] | None], scale: int) -> None:
    """Lines from square to square; a jump of more than two squares is a way that was not walked here."""
    at = [spot and (spot[0] * scale + scale // 2, spot[1] * scale + scale // 2) for spot in spots]
    for before, after in itertools.pairwise(at):
        if before and after and abs(before[0] - after[0]) + abs(before[1] - after[1]) <= 2 * scale:
            canvas.line(picture, before, after, TRACK, max(scale // 4, 1))
    ends = [spot for spot in at if spot]
    size = max(scale // 2, 3)
    for spot, colour in ((ends[0], START), (ends[-1], END)) if ends else ():
        canvas.tint(picture, spot[0] - size // 2, spot[1] - size // 2, size, size, colour, 1)
