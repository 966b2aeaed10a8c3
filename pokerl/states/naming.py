"""Giving a checkpoint of a run a name: from then on it is a start that belongs to no attempt."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pokerl.errors import UsageProblem
from pokerl.states.shelf import Kept, keep_state
from pokerl.timeline import StateStore


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
    from pokerl.verbs import list_states

    found = sorted({row.digest for row in list_states(run_folder) if row.digest.startswith(beginning)})
    if len(found) != 1:
        raise UsageProblem(
            f"{len(found)} checkpoints of the run begin with {beginning!r}.", "`pokerl states RUN` lists them."
        )
    stored = StateStore(run_folder).get(found[0])
    label = f"checkpoint {found[0][:12]} of {run_folder.name}" + (f": {stored.label}" if stored.label else "")
    alone = msgspec.structs.replace(stored, attempt="", machine="", segment="", label=label)
    return keep_state(alone, name, folder)
