"""Telling Gymnasium of the environment, without importing what it needs."""

from __future__ import annotations

import sys

ENVIRONMENT = "pokerl/PokemonRed-v0"


def register() -> None:
    """Register the environment, once; harmless when Gymnasium has not been imported."""
    gymnasium = sys.modules.get("gymnasium")
    # While Gymnasium itself is still being imported it has no registry yet.
    registry = getattr(gymnasium, "registry", None)
    if registry is not None and ENVIRONMENT not in registry:
        gymnasium.register(ENVIRONMENT, "pokerl.env:PokemonRed")  # type: ignore[union-attr]
