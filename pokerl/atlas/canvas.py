"""Drawing into arrays without any imaging library: rectangles, lines, small letters; and PNG."""

from __future__ import annotations

import functools
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from pokerl.cartridge import load
from pokerl.cartridge.pixels import glyphs_of_demo

Picture = NDArray[np.uint8]
"""uint8, shape (height, width, 3), RGB."""
Colour = tuple[int, int, int]
LETTER = 8


def png(picture: Picture) -> bytes:
    """A picture as the bytes of a PNG file."""
    height, width = picture.shape[:2]
    rows = np.zeros((height, 1 + width * 3), np.uint8)
    rows[:, 1:] = picture.reshape(height, width * 3)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def enlarged(picture: Picture, scale: int) -> Picture:
    """Each pixel as a square of ``scale`` pixels; a copy."""
    return np.ascontiguousarray(picture.repeat(scale, axis=0).repeat(scale, axis=1))


def tint(picture: Picture, left: int, top: int, width: int, height: int, colour: Colour, strength: float) -> None:
    """Mix a colour into a rectangle, as far as that lies in the picture; ``strength`` 1 paints over."""
    area = picture[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    area[:] = (area * (1 - strength) + np.array(colour) * strength).astype(np.uint8)


def line(picture: Picture, start: tuple[int, int], end: tuple[int, int], colour: Colour, width: int = 1) -> None:
    """A straight line between two points (x, y)."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    half = width // 2
    for step in range(steps + 1):
        x = start[0] + (end[0] - start[0]) * step // steps
        y = start[1] + (end[1] - start[1]) * step // steps
        tint(picture, x - half, y - half, width, width, colour, 1)


def frame(picture: Picture, left: int, top: int, width: int, height: int, colour: Colour, thick: int = 1) -> None:
    """The outline of a rectangle."""
    for x, y, w, h in (
        (left, top, width, thick),
        (left, top + height - thick, width, thick),
        (left, top, thick, height),
        (left + width - thick, top, thick, height),
    ):
        tint(picture, x, y, w, h, colour, 1)


def write(
    picture: Picture, left: int, top: int, text: str, colour: Colour, ground: Colour | None = None, scale: int = 1
) -> None:
    """Letters of eight pixels, on a ground of their own if one is given; what lies outside the picture is cut off."""
    mask = enlarged_mask(text, scale)
    height, width = mask.shape
    y, x = max(-top, 0), max(-left, 0)
    area = picture[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    mask = mask[y : y + area.shape[0], x : x + area.shape[1]]
    if ground is not None:
        area[:] = ground
    area[mask] = colour


def enlarged_mask(text: str, scale: int) -> NDArray[np.bool_]:
    """Which pixels of a line of text are ink."""
    font = _font()
    letters = [font.get(letter, font[" "]) for letter in text] or [font[" "][:, :0]]
    return np.concatenate(letters, axis=1).repeat(scale, axis=0).repeat(scale, axis=1)


@functools.cache
def _font() -> dict[str, NDArray[np.bool_]]:
    """The demo game's letters, which are pokerl's own, by character."""
    table = load("demo").charmap
    letters: dict[str, NDArray[np.bool_]] = {}
    for pattern, code in glyphs_of_demo().codes.items():
        rows = np.frombuffer(pattern[::2], np.uint8)
        letters.setdefault(table.get(code, ""), np.unpackbits(rows[:, None], axis=1).astype(bool))
    return letters | {" ": np.zeros((LETTER, LETTER), bool)}
