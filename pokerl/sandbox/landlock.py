"""The tier ``landlock``: for machines without bubblewrap or where user namespaces are forbidden.

Landlock says which files may be opened and keeps signals and sockets inside (as far as the kernel's version does), a
system call filter takes away the rest, and the supervisor bounds the scratch folder and ends what was started.
"""

from __future__ import annotations

import os
from typing import Any

from pokerl.sandbox import seccomp, users
from pokerl.sandbox.inside import rules
from pokerl.sandbox.places import DEVICES, package_folder
from pokerl.sandbox.policy import Policy
from pokerl.sandbox.tier import Tier, base_environment, limits, readable, stepping_down

OWN_PROCESSES = 2  # the supervisor and the program itself


class Landlock(Tier):
    """Runs programs that bound themselves before they began."""

    name = "landlock"

    def _plan(self, policy: Policy) -> dict[str, Any]:
        places, version = readable(policy), rules.version()
        down = stepping_down(policy, places)
        others = users.tasks(down["user"] or os.geteuid())
        return {
            "wrapper": [],
            "scratch": policy.scratch_bytes,
            "package": str(package_folder()),
            "filter": seccomp.assemble(signals=version >= rules.SCOPE_VERSION, attributes=False).hex(),
            "rules": {"read": [str(path) for path in places], "devices": DEVICES, "version": version},
            "limits": limits(policy, policy.processes + OWN_PROCESSES + others),
            **down,
        }

    def _environment(self, policy: Policy) -> dict[str, str]:
        return base_environment() | dict(policy.environment)
