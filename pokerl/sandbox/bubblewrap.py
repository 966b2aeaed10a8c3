"""The tier ``bubblewrap``: own namespaces for users, processes, network and files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pokerl.errors import SandboxUnavailable
from pokerl.sandbox.places import package_folder, runtime_paths, without_nested
from pokerl.sandbox.policy import Policy

DEVICES = ("null", "zero", "full", "random", "urandom")
SCRATCH = "/tmp"


class Bubblewrap:
    """Runs programs under ``bwrap``."""

    name = "bubblewrap"

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
        """Start ``argv``; the descriptors keep their numbers inside."""
        program = shutil.which("bwrap")
        if program is None:
            raise SandboxUnavailable("bubblewrap is not installed.", "Install it, e.g. `apt-get install bubblewrap`.")
        confine = [sys.executable, "-I", "-S", str(Path(__file__).with_name("confine.py")), json.dumps(limits(policy))]
        return subprocess.Popen(
            [program, *arguments(policy), "--", *confine, *argv],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=descriptors,
            start_new_session=True,
            env={},
            cwd="/",
        )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the program and everything it started; returns when they are gone."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def limits(policy: Policy) -> dict[str, int]:
    return {
        "RLIMIT_AS": policy.memory_bytes,
        "RLIMIT_NPROC": policy.processes,
        "RLIMIT_NOFILE": policy.open_files,
        "RLIMIT_FSIZE": policy.file_bytes,
        "RLIMIT_CORE": 0,
    }


def environment(policy: Policy) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": SCRATCH,
        "TMPDIR": SCRATCH,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(package_folder().parent),
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **policy.environment,
    }


def arguments(policy: Policy) -> list[str]:
    words = [
        "--unshare-all",
        "--uid",
        "1000",
        "--gid",
        "1000",
        "--cap-drop",
        "ALL",
        "--new-session",
        "--die-with-parent",
        "--hostname",
        "sandbox",
        "--clearenv",
        "--proc",
        "/proc",
        "--size",
        str(policy.scratch_bytes),
        "--tmpfs",
        SCRATCH,
    ]
    for device in DEVICES:
        words += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for path in without_nested([*runtime_paths(), *policy.readable]):
        words += (
            ["--symlink", os.readlink(path), str(path)] if path.is_symlink() else ["--ro-bind", str(path), str(path)]
        )
    for name, value in environment(policy).items():
        words += ["--setenv", name, value]
    return [*words, "--remount-ro", "/", "--chdir", SCRATCH]
