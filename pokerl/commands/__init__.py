"""What the verbs of the command line do, as functions of plain settings."""
