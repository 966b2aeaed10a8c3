"""The font: glyphs drawn in art/font.txt, as tiles for the codes 60h-7Fh and 80h-FFh."""

from .charmap import glyph_codes
from .paths import ART
from .pixels import content_lines, tile_bytes

FIRST_CODE = 0x60
BLANK = ["........"] * 8


def glyphs() -> dict[str, list[str]]:
    """Rows of each glyph by its name."""
    glyphs: dict[str, list[str]] = {}
    names: list[str] = []
    for line in content_lines((ART / "font.txt").read_text(encoding="utf-8")):
        if line.startswith("= "):
            names = line[2:].split()
            glyphs |= {name: [] for name in names}
        else:
            for name, row in zip(names, line.split(), strict=True):
                glyphs[name].append(row.ljust(8, "."))
    return glyphs


def font_bytes() -> bytes:
    """Tiles of all codes from 60h to FFh, in order."""
    codes = glyph_codes()
    drawn = {codes[name]: rows for name, rows in glyphs().items()}
    return b"".join(tile_bytes(drawn.get(code, BLANK)) for code in range(FIRST_CODE, 0x100))
