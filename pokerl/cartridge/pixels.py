"""The screen read from its picture alone: text boxes, menus, the cursor, health bars.

A picture is cut into 18 rows of 20 cells of 8×8 pixels, and each cell is looked up among known glyphs. That gives the
same 360 codes as the tile map in memory, wherever text stands, so the same functions read both. Scenery stays blank.
Text is always aligned to cells; while the map scrolls under it, only the map is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pokerl.cartridge import screen
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.profile import DATA
from pokerl.cartridge.screen import Dialogue, Menu
from pokerl.cartridge.text import COLUMNS, ROWS, SCREEN_CELLS, read_screen_text
from pokerl.errors import ConfigurationProblem, UsageProblem

Picture = NDArray[np.uint8]
"""A screen: uint8, shape (144, 160, 3), RGB."""
ReadRom = Callable[[int, int, int], bytes]
SIZE = 8
PATTERN = 16
FIRST_TEXT = 0x60
UNKNOWN = 0x00
SPACE = 0x7F
BAR_LEFT, BAR_EMPTY, BAR_FULL, BAR_CELLS = 0x62, 0x63, 0x6B, 6
BAR_PIXELS = BAR_CELLS * 8
# Where Red keeps its glyphs: symbol, glyphs, bits a pixel, code of the first. Later ones do not displace earlier ones.
RED_GLYPHS = (
    ("FontGraphics", 128, 1, 0x80),
    ("TextBoxGraphics", 32, 2, 0x60),
    ("HpBarAndStatusGraphics", 30, 2, 0x62),
    ("BattleHudTiles1", 3, 1, 0x6D),
    ("BattleHudTiles2", 3, 1, 0x73),
    ("BattleHudTiles3", 3, 1, 0x76),
)


class Glyphs(Struct, frozen=True):
    """What each glyph looks like.

    Attributes:
        codes: screen code of a cell's 16 bytes (the console's own format: two bits a pixel).
    """

    codes: dict[bytes, int]

    def __or__(self, other: Glyphs) -> Glyphs:
        """Both together; where they differ, the first one counts."""
        return Glyphs({**other.codes, **self.codes})

    def to_json(self) -> str:
        """As text, for a file: pattern in hexadecimal → code in hexadecimal."""
        return msgspec.json.encode({key.hex(): f"{code:02X}" for key, code in self.codes.items()}).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Glyphs:
        """What :meth:`to_json` wrote.

        Raises:
            UsageProblem: it is something else.
        """
        try:
            rows = msgspec.json.decode(text, type=dict[str, str])
            codes = {bytes.fromhex(key): int(code, 16) for key, code in rows.items()}
        except (msgspec.MsgspecError, ValueError) as error:
            raise UsageProblem(f"These are no glyphs: {error}.", "Give what Glyphs.to_json() returned.") from error
        if any(len(key) != PATTERN or not 0 <= code <= 0xFF for key, code in codes.items()):
            raise UsageProblem(
                "These are no glyphs: a size or a code is wrong.", "Give what Glyphs.to_json() returned."
            )
        return cls(codes)

    def taught(self, picture: Picture, row: int, column: int, text: str, cartridge: Cartridge) -> Glyphs:
        """These and the glyphs of a text that somebody has read with own eyes, cell by cell from (row, column).

        The way to begin with only pixels: look at a picture, tell what a few boxes say, and the rest is read.

        Args:
            picture: the screen.
            row, column: the cell of the first letter (0–17, 0–19).
            text: one letter a cell, as the cartridge's charmap has them.
            cartridge: its charmap gives the codes.

        Raises:
            UsageProblem: the text leaves the screen or has a letter that the charmap lacks.
        """
        codes = {letter: code for code, letter in reversed(list(cartridge.charmap.items()))} | {" ": SPACE}
        unknown = sorted({letter for letter in text if letter not in codes})
        if unknown or not (0 <= row < ROWS and 0 <= column <= column + len(text) <= COLUMNS):
            what = f"has no code for {' '.join(unknown)}" if unknown else "does not fit on the screen"
            raise UsageProblem(f"The text {text!r} {what}.", "Give one letter a cell.")
        cells = patterns(picture)[row * COLUMNS + column :]
        return Glyphs({pattern: codes[letter] for pattern, letter in zip(cells, text, strict=False)}) | self


class Bar(Struct, frozen=True):
    """A health bar: the cell where it begins, and how many of its 48 pixels are filled."""

    row: int
    column: int
    pixels: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.pixels / BAR_PIXELS


class ScreenText(Struct, frozen=True):
    """What a picture says.

    Attributes:
        rows: 18 rows of text; scenery is blank.
        dialogue: the text box at the bottom, if it is there.
        menu: the menu, if there is a cursor; its ``item`` and ``scroll`` are 0, since a picture does not tell them.
        bars: health bars from top to bottom.
        tilemap: the 360 codes; 0 for a cell that is no known glyph.
        strange: cells (row, column) inside the text box that are no known glyph.
    """

    rows: tuple[str, ...]
    dialogue: Dialogue | None
    menu: Menu | None
    bars: tuple[Bar, ...]
    tilemap: bytes
    strange: tuple[tuple[int, int], ...]


class ScreenReader:
    """Reads pictures.

    Args:
        glyphs: from :func:`glyphs_of_demo`, :func:`glyphs_from_rom`, :func:`glyphs_from_pairs` or
            :meth:`Glyphs.taught`.
        cartridge: its charmap turns codes into text.
    """

    def __init__(self, glyphs: Glyphs, cartridge: Cartridge) -> None:
        self.glyphs = glyphs
        self._table = cartridge.screen_table

    def tilemap(self, picture: Picture) -> bytes:
        """The 360 codes of a picture, row by row; 0 where no glyph is known."""
        codes = self.glyphs.codes
        return bytes(codes.get(pattern, UNKNOWN) for pattern in patterns(picture))

    def read(self, picture: Picture) -> ScreenText:
        """Everything that a picture says."""
        tilemap = self.tilemap(picture)
        dialogue = screen.read_dialogue(tilemap, self._table)
        return ScreenText(
            rows=read_screen_text(tilemap, self._table),
            dialogue=dialogue,
            menu=screen.read_menu(tilemap, bytes(screen.MENU_LENGTH), self._table),
            bars=read_bars(tilemap),
            tilemap=tilemap,
            strange=_strange(tilemap) if dialogue else (),
        )


def read_bars(tilemap: bytes) -> tuple[Bar, ...]:
    """Health bars among 360 screen codes, be they from memory or from a picture."""
    bars: list[Bar] = []
    for place in range(SCREEN_CELLS - BAR_CELLS):
        cells = tilemap[place + 1 : place + 1 + BAR_CELLS]
        row, column = divmod(place, COLUMNS)
        if tilemap[place] != BAR_LEFT or column + BAR_CELLS >= COLUMNS:
            continue
        if all(BAR_EMPTY <= cell <= BAR_FULL for cell in cells):
            bars.append(Bar(row, column, sum(cells) - BAR_EMPTY * BAR_CELLS))
    return tuple(bars)


def patterns(picture: Picture) -> list[bytes]:
    """The 360 cells of a picture in the console's format: 16 bytes each, two bits a pixel, white is 0.

    Raises:
        UsageProblem: it is no picture of 144×160 pixels.
    """
    if picture.shape[:2] != (ROWS * SIZE, COLUMNS * SIZE):
        raise UsageProblem(f"A screen has 144 x 160 pixels, not {picture.shape}.", "Pass what game.screen() returns.")
    grey = picture if picture.ndim == 2 else picture[:, :, 0]
    shades = 3 - (grey >> 6)
    cells = shades.reshape(ROWS, SIZE, COLUMNS, SIZE).transpose(0, 2, 1, 3).reshape(SCREEN_CELLS, SIZE, SIZE)
    planes = np.packbits(np.stack((cells & 1, cells >> 1), axis=2), axis=3)
    data = planes.tobytes()
    return [data[start : start + PATTERN] for start in range(0, len(data), PATTERN)]


def glyphs_of_demo() -> Glyphs:
    """The demo game's own glyphs, which come with pokerl.

    Raises:
        ConfigurationProblem: the file is missing or damaged.
    """
    path = DATA / "demo" / "font.json"
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationProblem(f"The font {path} cannot be read: {error}.", "Install pokerl again.") from error
    return Glyphs({_doubled(bytes.fromhex(row)): int(code, 16) for code, row in reversed(list(rows.items()))})


def glyphs_from_rom(read_rom: ReadRom, cartridge: Cartridge) -> Glyphs:
    """The glyphs out of the ROM at hand (needs ``rom.read``).

    Args:
        read_rom: ``read_rom(bank, address, length)``, e.g. ``game.read_rom``.
        cartridge: the game.

    Raises:
        UsageProblem: nothing is known of where it keeps its glyphs.
    """
    if cartridge.identifier == "demo":
        return glyphs_of_demo()
    if RED_GLYPHS[0][0] not in cartridge.rom_symbols:
        raise UsageProblem(
            f"Nothing is known of where {cartridge.title} keeps its glyphs.", "Use glyphs_from_pairs or Glyphs.taught."
        )
    codes: dict[bytes, int] = {}
    for symbol, count, bits, first in RED_GLYPHS:
        data = read_rom(*cartridge.rom_symbols[symbol], count * SIZE * bits)
        for number in range(count):
            glyph = data[number * SIZE * bits : (number + 1) * SIZE * bits]
            codes.setdefault(glyph if bits == 2 else _doubled(glyph), first + number)
    return Glyphs(codes | {bytes(PATTERN): SPACE})


def glyphs_from_pairs(pairs: Iterable[tuple[Picture, bytes]], least: int = 2, agreement: float = 0.9) -> Glyphs:
    """Glyphs learned from pictures of which the tile map is known, too (needs ``ram.read`` while learning).

    Memory is some frames ahead of the picture, and a scrolling map is not aligned, so a single pair proves little: a
    pattern is taken for a code when nearly all pairs say so.

    Args:
        pairs: pictures and their 360 codes (wTileMap).
        least: how often a pattern must have been seen.
        agreement: which share of its sightings must agree, 0–1.
    """
    votes: dict[bytes, Counter[int]] = {}
    for picture, tilemap in pairs:
        for pattern, code in zip(patterns(picture), tilemap, strict=True):
            votes.setdefault(pattern, Counter())[code] += 1
    found: dict[bytes, int] = {bytes(PATTERN): SPACE}
    for pattern, counts in votes.items():
        code, count = counts.most_common(1)[0]
        if code >= FIRST_TEXT and count >= least and count >= agreement * counts.total():
            found.setdefault(pattern, code)
    return Glyphs(found)


def _doubled(glyph: bytes) -> bytes:
    """One bit a pixel as two: black on white."""
    return bytes(byte for row in glyph for byte in (row, row))


def _strange(tilemap: bytes) -> tuple[tuple[int, int], ...]:
    rows = range(screen.BOX_TOP + 1, ROWS - 1)
    return tuple(
        (row, column) for row in rows for column in range(1, COLUMNS - 1) if tilemap[row * COLUMNS + column] == UNKNOWN
    )
