"""Screen and buttons only: whether the picture stands still, scrolled, or shows a box tells what the game does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pokerl.atlas.canvas import enlarged, line, write
from pokerl.cartridge.pixels import SPACE, Glyphs, ScreenReader, ScreenText, glyphs_of_demo, patterns
from pokerl.play import Game

Picture = NDArray[np.uint8]
SQUARE = 16
COLUMNS, ROWS = 20, 18
OWN_COLUMN, OWN_ROW = 4, 4
"""On a map the player stands in the fifth column and the fifth row of squares; its picture lies four lines higher."""
GRID = (220, 60, 60)
TURN_FRAMES, STEP_LIMIT, REST = 10, 40, 4
"""Frames that a direction is held, that a step may take after that, and that a picture rests between two steps."""
SAME = 0.9
"""Share of pixels that agree in a picture that scrolled by a square; people and water move meanwhile."""
STEPS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
BOX_TOP, BOX_BOTTOM = 12, 17
FRAME = range(0x79, 0x7F)
"""Codes of a frame: upper left, horizontal, upper right, vertical, lower left, lower right."""

_TAUGHT: dict[str, Glyphs] = {}
"""Letters that the player taught, by game; kept as long as the worker lives."""


def picture(game: Game, scale: int = 3, grid: bool = True) -> Picture:
    """The screen enlarged, with a grid of squares numbered from yourself (0, 0): show(picture())."""
    seen = enlarged(game.screen(), scale)
    if grid:
        for column in range(10):
            x = column * SQUARE * scale
            line(seen, (x, 0), (x, seen.shape[0] - 1), GRID)
            write(seen, x + 2, 1, f"{column - OWN_COLUMN}", GRID)
        for row in range(9):
            y = row * SQUARE * scale
            line(seen, (0, y), (seen.shape[1] - 1, y), GRID)
            write(seen, 2, y + 10, f"{row - OWN_ROW}", GRID)
    return seen


def still(game: Game, limit: int = 240) -> bool:
    """Wait until the picture stands still; whether it does within `limit` frames."""
    return game.until(limit=limit)


def press(game: Game, *buttons: str) -> str:
    """Press buttons one after another, wait until the picture stands still, and tell what came of it."""
    before = game.screen()
    game.press(*buttons)
    still(game)
    return _difference(before, game.screen())


def step(game: Game, direction: str, times: int = 1) -> str:
    """Take steps up, down, left or right, and tell of how many the picture moved and what ended them."""
    for done in range(times):
        event = _one_step(game, direction)
        if event != "moved":
            return f"moved {done} squares {direction}, then: {event}"
    return f"moved {times} squares {direction}"


def walk(game: Game, way: str) -> str:
    """Walk a way such as "up 3, left 2, up 1"; stops where a part of it does not go as said."""
    for part in way.split(","):
        direction, _, count = part.strip().partition(" ")
        wanted = int(count or 1)
        told = step(game, direction, wanted)
        if told != f"moved {wanted} squares {direction}":
            return f"in {part.strip()!r}: {told}"
    return "all walked"


def box_open(game: Game) -> bool:
    """Whether a text box is at the bottom of the picture."""
    return _has_box(game.screen())


def read(game: Game) -> str:
    """What the picture says, as far as the letters are known: text box, menu, health bars."""
    seen = _read(game, game.screen())
    return "\n".join(filter(None, (_said(seen), _asked(seen), _bars(seen)))) or "nothing that can be read"


def read_on(game: Game, presses: int = 60) -> str:
    """Press B through text until the box closes or a menu opens; what was said, as far as the letters are known."""
    said: list[str] = []
    for _ in range(presses):
        still(game)
        screen = game.screen()
        if not _has_box(screen):
            return f"{' '.join(said)} [the box is closed]"
        seen = _read(game, screen)
        said = _joined(said, seen.dialogue.text.split() if seen.dialogue else [])
        if seen.menu:
            return f"{' '.join(said)} [asks: {_asked(seen)}]"
        game.press("b", hold=4, wait=8)
    return f"{' '.join(said)} [the box is still open]"


def teach(game: Game, row: int, column: int, text: str) -> str:
    """Teach letters: `text` stands on the screen from cell (row, column) of 18 x 20, one letter a cell."""
    known = _TAUGHT.get(game.cartridge.identifier, Glyphs({}))
    taught = known.taught(game.screen(), row, column, text, game.cartridge)
    _TAUGHT[game.cartridge.identifier] = taught
    return f"{len(taught.codes)} letters and signs are known"


def _joined(said: list[str], words: list[str]) -> list[str]:
    """Add the words that a box shows now; it may begin with those that it showed last, scrolled up by a line."""
    shared = next(count for count in range(len(words), -1, -1) if said[len(said) - count :] == words[:count])
    return said + words[shared:]


def _one_step(game: Game, direction: str) -> str:
    before = game.screen()
    for _ in range(2):  # the first press may only turn around
        game.hold(direction, TURN_FRAMES)
        game.until(limit=STEP_LIMIT, stable=REST)
        now = game.screen()
        if _has_box(now) and not _has_box(before):
            return "a text box opened"
        if _scrolled(before, now, direction):
            return "moved"
        if _share(before, now) < 0.4:
            still(game)
            return "the whole picture changed (a door, a battle, a menu?)"
    return "the picture did not move: something is in the way"


def _scrolled(before: Picture, now: Picture, direction: str) -> bool:
    """Whether the second picture is the first, moved on by one square."""
    across, down = (SQUARE * part for part in STEPS[direction])
    if _share(before, now) > 0.999:
        return False
    old = before[max(down, 0) : 144 + min(down, 0), max(across, 0) : 160 + min(across, 0)]
    new = now[max(-down, 0) : 144 + min(-down, 0), max(-across, 0) : 160 + min(-across, 0)]
    moved, stayed = float(np.mean(old == new)), _share(before, now)
    return moved > SAME and moved > stayed


def _difference(before: Picture, now: Picture) -> str:
    if _has_box(now) and not _has_box(before):
        return "a text box opened"
    if _has_box(before) and not _has_box(now):
        return "the text box closed"
    share = _share(before, now)
    if share > 0.999:
        return "nothing changed"
    return "little changed" if share > 0.9 else "much changed" if share > 0.4 else "the whole picture changed"


def _share(one: Picture, other: Picture) -> float:
    return float(np.mean(one == other))


def _has_box(screen: Picture) -> bool:
    """A frame round the lowest six rows of cells: its sides are one repeated cell each, and none of them is blank."""
    cells = patterns(screen)
    sides = (
        {cells[row * COLUMNS] for row in range(BOX_TOP + 1, BOX_BOTTOM)},
        {cells[row * COLUMNS + COLUMNS - 1] for row in range(BOX_TOP + 1, BOX_BOTTOM)},
        {cells[BOX_BOTTOM * COLUMNS + column] for column in range(1, COLUMNS - 1)},
    )
    corner = cells[BOX_BOTTOM * COLUMNS]
    blank = bytes(len(corner))
    return all(len(side) == 1 and blank not in side and corner not in side for side in sides)


def _read(game: Game, screen: Picture) -> ScreenText:
    """Read a picture with the letters that are shipped or taught, and with the frame of its own text box."""
    taught = _TAUGHT.get(game.cartridge.identifier, Glyphs({}))
    shipped = glyphs_of_demo() if game.cartridge.identifier == "demo" else Glyphs({})
    known = taught | shipped | (_frame_of(screen) if _has_box(screen) else Glyphs({}))
    _TAUGHT[game.cartridge.identifier] = known
    return ScreenReader(known, game.cartridge).read(screen)


def _frame_of(screen: Picture) -> Glyphs:
    """The glyphs of the text box's frame, which stand where they always stand, and the blank one."""
    cells = patterns(screen)
    top, side, bottom = BOX_TOP * COLUMNS, (BOX_TOP + 1) * COLUMNS, BOX_BOTTOM * COLUMNS
    places = (top, top + 1, top + COLUMNS - 1, side, bottom, bottom + COLUMNS - 1)
    frame = {cells[place]: code for place, code in zip(places, FRAME, strict=True)}
    return Glyphs(frame | {bytes(len(cells[0])): SPACE})


def _said(seen: ScreenText) -> str:
    return f"text: {seen.dialogue.text}" if seen.dialogue else ""


def _asked(seen: ScreenText) -> str:
    if seen.menu is None:
        return ""
    entries = [f"[{entry}]" if place == seen.menu.cursor else entry for place, entry in enumerate(seen.menu.entries)]
    return " / ".join(entries)


def _bars(seen: ScreenText) -> str:
    return ", ".join(f"health bar at row {bar.row}: {bar.share:.0%}" for bar in seen.bars)
