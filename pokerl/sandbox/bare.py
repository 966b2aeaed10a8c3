"""The tier ``none``: limits and an orderly end, but no protection; only when asked for by name and as unsafe."""

from __future__ import annotations

import os
from typing import Any

from pokerl.sandbox import users
from pokerl.sandbox.landlock import OWN_PROCESSES
from pokerl.sandbox.places import package_folder
from pokerl.sandbox.policy import Policy
from pokerl.sandbox.tier import Tier, base_environment, limits


class Bare(Tier):
    """Runs programs as the host's own user, who can do all that the host can."""

    name = "none"

    def _plan(self, policy: Policy) -> dict[str, Any]:
        others = users.tasks(os.geteuid())
        return {
            "wrapper": [],
            "scratch": policy.scratch_bytes,
            "package": str(package_folder()),
            "filter": "",
            "rules": None,
            "limits": limits(policy, policy.processes + OWN_PROCESSES + others),
            "user": 0,
        }

    def _environment(self, policy: Policy) -> dict[str, str]:
        return base_environment() | dict(policy.environment)
