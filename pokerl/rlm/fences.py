"""Finding the code in a model's reply: fenced blocks marked ``repl`` or ``python``."""

from __future__ import annotations

import re
from typing import NamedTuple

OPENING = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>\w*)[^`\n]*$")
RUNS = frozenset({"repl", "python", "py", "python3"})

LITERAL = re.compile(
    r"""\#[^\n]*
      | (?P<quote>\"{3}|'{3})(?:\\.|(?!(?P=quote))[^\\])*(?P<end>(?P=quote))?
      | "(?:\\.|[^"\\\n])*"?
      | '(?:\\.|[^'\\\n])*'?""",
    re.VERBOSE | re.DOTALL,
)


class Blocks(NamedTuple):
    """The code of a reply: the ``code`` of each closed block in order, and whether a last one was never ``closed``."""

    code: tuple[str, ...]
    closed: bool = True


def extract(reply: str) -> Blocks:
    """The blocks that are to be run.

    A block is closed by a line with nothing but its fence. Fences inside a triple-quoted string of the code do not
    close it. Blocks in other languages are skipped, and what looks like a fence inside them is text.
    """
    lines, position = reply.splitlines(), 0
    found: list[str] = []
    while position < len(lines):
        opening = OPENING.match(lines[position])
        if opening is None:
            position += 1
            continue
        runs = opening["language"].lower() in RUNS
        end = _closing(lines, position + 1, opening["fence"], runs)
        if end is None and runs:
            return Blocks(tuple(found), closed=False)
        if end is None:
            position += 1
            continue
        if runs:
            found.append("\n".join(lines[position + 1 : end]))
        position = end + 1
    return Blocks(tuple(found))


def _closing(lines: list[str], start: int, fence: str, code: bool) -> int | None:
    """The line that closes a block; a fence inside an open string only counts when no better one follows."""
    closing = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    candidates = [number for number in range(start, len(lines)) if closing.match(lines[number])]
    for number in candidates:
        if not code or not inside_string("\n".join(lines[start:number])):
            return number
    return candidates[0] if candidates else None


def inside_string(code: str) -> bool:
    """Whether Python code ends inside a triple-quoted string."""
    return any(literal["quote"] and not literal["end"] for literal in LITERAL.finditer(code))
