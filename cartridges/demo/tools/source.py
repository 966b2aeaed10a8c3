"""Reads the data files: plain TOML, or TOML followed by a line '---' and rows of characters."""

import tomllib
from pathlib import Path
from typing import Any

from .paths import DATA

Table = dict[str, Any]


def toml(name: str) -> Table:
    """A TOML file of the data folder."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def with_rows(path: Path) -> tuple[Table, list[str]]:
    """A file that has a TOML head and a picture in characters."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    return tomllib.loads(head), [line for line in body.splitlines() if line]
