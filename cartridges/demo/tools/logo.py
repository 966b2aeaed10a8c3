"""The title's lettering: glyphs of the font at twice their size, with a shadow."""

from .font import glyphs
from .pixels import Rows, cut, tile_bytes


def _word(word: str) -> Rows:
    letters = glyphs()
    rows = ["".join(letters[letter][y] for letter in word) for y in range(8)]
    return ["".join(pixel * 2 for pixel in row) for row in rows for _ in range(2)]


def _shaded(rows: Rows) -> Rows:
    """Black letters with a dark shadow to the lower right."""
    out = []
    for y, row in enumerate(rows):
        above = rows[y - 1] if y else "." * len(row)
        line = ""
        for x, pixel in enumerate(row):
            shadow = x > 0 and above[x - 1] == "#"
            line += "3" if pixel == "#" else "1" if shadow else "0"
        out.append(line)
    return out


def word_tiles(word: str) -> bytes:
    """Tiles of a word, two rows of them."""
    rows = _shaded(_word(word))
    return b"".join(tile_bytes(cut(rows, x, y)) for y in (0, 1) for x in range(len(word) * 2))
