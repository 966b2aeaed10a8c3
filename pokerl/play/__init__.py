"""The game handle, the player's attempts and their branches."""

from pokerl.play.game import Checkpoint, Game

__all__ = ["Checkpoint", "Game"]
