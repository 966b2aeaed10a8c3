"""Squares of the demo game that carry the player on: ice, and squares that push."""

from __future__ import annotations

from pokerl.atlas.model import STEPS

ICE, STOP = "=", "o"
PUSHES = {"V": "down", "^": "up", "<": "left", ">": "right"}
"""Signs of the game's build, not of the atlas."""
BARRED = "#~v()"
Square = tuple[int, int]


def spins(rows: list[str]) -> dict[Square, Square]:
    """Where one ends who steps on a square that pushes."""
    return {
        (x, y): end(rows, x, y, button)
        for y, row in enumerate(rows)
        for x, sign in enumerate(row)
        for button in [PUSHES.get(sign, "")]
        if button
    }


def slides(rows: list[str]) -> dict[tuple[int, int, str], Square]:
    """Where one ends who steps on ice, by square and button."""
    return {
        (x, y, button): end(rows, x, y, button)
        for y, row in enumerate(rows)
        for x, sign in enumerate(row)
        if sign == ICE
        for button in STEPS
    }


def end(rows: list[str], x: int, y: int, button: str) -> Square:
    """Ice carries on as long as it lasts; a pushing square until a wall, another that pushes, or one that stops.

    Who is carried round for ever is left where the circle closes.
    """
    pushed = False
    seen: set[tuple[int, int, str]] = set()
    while (x, y, button) not in seen:
        seen.add((x, y, button))
        sign = rows[y][x]
        pushed, button = (True, PUSHES[sign]) if sign in PUSHES else (pushed, button)
        across, down = x + STEPS[button][0], y + STEPS[button][1]
        if sign == STOP or (sign != ICE and not pushed) or not _free(rows, across, down):
            break
        x, y = across, down
    return x, y


def _free(rows: list[str], x: int, y: int) -> bool:
    return 0 <= y < len(rows) and 0 <= x < len(rows[0]) and rows[y][x] not in BARRED
