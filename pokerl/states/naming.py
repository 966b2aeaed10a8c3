"""Giving a checkpoint of a run a name: from then on it is a start that belongs to no attempt."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pokerl.states.checkpoints import find_checkpoint
from pokerl.states.shelf import Kept, keep_state


def name_checkpoint(run_folder: Path, beginning: str, name: str, folder: Path | None = None) -> Kept:
    """Keep a checkpoint of a run as a start state.

    Args:
        run_folder: the run.
        beginning: the checkpoint's digest, or the beginning of it.
        name: what to call it.
        folder: the shelf.

    Raises:
        UsageProblem: no checkpoint, or more than one, begins so.
    """
    digest, stored = find_checkpoint(run_folder, beginning)
    label = f"checkpoint {digest[:12]} of {run_folder.name}" + (f": {stored.label}" if stored.label else "")
    alone = msgspec.structs.replace(stored, attempt="", machine="", segment="", label=label)
    return keep_state(alone, name, folder)
