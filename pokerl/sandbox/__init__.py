"""Sandbox tiers for model-written code, probed at start and never fallen through silently."""

from pokerl.sandbox.choose import choose
from pokerl.sandbox.policy import Policy

__all__ = ["Policy", "choose"]
