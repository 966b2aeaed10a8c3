"""Arguments of host functions: they come from a worker, so nothing of them is believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

Kind = TypeVar("Kind", bound=Struct)


def take(arguments: dict[str, Any], kind: type[Kind]) -> Kind:
    """Arguments of a worker as a typed struct.

    Raises:
        TypeError: they do not fit.
    """
    try:
        return msgspec.convert(arguments, kind)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$.")
        raise TypeError(f"{place.rstrip('`')}: {problem}" if place else problem) from error


def same_length(first: str, some: Sequence[Any], second: str, others: Sequence[Any]) -> None:
    """Refuse two lists that should go together and do not."""
    if len(some) != len(others):
        raise ValueError(f"There are {len(some)} {first} but {len(others)} {second}; give as many of both.")
