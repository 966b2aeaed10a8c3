"""The ROM that a run was played on."""

from __future__ import annotations

import os
from pathlib import Path

from pokerl.cartridge import load, locate_rom
from pokerl.timeline.manifest import read_manifest


def rom_of(folder: Path, rom: str) -> Path:
    """The ROM to replay a run with.

    Raises:
        RomProblem: there is none, or another one.
        RunFolderProblem: the folder is no run.
    """
    cartridge = load(read_manifest(folder).cartridge)
    return locate_rom(cartridge, rom or (None if cartridge.shipped else os.environ.get("POKERL_ROM")))
