"""Plain data: the only values that cross between the host and model-written code.

Plain means ``None``, ``bool``, ``int`` (64 bits), ``float``, ``str``, ``bytes``, ``list`` and ``dict`` with ``str``
keys, nested at most ``DEPTH`` deep. Tuples and sets become lists, dataclasses and msgspec structs become dicts, NumPy
arrays and scalars become lists and numbers. Anything else is refused with the place where it stands.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

DEPTH = 60
INTEGERS = range(-(2**63), 2**64)


def to_plain(value: Any, place: str = "value", depth: int = DEPTH) -> Any:
    """``value`` as plain data, copied.

    Args:
        value: what is to cross.
        place: what to call it in an error.
        depth: how deep it may be nested.

    Raises:
        TypeError: something in it is not plain and has no obvious plain form.
        ValueError: it is nested too deep or holds an integer of more than 64 bits.
    """
    if value is None or isinstance(value, bool | float | bytes):
        return value
    if isinstance(value, str):
        return speakable(value)
    if isinstance(value, int):
        if value not in INTEGERS:
            raise ValueError(f"{place} is an integer of more than 64 bits; send it as text.")
        return int(value)
    if depth == 0:
        raise ValueError(f"{place} is nested more than {DEPTH} deep (or contains itself).")
    return _container(value, place, depth - 1)


def speakable(text: str) -> str:
    """``text`` with lone surrogates escaped, so that it can be written as UTF-8."""
    return str(text) if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _container(value: Any, place: str, depth: int) -> Any:
    if isinstance(value, dict):
        return {_key(key, place): to_plain(item, f"{place}[{key!r}]", depth) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item, f"{place}[{index}]", depth) for index, item in enumerate(value)]
    if isinstance(value, set | frozenset):
        return [to_plain(item, f"{place}{{…}}", depth) for item in sorted(value, key=repr)]
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return to_plain(fields, place, depth + 1)
    if isinstance(value, msgspec.Struct):
        return to_plain(msgspec.structs.asdict(value), place, depth + 1)
    if type(value).__module__ == "numpy":
        return to_plain(value.tolist(), place, depth)
    raise TypeError(
        f"{place} is a {type(value).__name__}; only None, bool, int, float, str, bytes, list and dict can be sent."
    )


def _key(key: Any, place: str) -> str:
    if isinstance(key, str):
        return speakable(key)
    if isinstance(key, int | float) or key is None:
        return str(key)
    raise TypeError(f"{place} has a key of type {type(key).__name__}; keys must be text.")
