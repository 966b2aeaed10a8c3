"""Attempts to get out of a sandbox, and what became of them."""

from pokerl.sandbox.escape.run import Outcome, attempt_all

__all__ = ["Outcome", "attempt_all"]
