"""What the screen says: dialogue and menus."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pokerl.cartridge.text import COLUMNS, ROWS

TILEMAP = 0xC3A0
MENU = 0xCC24
MENU_LENGTH = 0xCC37 - MENU
CURRENT_ITEM, SCROLL = 0xCC26 - MENU, 0xCC36 - MENU
LIST = 0xCF8B
LISTS = {0xD163: "party", 0xD31D: "bag", 0xD53A: "PC", 0xDA80: "box", 0xCF7B: "shop"}
"""What wListPointer points at: the list that a box of entries which scroll shows."""
LIST_CORNER, LIST_COLUMN = (2, 4), 5
CURSOR, PROMPT, SPACE = 0xED, 0xEE, 0x7F
BLANK = bytes([SPACE])
TOP_LEFT, HORIZONTAL, TOP_RIGHT, VERTICAL, BOTTOM_LEFT, BOTTOM_RIGHT = range(0x79, 0x7F)
FRAME = frozenset(range(0x79, 0x7F))
BOX_TOP = 12
BOX_CORNERS = ((12, 0, TOP_LEFT), (12, 19, TOP_RIGHT), (17, 0, BOTTOM_LEFT), (17, 19, BOTTOM_RIGHT))
# The battle's main menu has two columns of two entries: cells (row, first column, last column).
BATTLE_CELLS = ((14, 10, 14), (14, 16, 18), (16, 10, 14), (16, 16, 18))
BATTLE_CURSORS = ((14, 9), (14, 15), (16, 9), (16, 15))


class Dialogue(Struct, frozen=True):
    """The text box at the bottom of the screen.

    Attributes:
        text: its lines, joined by spaces; without what another box covers.
        waits: whether the ▼ shows that a button must be pressed to go on (it blinks).
    """

    text: str
    waits: bool


class Menu(Struct, frozen=True):
    """A menu with the ▶ cursor.

    Attributes:
        entries: the entries on the screen, from top to bottom (the battle's main menu: row by row).
        cursor: index of the one with the cursor.
        item: the game's own index of it (wCurrentMenuItem), which may lag while a screen is drawn.
        scroll: how many entries of a long list are above the first one shown; the game leaves it as it was in menus
            that do not scroll.
        row, column: where the cursor is on the screen.
        list: which list the entries are of: ``"bag"``, ``"PC"`` (items), ``"box"``, ``"party"``, ``"shop"``; empty in
            menus that do not scroll. The cursor is then on its entry ``scroll + item``; the last one is CANCEL.
    """

    entries: tuple[str, ...]
    cursor: int
    item: int
    scroll: int
    row: int
    column: int
    list: str = ""


def read_dialogue(tilemap: bytes, table: Sequence[str]) -> Dialogue | None:
    """The text box, or ``None`` if its frame is not on the screen."""
    if any(tilemap[row * COLUMNS + column] != tile for row, column, tile in BOX_CORNERS):
        return None
    rows = range(BOX_TOP + 1, ROWS - 1)
    lines = [_text(_right_of(tilemap, row, 0), table) for row in rows]
    waits = PROMPT in tilemap[(BOX_TOP + 1) * COLUMNS :]
    text = " ".join([line for line in lines if line])
    return Dialogue(text.replace(table[PROMPT], "").strip(), waits)


def read_menu(tilemap: bytes, registers: bytes, table: Sequence[str], listed: int = 0) -> Menu | None:
    """The menu, or ``None`` if there is no ▶ on the screen.

    Args:
        tilemap: wTileMap.
        registers: the bytes from wTopMenuItemY.
        table: text of each code.
        listed: wListPointer.
    """
    place = tilemap.find(CURSOR)
    if place < 0:
        return None
    row, column = divmod(place, COLUMNS)
    item, scroll = registers[CURRENT_ITEM], registers[SCROLL]
    if (row, column) in BATTLE_CURSORS and tilemap[12 * COLUMNS + 8] == TOP_LEFT:
        cells = [_text(tilemap[y * COLUMNS + first : y * COLUMNS + last + 1], table) for y, first, last in BATTLE_CELLS]
        return Menu(tuple(cells), BATTLE_CURSORS.index((row, column)), item, 0, row, column)
    entries, cursor = _entries(tilemap, row, column, table)
    in_list = column == LIST_COLUMN and tilemap[LIST_CORNER[0] * COLUMNS + LIST_CORNER[1]] == TOP_LEFT
    return Menu(entries, cursor, item, scroll, row, column, LISTS.get(listed, "") if in_list else "")


def _entries(tilemap: bytes, row: int, column: int, table: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The entries in the cursor's column, and which of them has the cursor.

    A row whose text begins farther right belongs to the entry above it (how many of an item there are). In the party
    menu even the cursor's row does, which tells that menu from the others: its names stand in every other row from the
    top one, and the cursor beside the name or, in Red, in the row below it.
    """
    entries: list[str] = []
    cursor = 0
    shifted = _right_of(tilemap, row, column).startswith(BLANK)
    for y in range(_edge(tilemap, row, column, -1), _edge(tilemap, row, column, 1) + 1):
        if tilemap[y * COLUMNS + column] not in (CURSOR, SPACE):
            continue
        cells = _right_of(tilemap, y, column)
        entry = _text(cells.replace(bytes([PROMPT]), BLANK), table)
        own_row = y % 2 == 0 if shifted else not cells.startswith(BLANK)
        if own_row and entry:
            entries.append(entry)
        elif entry and entries:
            entries[-1] += f" {entry}"
        if y == row:
            cursor = max(len(entries) - 1, 0)
    return tuple(entries), cursor


def _edge(tilemap: bytes, row: int, column: int, step: int) -> int:
    """The last row in one direction from which the cursor's column is not yet a frame."""
    while 0 <= row + step < ROWS and tilemap[(row + step) * COLUMNS + column] not in FRAME:
        row += step
    return row


def _right_of(tilemap: bytes, row: int, column: int) -> bytes:
    return _until_frame(tilemap[row * COLUMNS + column + 1 : (row + 1) * COLUMNS])


def _until_frame(cells: bytes) -> bytes:
    for index, code in enumerate(cells):
        if code in FRAME:
            return cells[:index]
    return cells


def _text(cells: bytes, table: Sequence[str]) -> str:
    return " ".join("".join([table[code] for code in cells]).split())
