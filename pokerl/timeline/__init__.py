"""What really happened: the log, the tree and the store of machine states."""
