"""The panel beside the picture: who plays, what was reached, what acts, and where in the tree this is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pokerl.emulator.protocol import BUTTONS
from pokerl.replay.encoder import FRAME_RATE
from pokerl.replay.lanes import Placed

WIDTH, HEIGHT = 160, 288
COLUMNS, LINE = 25, 12
MARGIN = 5

_PAPER = (24, 26, 32)
_INK = (226, 228, 220)
_FAINT = (120, 124, 132)
_GOLD = (244, 202, 84)
_GREEN = (128, 200, 120)
_RED = (236, 96, 84)
_ORANGE = (240, 150, 64)
_UNEARNED = {"glitched": _ORANGE, "written": _RED}
_MILESTONE_LINES = 8

_PAD = {"up": (16, 0), "down": (16, 24), "left": (4, 12), "right": (28, 12)}
_KEYS = {"select": (52, 20), "start": (78, 20), "b": (110, 12), "a": (130, 6)}


Colour = tuple[int, int, int]


class Caption(Struct, frozen=True):
    """What the panel says at one frame.

    Attributes:
        heading: attempt and interface version.
        branch: "" on the trunk, else which branch this is and what became of it.
        segment: the segment being played, to mark it in the tree.
        frame: frames since power-on.
        tool: the tool that acts ("" for none named).
        buttons: mask of what is held.
        poke: the memory being written, in words; "" for none.
        milestones: title, frame and provenance of those reached so far, the latest last; "" where that was not judged.
    """

    heading: str
    branch: str = ""
    segment: str = ""
    frame: int = 0
    tool: str = ""
    buttons: int = 0
    poke: str = ""
    milestones: tuple[tuple[str, int, str], ...] = ()


def clock(frame: int) -> str:
    """Play time of a frame as h:mm:ss."""
    seconds = int(frame / FRAME_RATE)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


class Panel:
    """Draws captions; remembers the last few pictures, since most frames say the same as the one before.

    Args:
        tree: the placed segments of the attempt, for the map of branches at the bottom.
    """

    def __init__(self, tree: Sequence[Placed] = ()) -> None:
        self._tree = tuple(tree)
        self._font = ImageFont.load_default_imagefont()
        self._drawn = lru_cache(maxsize=64)(self._draw)

    def picture(self, caption: Caption) -> NDArray[np.uint8]:
        """The panel as an array of shape (288, 160, 3), RGB. The clock moves once a second, the tree's mark with it."""
        second = int(caption.frame / FRAME_RATE)
        return self._drawn(_at(caption, int(second * FRAME_RATE) + 1))

    def _draw(self, caption: Caption) -> NDArray[np.uint8]:
        image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
        draw = ImageDraw.Draw(image)
        self._text(draw, 0, caption.heading, _INK)
        self._text(draw, 1, caption.branch or "trunk", _RED if caption.branch else _GREEN)
        self._text(draw, 2, f"played {clock(caption.frame)}", _FAINT)
        self._milestones(draw, caption)
        self._text(draw, 13, caption.tool and f"> {caption.tool}", _INK)
        if caption.poke:
            draw.rectangle((0, MARGIN + 14 * LINE - 1, WIDTH, MARGIN + 15 * LINE), fill=_RED)
            self._text(draw, 14, f"WRITES {caption.poke}", _PAPER)
        _draw_buttons(draw, caption.buttons, MARGIN, MARGIN + 15 * LINE + 6)
        _draw_tree(draw, self._tree, caption)
        return np.asarray(image, dtype=np.uint8)

    def _milestones(self, draw: ImageDraw.ImageDraw, caption: Caption) -> None:
        self._text(draw, 4, f"milestones {len(caption.milestones)}", _FAINT)
        for line, (text, colour) in enumerate(_milestone_lines(caption), 5):
            self._text(draw, line, text, colour)

    def _text(self, draw: ImageDraw.ImageDraw, line: int, text: str, colour: Colour) -> None:
        shown = text if len(text) <= COLUMNS else text[: COLUMNS - 2] + ".."
        # One line of text stays one line: nobody writes over what stands elsewhere in the panel.
        latin = "".join(letter if letter.isprintable() else "?" for letter in shown)
        latin = latin.encode("latin-1", "replace").decode("latin-1")
        draw.text((MARGIN, MARGIN + line * LINE), latin, font=self._font, fill=colour)


def _milestone_lines(caption: Caption) -> list[tuple[str, Colour]]:
    """The latest milestones; below one that was not earned stands what it was instead."""
    lines: list[tuple[str, Colour]] = []
    for title, frame, provenance in caption.milestones:
        lines.append((f"{clock(frame)} {title}", _INK))
        if provenance not in ("", "earned"):
            lines.append((f"{' ' * len(clock(frame))} {provenance.upper()}", _UNEARNED.get(provenance, _RED)))
    newest = max((place for place, (_, colour) in enumerate(lines) if colour == _INK), default=0)
    lines[newest : newest + 1] = [(text, _GOLD) for text, _ in lines[newest : newest + 1]]
    return lines[-_MILESTONE_LINES:]


def _at(caption: Caption, frame: int) -> Caption:
    return Caption(
        caption.heading,
        caption.branch,
        caption.segment,
        frame,
        caption.tool,
        caption.buttons,
        caption.poke,
        caption.milestones,
    )


def _draw_buttons(draw: ImageDraw.ImageDraw, held: int, left: int, top: int) -> None:
    for name, (x, y) in _PAD.items():
        fill = _GOLD if held & BUTTONS[name] else (60, 64, 72)
        draw.rectangle((left + x, top + y, left + x + 10, top + y + 10), fill=fill)
    for name, (x, y) in _KEYS.items():
        fill = _GOLD if held & BUTTONS[name] else (60, 64, 72)
        wide = 20 if name in ("select", "start") else 14
        high = 7 if name in ("select", "start") else 14
        draw.rounded_rectangle((left + x, top + y, left + x + wide, top + y + high), radius=high // 2, fill=fill)


def _draw_tree(draw: ImageDraw.ImageDraw, tree: tuple[Placed, ...], caption: Caption) -> None:
    if not tree:
        return
    top, bottom, left, right = 232, HEIGHT - 8, MARGIN, WIDTH - MARGIN
    first = min(placed.stretch.start for placed in tree)
    span = max(1, max(placed.stretch.end for placed in tree) - first)
    step = min(6.0, (bottom - top) / max(1, max(placed.lane for placed in tree)))

    def x(frame: int) -> float:
        return left + (frame - first) * (right - left) / span

    for placed in tree:
        y, colour = top + placed.lane * step, _GREEN if placed.lane == 0 else _FAINT
        start, end = x(placed.stretch.start), x(placed.stretch.end)
        draw.line((start, top + placed.parent_lane * step, start, y), fill=colour)
        draw.line((start, y, end, y), fill=_RED if placed.stretch.segment == caption.segment and y > top else colour)
    here = next((placed for placed in tree if placed.stretch.segment == caption.segment), None)
    if here:
        y, now = top + here.lane * step, min(max(x(caption.frame), left), right)
        draw.ellipse((now - 2, y - 2, now + 2, y + 2), fill=_GOLD)


def title_card(title: str, subtitle: str, width: int, height: int) -> NDArray[np.uint8]:
    """A picture with two centred lines, to stand between chapters; shape (height, width, 3)."""
    image = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default_imagefont()
    for line, (text, colour) in enumerate(((title, _RED), (subtitle, _FAINT))):
        start = (width - draw.textlength(text, font=font)) / 2
        draw.text((start, height / 2 - LINE + line * 1.5 * LINE), text, font=font, fill=colour)
    return np.asarray(image, dtype=np.uint8)
