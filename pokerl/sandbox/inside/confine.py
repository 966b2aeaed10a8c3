"""The last step before the program: limits, files, system calls, then ``exec``."""

# ruff: noqa: PTH  (importing pathlib takes longer than all that is done here)
from __future__ import annotations

import contextlib
import os
import resource
import signal
from typing import Any

from pokerl.sandbox.inside import kernel, rules

DEFAULT_ACTIONS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT)


def main(plan: dict[str, Any], argv: list[str], scratch: str = "") -> None:
    """Bind this process by ``plan`` and become ``argv``.

    Args:
        plan: what ``pokerl.sandbox.plan`` made.
        argv: the program; its first word is a path.
        scratch: the folder to work in, or an empty string if the current one is it.

    Raises:
        OSError: the kernel refused a part; nothing of the program ran.
    """
    if scratch:
        _settle(scratch, plan["package"])
    for action in DEFAULT_ACTIONS:  # Python ignores some; the program shall start as any other
        signal.signal(action, signal.SIG_DFL)
    kernel.no_new_privileges() if plan["filter"] else None
    if plan["rules"]:
        rules.restrict(plan["rules"], scratch)
    for name, value in plan["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    if plan["filter"]:
        kernel.install_filter(bytes.fromhex(plan["filter"]))
    os.execv(argv[0], argv)


def _settle(scratch: str, package: str) -> None:
    """Work in the scratch folder, and import this package through a folder in which nothing else can be listed."""
    library = os.path.join(os.path.dirname(scratch), "library")
    os.symlink(package, os.path.join(library, os.path.basename(package)))
    os.chdir(scratch)
    given = dict.fromkeys(("HOME", "TMPDIR", "PWD"), scratch) | {"PYTHONPATH": library}
    for name, value in given.items():
        os.environ.setdefault(name, value)
    with contextlib.suppress(KeyError):
        del os.environ["LC_CTYPE"]  # set by the interpreter that runs this
