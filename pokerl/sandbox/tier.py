"""A way to run a program apart from the rest of the computer."""

from __future__ import annotations

import abc
import contextlib
import json
import os
import signal
import site
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pokerl.errors import ConfigurationProblem
from pokerl.sandbox import users
from pokerl.sandbox.inside.supervise import descendants
from pokerl.sandbox.places import package_folder, runtime_paths, without_nested
from pokerl.sandbox.policy import Policy

# Imports `inside` under its full name without the imports of this package: each launch pays for them twice.
BOOT = """
import json, sys, types
folder, module, plan, *argv = sys.argv[1:]
sys.path.insert(0, folder)
package = sys.modules["pokerl.sandbox"] = types.ModuleType("pokerl.sandbox")
package.__path__ = [folder + "/pokerl/sandbox"]
import importlib
importlib.import_module("pokerl.sandbox.inside." + module).main(json.loads(plan), argv)
"""
PATIENCE = 2.0  # seconds that a supervisor gets to end its tree before it is killed itself


class Tier(abc.ABC):
    """Starts and ends sandboxed programs.

    ``name`` is what the manifest records, ``supervisor`` the module of ``inside`` that watches over a program.
    """

    name: str
    supervisor = "supervise"

    def launch(
        self,
        argv: Sequence[str],
        policy: Policy,
        descriptors: tuple[int, ...] = (),
        *,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | None = subprocess.DEVNULL,
        stderr: int | None = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Start a program in the sandbox.

        Args:
            argv: the program and its arguments; usually ``sys.executable`` first.
            policy: what it may use.
            descriptors: open descriptors handed over under their own numbers; nothing else is inherited. Close them
                here afterwards, or the other end of a socket never sees that the program ended.
            stdin, stdout, stderr: as of ``subprocess.Popen``; nothing by default.

        Returns:
            The process that watches over the program. It exits as the program does (128 and the number of the signal
            that ended it; 125 if the sandbox could not be set up, with the reason on standard error), and it takes
            everything with it that the program started. Inside, the working directory, ``HOME`` and ``TMPDIR`` are a
            private scratch folder, and this package and the installed ones can be imported.

        Raises:
            ConfigurationProblem: a path to be readable does not exist or cannot be read here.
        """
        plan = self._plan(policy) | {"host": os.getpid(), "descriptors": descriptors}
        return subprocess.Popen(
            [*boot(self.supervisor, plan), *argv],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=descriptors,
            env=self._environment(policy),
            start_new_session=True,
            cwd="/",
        )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the program and everything that it started; returns when they are gone."""
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
            return
        self._end(process)

    def members(self, process: subprocess.Popen[bytes]) -> list[int]:
        """The program and everything that it started, as process ids of this machine, parents first."""
        return descendants(process.pid)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Kill what a supervisor did not, and the supervisor."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and (below := self.members(process)):
            for pid in below:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()

    @abc.abstractmethod
    def _plan(self, policy: Policy) -> dict[str, Any]:
        """What the supervisor shall do, as plain data."""

    @abc.abstractmethod
    def _environment(self, policy: Policy) -> dict[str, str]:
        """The program's whole environment."""


def boot(module: str, plan: dict[str, Any]) -> list[str]:
    """The command that runs ``pokerl.sandbox.inside.<module>`` with ``plan``; the program's words follow it."""
    return [sys.executable, "-I", "-S", "-c", BOOT, str(package_folder().parent), module, json.dumps(plan)]


def limits(policy: Policy, processes: int) -> dict[str, int]:
    """Resource limits by their name in the module ``resource``."""
    return {
        "RLIMIT_AS": policy.memory_bytes,
        "RLIMIT_NPROC": processes,
        "RLIMIT_NOFILE": policy.open_files,
        "RLIMIT_FSIZE": policy.file_bytes,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
    }


def base_environment() -> dict[str, str]:
    """The variables that every tier sets."""
    given = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return given | ({"PYTHONUSERBASE": site.getuserbase()} if site.ENABLE_USER_SITE else {})


def readable(policy: Policy) -> tuple[Path, ...]:
    """Everything that may be read: what Python needs and what the policy adds.

    Raises:
        ConfigurationProblem: a path of the policy does not exist or cannot be read here.
    """
    added = [path.absolute() for path in policy.readable]
    for path in added:
        if not os.access(path, os.R_OK):
            raise ConfigurationProblem(f"The sandbox shall show {path}, which cannot be read here.", "Check the path.")
    return without_nested([*runtime_paths(), *added])


def stepping_down(policy: Policy, needed: Sequence[Path]) -> dict[str, Any]:
    """The part of a plan that turns root into a user id of its own; nothing for anyone else."""
    shown = [str(path.absolute().resolve()) for path in policy.readable]
    return {"user": users.unused(), "needed": [str(path) for path in needed], "shown": shown}
