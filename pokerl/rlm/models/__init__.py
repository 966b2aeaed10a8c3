"""Model clients: an OpenAI-compatible endpoint, turns from files, and the replay of a recorded run."""
