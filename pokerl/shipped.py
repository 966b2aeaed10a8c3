"""Files that live at the root of the repository and travel inside the package when it is installed."""

from __future__ import annotations

from pathlib import Path

from pokerl.errors import ConfigurationProblem


def path(relative: str) -> Path:
    """Where a shipped file or folder is on this machine.

    Args:
        relative: its path from the root of the repository, e.g. ``"cartridges/demo/demo.gb"`` or ``"agents"``.

    Returns:
        The packaged copy if there is one, else the one of the repository checkout.

    Raises:
        ConfigurationProblem: it is in neither place.
    """
    package = Path(__file__).resolve().parent
    for place in (package / "shipped" / relative, package.parent / relative):
        if place.exists():
            return place
    raise ConfigurationProblem(
        f"The file {relative} that belongs to pokerl is missing.",
        "Install pokerl again, or build it in a checkout of the repository with 'make'.",
    )
