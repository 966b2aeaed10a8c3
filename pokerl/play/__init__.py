"""The game handle, the player's attempts and their branches."""
