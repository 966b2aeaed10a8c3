"""Pictures as rows of characters, and their conversion to the two bitplanes of a tile."""

SHADES = {" ": 0, ".": 0, "-": 1, "+": 2, "#": 3, "0": 0, "1": 1, "2": 2, "3": 3}
Rows = list[str]


def tile_bytes(rows: Rows) -> bytes:
    """One 8 by 8 tile in the console's format."""
    out = bytearray()
    for row in rows:
        shades = [SHADES[character] for character in row]
        out.append(sum((shade & 1) << (7 - x) for x, shade in enumerate(shades)))
        out.append(sum((shade >> 1) << (7 - x) for x, shade in enumerate(shades)))
    return bytes(out)


def cut(rows: Rows, tile_x: int, tile_y: int) -> Rows:
    """The 8 by 8 part of a picture at a tile position."""
    return [row[tile_x * 8 : tile_x * 8 + 8] for row in rows[tile_y * 8 : tile_y * 8 + 8]]


def mirrored(rows: Rows) -> Rows:
    """Left half plus its mirror image."""
    return [row + row[::-1] for row in rows]


def content_lines(text: str) -> list[str]:
    """Lines of an art file without comments (a '#' followed by a blank) and blank lines."""
    return [line.rstrip("\n") for line in text.splitlines() if line.strip() and not line.startswith("# ")]
