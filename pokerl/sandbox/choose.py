"""Choosing a tier, never silently a weaker one."""

from __future__ import annotations

from pokerl.sandbox.bubblewrap import Bubblewrap


def choose(preferred: str | None = None, *, unsafe: bool = False) -> Bubblewrap:
    """The tier to use."""
    return Bubblewrap()
