"""Where the verbs print: tables for people, JSON for programs, an error as one sentence and its remedy."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape

from pokerl.errors import PokerlError


def console_for(as_json: bool) -> Console:
    """Where people read: standard output, or standard error when a program reads that."""
    return Console(stderr=as_json)


def print_json(value: Any) -> None:
    """Print any of our values as JSON."""
    plain = msgspec.to_builtins(value, enc_hook=str)
    print(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())


def print_error(error: PokerlError) -> None:
    """Print what is wrong and, if there is one, the remedy."""
    console = Console(stderr=True)
    console.print(f"[bold red]error:[/] {escape(error.message)}", highlight=False, soft_wrap=True)
    if error.remedy:
        console.print(escape(error.remedy), highlight=False, soft_wrap=True)
