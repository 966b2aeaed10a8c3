"""Text as the game holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TERMINATOR = 0x50
COLUMNS = 20
ROWS = 18
SCREEN_CELLS = COLUMNS * ROWS


def read_screen_text(tilemap: bytes, charmap: Mapping[int, str] | Sequence[str]) -> tuple[str, ...]:
    """The screen's 18 rows as text.

    Args:
        tilemap: 360 screen codes, row by row (wTileMap).
        charmap: text of each code; a code without one (a piece of scenery or of a picture) becomes a space.

    Returns:
        18 rows of 20 cells each. A cell that holds two letters, such as ``'s``, makes its row one character longer.
    """
    if isinstance(charmap, Mapping):
        charmap = tuple(charmap.get(code, " ") for code in range(256))
    text = [charmap[code] for code in tilemap]
    return tuple("".join(text[start : start + COLUMNS]) for start in range(0, SCREEN_CELLS, COLUMNS))


def decode_text(data: bytes, table: Sequence[str]) -> str:
    """A stored name: the text before the terminator 50h, or all of it if there is none.

    Args:
        data: the field's bytes.
        table: text of each of the 256 codes; a space where there is none.
    """
    return "".join([table[code] for code in data.partition(b"\x50")[0]]).rstrip()
