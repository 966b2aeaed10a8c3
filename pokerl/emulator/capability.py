"""What an interface may do to a machine, and the named sets of it."""

from __future__ import annotations

from typing import Literal, get_args

Capability = Literal["press", "screen", "ram.read", "rom.read", "branch", "ram.write"]
Mode = Literal["pixels", "fair", "open"]

CAPABILITIES: tuple[Capability, ...] = get_args(Capability)

MODES: dict[Mode, frozenset[Capability]] = {
    "pixels": frozenset({"press", "screen", "branch"}),
    "fair": frozenset(CAPABILITIES) - {"ram.write"},
    "open": frozenset(CAPABILITIES),
}
