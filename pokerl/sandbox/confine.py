"""Applied by the sandboxed process to itself before it becomes the program: limits, then ``exec``."""

from __future__ import annotations

import json
import os
import resource
import sys


def main() -> None:
    """Read the limits from the first argument and become the program that the others name."""
    for name, value in json.loads(sys.argv[1]).items():
        resource.setrlimit(getattr(resource, name), (value, value))
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
