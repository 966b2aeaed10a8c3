"""Where the verbs print: tables for people, JSON for programs, an error as one sentence and its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from pokerl.errors import PokerlError


class Terminal(Console):
    """A console on which nothing that is printed is obeyed: much of it was written by models, or came with a run."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As of a console, with a mark in place of each control character that is not the console's own."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(_harmless(segment.text), segment.style)


def console_for(as_json: bool) -> Console:
    """Where people read: standard output, or standard error when a program reads that."""
    return Terminal(stderr=as_json)


def print_json(value: Any) -> None:
    """Print any of our values as JSON."""
    plain = msgspec.to_builtins(value, enc_hook=str)
    print(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())


def print_error(error: PokerlError) -> None:
    """Print what is wrong and, if there is one, the remedy."""
    console = console_for(as_json=True)
    console.print(f"[bold red]error:[/] {escape(error.message)}", highlight=False, soft_wrap=True)
    if error.remedy:
        console.print(escape(error.remedy), highlight=False, soft_wrap=True)


def _harmless(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)
