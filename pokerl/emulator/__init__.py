"""The deterministic machine, its process and its gate.

Importing this package does not import the emulator itself: it is used in the sandboxed worker, too. ``Machine`` and
``Gate`` bring it along when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pokerl.emulator.client import Client, mask_of, picture_of
from pokerl.emulator.frames import FrameCounter
from pokerl.emulator.handle import MachineHandle
from pokerl.emulator.nursery import Nursery, start_machine
from pokerl.emulator.protocol import MachineSettings

if TYPE_CHECKING:
    from pokerl.emulator.gate import Gate
    from pokerl.emulator.machine import Machine

__all__ = [
    "Client",
    "FrameCounter",
    "Gate",
    "Machine",
    "MachineHandle",
    "MachineSettings",
    "Nursery",
    "mask_of",
    "picture_of",
    "start_machine",
]


def __getattr__(name: str) -> Any:
    if name == "Machine":
        from pokerl.emulator.machine import Machine

        return Machine
    if name == "Gate":
        from pokerl.emulator.gate import Gate

        return Gate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
