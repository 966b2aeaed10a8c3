"""The deterministic machine, its process and its gate."""
