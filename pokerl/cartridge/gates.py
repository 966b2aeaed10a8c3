"""Where the game stops who has not done something yet, and where it takes the player by itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from pokerl.errors import ConfigurationProblem

Place = tuple[int, int]
"""A bit of memory: address and bit number."""


class Gate(Struct, frozen=True):
    """Something that stands in the way until the player has done what it asks for.

    Attributes:
        title: who or what stands there.
        maps: ids of maps that no honest way reaches from before the gate without it.
        needs: what it asks for; each is a bit, or several of which any will do.
    """

    title: str
    maps: frozenset[int]
    needs: tuple[tuple[Place, ...], ...]


class Leap(Struct, frozen=True, forbid_unknown_fields=True):
    """A change of map by no door and over no edge: from one of the origins to one of the targets."""

    title: str
    origins: frozenset[int]
    targets: frozenset[int]


class Gates(Struct, frozen=True):
    """The order in which a game lets itself be played.

    Attributes:
        gates: in the order of the game.
        leaps: changes of map by no door.
        engaged: the bit that is set from when a trainer sees the player until their battle; ``None`` if not known.
    """

    gates: tuple[Gate, ...] = ()
    leaps: tuple[Leap, ...] = ()
    engaged: Place | None = None

    @property
    def places(self) -> frozenset[Place]:
        """Every bit that a gate asks for."""
        return frozenset(place for gate in self.gates for need in gate.needs for place in need)

    def leads(self, origin: int, target: int) -> bool:
        """Whether the game itself takes the player from one map to another."""
        return any(origin in leap.origins and target in leap.targets for leap in self.leaps)


class _Gate(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    maps: tuple[int, ...]
    needs: tuple[str, ...]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    engaged: str
    gate: tuple[_Gate, ...]
    leap: tuple[Leap, ...] = ()


def read_gates(path: Path) -> Gates:
    """The gates that a file lists.

    Raises:
        ConfigurationProblem: the file is missing or something in it is wrong.
    """
    try:
        listed = msgspec.toml.decode(path.read_bytes(), type=_File)
        gates = tuple(Gate(row.title, frozenset(row.maps), tuple(map(_places, row.needs))) for row in listed.gate)
        return Gates(gates, listed.leap, _place(listed.engaged))
    except (OSError, ValueError) as error:
        raise ConfigurationProblem(f"The gates in {path} cannot be read: {error}.", "Install pokerl again.") from error


def _places(texts: str) -> tuple[Place, ...]:
    return tuple(_place(text) for text in texts.split())


def _place(text: str) -> Place:
    address, _, bit = text.partition(".")
    return int(address, 16), int(bit)
