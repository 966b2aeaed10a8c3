"""A node of the timeline as model-written code holds it."""

from __future__ import annotations

import re

from msgspec import Struct

from pokerl.errors import UsageProblem

DIGEST = re.compile("[0-9a-f]{64}")


class Checkpoint(Struct, frozen=True):
    """A node of the timeline: a machine state that can be returned to.

    Attributes:
        digest: its name in the run's state store.
        frame: frames since power-on on the path that leads to it.
        label: what its maker called it.
    """

    digest: str
    frame: int
    label: str = ""


def digest_of(checkpoint: Checkpoint | str) -> str:
    """The name of a checkpoint's state.

    Raises:
        UsageProblem: it is no checkpoint.
    """
    digest = checkpoint.digest if isinstance(checkpoint, Checkpoint) else checkpoint
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        raise UsageProblem(f"{digest!r:.80} is no checkpoint.", "Give what game.checkpoint() returned, or its digest.")
    return digest
