"""The tier ``bubblewrap``: namespaces of its own for users, processes, network and files.

The host's root folder is not bound: the program sees an empty one with the few places that Python needs, all read-only.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from pokerl.errors import SandboxUnavailable
from pokerl.sandbox import seccomp, users
from pokerl.sandbox.inside import rules
from pokerl.sandbox.places import DEVICES, package_folder
from pokerl.sandbox.policy import Policy
from pokerl.sandbox.tier import Tier, base_environment, boot, limits, readable, stepping_down

SCRATCH, LIBRARY = "/tmp", "/library"
OWN_PROCESSES = 2  # bwrap's first process inside, and the program itself
COUNTED_BY_NAMESPACE = (5, 14)  # first kernel that counts processes for each user namespace apart


class Bubblewrap(Tier):
    """Runs programs under ``bwrap``."""

    name = "bubblewrap"

    def _plan(self, policy: Policy) -> dict[str, Any]:
        program = shutil.which("bwrap")
        if program is None:
            raise SandboxUnavailable("bubblewrap is not installed.", "Install it, e.g. `apt-get install bubblewrap`.")
        bound = limits(policy, policy.processes + OWN_PROCESSES + _others())
        filtered = seccomp.assemble(signals=True, attributes=True).hex()
        inner = {"filter": filtered, "rules": inner_rules(policy), "limits": bound}
        wrapper = [program, *_arguments(policy), "--", *boot("confine", inner)]
        needed = [*readable(policy), Path(program)]
        return {"wrapper": wrapper, "scratch": 0, **stepping_down(policy, needed)}

    def _environment(self, policy: Policy) -> dict[str, str]:
        places = {"HOME": SCRATCH, "TMPDIR": SCRATCH, "PYTHONPATH": LIBRARY}
        return base_environment() | places | dict(policy.environment)


def _others() -> int:
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    return 0 if release >= COUNTED_BY_NAMESPACE else users.tasks(os.geteuid())


def inner_rules(policy: Policy) -> dict[str, Any] | None:
    """Landlock within, where the kernel has it: else a given descriptor could be opened anew through /proc to write."""
    places = ["/proc", LIBRARY, *map(str, readable(policy))]
    version = rules.version()
    return {"read": places, "devices": DEVICES, "scratch": SCRATCH, "version": version} if version else None


def _arguments(policy: Policy) -> list[str]:
    words = ["--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    words += ["--new-session", "--die-with-parent", "--hostname", "sandbox", "--proc", "/proc"]
    words += ["--size", str(policy.scratch_bytes), "--tmpfs", SCRATCH]
    for device in DEVICES:
        words += ["--dev-bind", device, device]
    added = [path.absolute() for path in policy.readable]
    for path in readable(policy):
        is_link = path.is_symlink() and path not in added
        words += ["--symlink", str(path.readlink()), str(path)] if is_link else ["--ro-bind", str(path), str(path)]
    words += ["--symlink", str(package_folder()), f"{LIBRARY}/pokerl"]
    return [*words, "--remount-ro", "/", "--chdir", SCRATCH]
