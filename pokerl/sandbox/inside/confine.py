"""The last step before the program: limits, files, system calls, then ``exec``."""

# Importing pathlib takes longer than all that is done here.
# ruff: noqa: PTH118, PTH119, PTH120, PTH211
from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from typing import Any

from pokerl.sandbox.inside import kernel, rules

DEFAULT_ACTIONS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT)


FAILED = 125  # exit code when the sandbox itself could not be set up


def main(plan: dict[str, Any], argv: list[str]) -> None:
    """Become ``argv``, bound by ``plan``, or say why not and exit."""
    try:
        become(plan, argv)
    except OSError as problem:
        fail(str(problem))


def fail(reason: str) -> None:
    """Say on standard error why there is no sandbox, and exit."""
    sys.stderr.write(f"pokerl sandbox: {reason}\n")
    sys.stderr.flush()
    os._exit(FAILED)


def become(plan: dict[str, Any], argv: list[str], scratch: str = "") -> None:
    """Bind this process by ``plan`` and become ``argv``.

    Args:
        plan: ``filter``, ``rules`` and ``limits``, made by the tier.
        argv: the program; its first word is a path.
        scratch: the folder to work in and to write to, or an empty string if the plan names one.

    Raises:
        OSError: the kernel refused a part; nothing of the program ran.
    """
    if scratch:
        library = _settle(scratch, plan["package"])
        if plan["rules"]:
            plan["rules"]["read"].append(library)
            plan["rules"]["scratch"] = scratch
    for action in DEFAULT_ACTIONS:  # Python ignores some; the program shall start as any other
        signal.signal(action, signal.SIG_DFL)
    if plan["filter"]:
        kernel.no_new_privileges()
    if plan["rules"]:
        rules.restrict(plan["rules"])
    for name, value in plan["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    if plan["filter"]:
        kernel.install_filter(bytes.fromhex(plan["filter"]))
    os.execv(argv[0], argv)


def _settle(scratch: str, package: str) -> str:
    """Work in the scratch folder, and import this package through a folder in which nothing else can be listed."""
    library = os.path.join(os.path.dirname(scratch), "library")
    os.symlink(package, os.path.join(library, os.path.basename(package)))
    os.chdir(scratch)
    given = dict.fromkeys(("HOME", "TMPDIR", "PWD"), scratch) | {"PYTHONPATH": library}
    for name, value in given.items():
        os.environ.setdefault(name, value)
    with contextlib.suppress(KeyError):
        del os.environ["LC_CTYPE"]  # set by the interpreter that runs this
    return library
