"""The game handle, the player's attempts and their branches."""

from pokerl.play.checkpoint import Checkpoint
from pokerl.play.game import Game

__all__ = ["Checkpoint", "Game"]
