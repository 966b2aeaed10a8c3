"""What runs between the host and the program: as few imports as possible, since each launch pays for them twice."""
