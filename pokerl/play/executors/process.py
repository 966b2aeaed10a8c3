"""One call in a process of its own: ``python -m pokerl.play.executors.process pokerl.module:function``."""

from __future__ import annotations

import os
import sys

from pokerl.play.executors.call import perform


def main() -> None:
    """Read the payload from standard input, write the outcome to standard output; what is printed goes elsewhere."""
    answer = os.dup(1)
    os.dup2(2, 1)
    packed = perform(sys.argv[1], sys.stdin.buffer.read())
    with os.fdopen(answer, "wb") as stream:
        stream.write(packed)


if __name__ == "__main__":
    main()
