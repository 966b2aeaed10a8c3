"""What works on this machine, found out by starting each tier and looking around inside."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pokerl.errors import SandboxUnavailable
from pokerl.sandbox.bubblewrap import Bubblewrap
from pokerl.sandbox.docker import DAEMON_REMEDY, Docker
from pokerl.sandbox.inside import rules
from pokerl.sandbox.landlock import Landlock
from pokerl.sandbox.places import package_folder
from pokerl.sandbox.policy import MEBIBYTE, Policy
from pokerl.sandbox.seccomp import supported
from pokerl.sandbox.tier import Tier

PATIENCE = 10.0  # seconds for a start that takes a tenth of one
ANSWER_LIMIT = 65536
TIERS: tuple[type[Tier], ...] = (Bubblewrap, Landlock, Docker)

NAMESPACES_REMEDY = (
    "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, on Ubuntu also "
    "kernel.apparmor_restrict_unprivileged_userns=0), or use the tier landlock."
)
LANDLOCK_REMEDY = "Use Linux 5.13 or newer with `landlock` among the kernel's lsm= modules, or install bubblewrap."
REMEDIES = {Bubblewrap.name: NAMESPACES_REMEDY, Landlock.name: LANDLOCK_REMEDY, Docker.name: DAEMON_REMEDY}
ROOT_REMEDY = "Run as an ordinary user, or open the folders above Python to others, e.g. `chmod o+x /root`."


@dataclass(frozen=True)
class TierReport:
    """Whether a tier works here.

    Args:
        name: the tier.
        works: whether a program started in it and nothing it tried went through.
        reason: why not, one sentence; empty if it works.
        remedy: what to do about it; empty if it works.
    """

    name: str
    works: bool
    reason: str = ""
    remedy: str = ""


def probe() -> list[TierReport]:
    """Try every tier, strongest first, with real programs; takes about a second."""
    return [examine(tier) for tier in TIERS]


def examine(kind: type[Tier]) -> TierReport:
    """Start one tier and look around inside."""
    obstacle = _obstacle(kind)
    if obstacle is not None:
        return obstacle
    with _canaries() as files, socket.create_server(("127.0.0.1", 0)) as listener:
        try:
            answer = _ask(kind(), listener.getsockname()[1], files)
        except SandboxUnavailable as problem:
            return TierReport(kind.name, False, problem.message, problem.remedy)
    complaints = _complaints(answer)
    if complaints:
        return TierReport(kind.name, False, f"Inside, a program {', '.join(complaints)}.", "Please report this.")
    return TierReport(kind.name, True)


def _obstacle(kind: type[Tier]) -> TierReport | None:
    if sys.platform != "linux":
        return TierReport(kind.name, False, "Sandboxes need Linux.", "Use a Linux machine, container or WSL 2.")
    if not supported():
        machine = os.uname().machine
        return TierReport(kind.name, False, f"No system call filter for {machine}.", "Use x86_64 or aarch64.")
    if kind is Bubblewrap and shutil.which("bwrap") is None:
        return TierReport(kind.name, False, "bwrap is not installed.", "Install it, e.g. `apt-get install bubblewrap`.")
    if kind is Landlock and not rules.version():
        return TierReport(kind.name, False, "This kernel has no Landlock or it is switched off.", LANDLOCK_REMEDY)
    return None


@contextlib.contextmanager
def _canaries() -> Iterator[list[str]]:
    """Files that every user may read, where secrets live, so that only the sandbox can be what forbids it."""
    with contextlib.ExitStack() as stack:
        files = ["/etc/passwd", "/etc/shadow"]
        for folder in (Path.home(), Path(tempfile.gettempdir())):
            with contextlib.suppress(OSError):
                file = stack.enter_context(tempfile.NamedTemporaryFile(prefix=".pokerl-canary-", dir=folder))
                Path(file.name).chmod(0o644)
                files.append(file.name)
        yield files


def _ask(tier: Tier, port: int, files: list[str]) -> dict[str, Any]:
    here, there = socket.socketpair()
    script = str(package_folder() / "sandbox" / "inside" / "selfcheck.py")
    argv = [sys.executable, script, str(there.fileno()), str(port), *files]
    policy = Policy(scratch_bytes=MEBIBYTE, memory_bytes=512 * MEBIBYTE, processes=8)
    with here, tempfile.TemporaryFile() as errors:
        with there:
            process = tier.launch(argv, policy, (there.fileno(),), stderr=errors.fileno())
        try:
            answer = _receive(here)
        finally:
            tier.kill(process)
        if not answer:
            raise _unavailable(tier, errors, process)
    found: dict[str, Any] = json.loads(answer)
    return found


def _receive(stream: socket.socket) -> bytes:
    answer, until = b"", time.monotonic() + PATIENCE
    while len(answer) < ANSWER_LIMIT and (left := until - time.monotonic()) > 0:
        if not select.select([stream], [], [], left)[0]:
            break
        data = stream.recv(ANSWER_LIMIT)
        if not data:
            break
        answer += data
    return answer


def _unavailable(tier: Tier, errors: Any, process: subprocess.Popen[bytes]) -> SandboxUnavailable:
    errors.seek(0)
    said = errors.read(2000).decode(errors="replace").strip().splitlines()
    reason = (
        said[-1].removeprefix("pokerl sandbox: ")
        if said
        else f"the program ended with {process.returncode} and said nothing"
    )
    if "step down" in reason:
        return SandboxUnavailable(f"It does not start: {reason}.", ROOT_REMEDY)
    return SandboxUnavailable(f"It does not start: {reason}.", REMEDIES[tier.name])


def _complaints(found: dict[str, Any]) -> list[str]:
    expected = {"HOME", "TMPDIR", "PWD", "PATH", "LANG", "LC_CTYPE"}
    strange = [name for name in found["environment"] if name not in expected and not name.startswith("PYTHON")]
    checks = {
        "is root": found["user"] == 0,
        "has capabilities": any(found["capabilities"]),
        f"sees the variables {strange}": bool(strange),
        f"can read {found['read']}": bool(found["read"]),
        "reaches the network": found["connected"],
    }
    return [what for what, wrong in checks.items() if wrong]
