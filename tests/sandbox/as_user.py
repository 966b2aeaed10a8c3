"""Becomes an ordinary user and then the program given: ``python as_user.py <user id> <home> <program> …``."""

import os
import sys
import tempfile
from pathlib import Path

from pokerl.sandbox.inside.descend import descend
from pokerl.sandbox.places import runtime_paths

if __name__ == "__main__":
    user, home, *argv = sys.argv[1:]
    os.chown(home, int(user), int(user))
    here = Path(__file__).resolve().parent
    descend(int(user), [str(path) for path in (*runtime_paths(), here)], [])
    os.environ["HOME"] = home
    os.environ["TMPDIR"] = tempfile.tempdir = home
    os.execv(argv[0], argv)
