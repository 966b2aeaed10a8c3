"""Becomes an ordinary user and then the program given: ``python as_user.py <user id> <home> <program> …``."""

import os
import sys
import tempfile
from pathlib import Path

from pokerl.sandbox.inside.descend import descend
from pokerl.sandbox.places import runtime_paths

DOCKER = Path("/var/run/docker.sock")


def docker_group() -> tuple[int, ...]:
    """The group whose members may use Docker, as a user who installed it would be in it."""
    return (DOCKER.stat().st_gid,) if DOCKER.exists() else ()


if __name__ == "__main__":
    user, home, *argv = sys.argv[1:]
    os.chown(home, int(user), int(user))
    repository = Path(__file__).resolve().parents[2]
    descend(int(user), [str(path) for path in (*runtime_paths(), repository)], [], docker_group())
    os.environ["HOME"] = home
    os.environ["TMPDIR"] = tempfile.tempdir = home
    os.execv(argv[0], argv)
