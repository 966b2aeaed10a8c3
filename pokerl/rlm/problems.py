"""The engine's own branches of the error tree."""

from __future__ import annotations

from pokerl.errors import ModelProblem, PokerlError
from pokerl.rlm.messages import Usage


class NotTaken(ModelProblem):
    """The endpoint did not take a request; it cost nothing."""


class ContextTooLong(NotTaken):
    """The conversation does not fit into the model's context window."""


class ModelUnreachable(NotTaken):
    """There is no usable model behind the endpoint."""

    exit_code = 2


class Interrupted(PokerlError):
    """Somebody asked the run to stop."""

    exit_code = 130


class CutShort(ModelProblem):
    """A reply broke off; what it cost until then is in ``usage``."""

    def __init__(self, message: str, remedy: str = "", usage: Usage | None = None) -> None:
        super().__init__(message, remedy)
        self.usage = usage or Usage()


def describe(error: BaseException) -> str:
    """An error in one line of at most 300 characters."""
    words = " ".join((str(error) or type(error).__name__).split())
    return words if len(words) <= 300 else words[:299] + "…"
