"""What an agent is told after a turn: pure functions from what happened to words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pokerl.budget import Budget, Resource
from pokerl.rlm.fences import Blocks
from pokerl.rlm.messages import Image, Message, say
from pokerl.rlm.process import Cell

NO_CODE = (
    "Your reply had no code to run: only fenced blocks marked ```repl (or ```python) are. To finish, set "
    "answer['content'] and then answer['ready'] = True in one."
)
UNCLOSED = (
    "Your last code block was never closed by a line with ``` alone, so it was not run. If the reply was cut off, "
    "write less at once."
)
LOST = (
    "The REPL process was lost: {reason}\nA new one was started. All variables, functions and imports are gone; "
    "`context`, `answer`, `outputs` and `history` are as they were. The block may have run partly; it is not run again."
)
MUCH_PRINTED = "Your blocks have printed so much that only the first {limit:,} characters of each further one are kept."
RESUMED = (
    "This run was interrupted and is now going on. The REPL process is a new one: all variables, functions and imports "
    "are gone; `context`, `answer`, `outputs` and `history` are as they were. Nothing was run again."
)
CUT_OFF = "Your last reply may have been run partly when the run was interrupted; what it printed then is not known."


def complaint(blocks: Blocks) -> str:
    """What was wrong with the form of a reply; "" when nothing was."""
    if not blocks.closed:
        return UNCLOSED
    return "" if blocks.code else NO_CODE


def missed(count: int) -> str:
    """That blocks after a failed one were not run; "" when there were none."""
    return f"[{count} later block(s) of your reply were not run]" if count else ""


def opening(task: str, context: Any, budget: Budget) -> str:
    """The first message: the task, and what the context is."""
    return (
        f"{task or 'Your task is described in `context`.'}\n\n`context` is {kind_of(context)}.\n{left(budget)}".strip()
    )


def kind_of(context: Any) -> str:
    """The type and size of a context in words."""
    if context is None:
        return "empty (None)"
    if isinstance(context, str):
        return f"a str of {len(context):,} characters"
    if isinstance(context, list):
        kinds = sorted({type(item).__name__ for item in context})
        return f"a list of {len(context):,} items ({', '.join(kinds)})"
    if isinstance(context, dict):
        return f"a dict with the keys {', '.join(map(repr, list(context)[:20]))}{' …' if len(context) > 20 else ''}"
    return f"a {type(context).__name__}"


def left(budget: Budget, turn: int = 0, turns: int = 0) -> str:
    """What is left, in one short line; "" when nothing is limited."""
    words = []
    if turns:
        words.append("this is your last turn: set the answer now" if turn + 1 == turns else f"{turns - turn} turns")
    for resource, write in WRITE.items():
        amount = budget.remaining(resource)
        if amount is not None:
            words.append(write(max(amount, 0.0)))
    return f"[left: {', '.join(words)}]" if words else ""


WRITE: dict[Resource, Callable[[float], str]] = {
    "wall_seconds": lambda amount: f"{duration(amount)} of wall clock",
    "working_seconds": lambda amount: f"{duration(amount)} of working time",
    "tokens": lambda amount: f"{amount:,.0f} tokens",
    "dollars": lambda amount: f"${amount:,.2f}",
    "frames": lambda amount: f"{amount:,.0f} frames",
    "sub_calls": lambda amount: f"{amount:,.0f} sub-calls",
}


def duration(seconds: float) -> str:
    """Seconds in words: ``45 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def shorten(text: str, limit: int, number: int) -> str:
    """Head and tail of an output that is over ``limit`` characters, with a sentence about where the rest is."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2], text[-(limit - limit // 2) :]
    missing = len(text) - limit
    return (
        f"{head}\n[… {missing:,} of {len(text):,} characters left out; all of them are in outputs[{number}] …]\n{tail}"
    )


def report(cell: Cell, limit: int) -> str:
    """One block: what it printed, its traceback, its hints."""
    lines = [f"block {cell.number} ({cell.seconds:.1f} s):" if cell.seconds else f"block {cell.number}:"]
    printed = shorten(cell.output, limit, cell.number).rstrip("\n")
    lines += [printed] if printed else []
    lines += [cell.error.rstrip("\n")] if cell.error else []
    if not printed and not cell.error:
        lines.append("(nothing was printed)")
    lines += [f"[{cell.hint}]"] if cell.hint else []
    lines += [f"[{len(cell.images)} picture(s) shown, in order, after this text]"] if cell.images else []
    lines += [f"[a picture was not shown: {problem}]" for problem in cell.refused]
    return "\n".join(lines)


def observation(cells: Sequence[Cell], limit: int, notes: Sequence[str]) -> Message:
    """All that is said after a turn, pictures included."""
    texts = [report(cell, limit) for cell in cells] + [note for note in notes if note]
    pictures = [Image(png) for cell in cells for png in cell.images]
    return say("user", "\n\n".join(texts), *pictures)
