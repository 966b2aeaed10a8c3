"""What the attempts are after, really there on the host: secrets in files and processes, listeners, a neighbour."""

from __future__ import annotations

import contextlib
import os
import pty
import secrets
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pokerl.sandbox.places import package_folder
from pokerl.sandbox.policy import Policy
from pokerl.sandbox.tier import Tier

VICTIM = """
import ctypes, os, sys, time
memory = ctypes.create_string_buffer(sys.argv[1].encode(), 64)
file = os.open(sys.argv[2], os.O_RDONLY)
print(ctypes.addressof(memory), file, flush=True)
time.sleep(600)
"""
NEIGHBOUR = "import os, sys, time; open('note', 'w').write(sys.argv[1]); os.write(1, b'x'); time.sleep(600)"


@dataclass(frozen=True)
class Bait:
    """What an attempt may be told about the host.

    Args:
        token: the secret; whoever shows it has got out.
        facts: names and numbers that the attempts use.
        readable: the one folder that the policy shows.
        terminal: a terminal of the host, given as standard error.
        watched: folders that must not change.
    """

    token: str
    facts: dict[str, Any]
    readable: Path
    terminal: int
    watched: tuple[Path, ...]

    def state(self) -> str:
        """A fingerprint of everything that no attempt may change."""
        seen: list[Any] = []
        for top in self.watched:
            for path in sorted([top, *top.rglob("*")]):
                found = path.lstat()
                content = path.read_bytes() if path.is_file() else b""
                seen.append((str(path), found.st_mode, found.st_uid, found.st_mtime_ns, content))
        return sha256(repr(seen).encode()).hexdigest()


@contextlib.contextmanager
def laid_out(tier: Tier, policy: Policy) -> Iterator[Bait]:
    """Lay the bait, and take it away afterwards."""
    token = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pokerl-bait-", dir=_home())))
        home.chmod(0o755)
        shown = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pokerl-shown-")))
        facts = _files(home, shown, token) | _listeners(stack, home)
        facts |= _victim(stack, token, Path(facts["secret"])) | _neighbour(stack, tier, policy, token)
        stack.enter_context(_environment("OPENAI_API_KEY", token))
        master, terminal = pty.openpty()
        stack.callback(os.close, master)
        stack.callback(os.close, terminal)
        stack.enter_context(open(facts["secret"], "rb"))  # noqa: PTH123  (a descriptor that must not be inherited)
        yield Bait(token, facts, shown, terminal, (shown, home / "shared", home / "secrets"))


def _home() -> Path:
    """The home folder, or the folder for temporary files of a user without one."""
    return Path.home() if os.access(Path.home(), os.W_OK) else Path(tempfile.gettempdir())


def _files(home: Path, shown: Path, token: str) -> dict[str, Any]:
    for name in ("secrets", "shared", "project", "project/.ssh", "project/runs"):
        (home / name).mkdir()
    (home / "shared").chmod(0o777)
    named = (
        "secrets/bait-secret",
        "secrets/spare",
        "project/.env",
        "project/.ssh/id_ed25519",
        "project/runs/events.jsonl",
    )
    for name in named:
        (home / name).write_text(f"{token}\n")
    (shown / "tools.py").write_text("shown = True\n")
    (home / "shared" / "present").write_text("present")
    return {
        "secret": str(home / "secrets" / "bait-secret"),
        "spare": str(home / "secrets" / "spare"),
        "folder": str(home / "project"),
        "shared": str(home / "shared"),
        "readable": str(shown / "tools.py"),
        "home": str(Path.home()),
        "package": str(package_folder()),
        "packages": sysconfig.get_path("purelib"),
    }


def _listeners(stack: contextlib.ExitStack, home: Path) -> dict[str, Any]:
    abstract = f"pokerl-bait-{secrets.token_hex(4)}"
    tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
    udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    udp.bind(("127.0.0.1", tcp.getsockname()[1]))
    for address in (str(home / "socket"), "\0" + abstract):
        stream = stack.enter_context(socket.socket(socket.AF_UNIX))
        stream.bind(address)
        stream.listen(64)
    datagram = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    datagram.bind("\0" + abstract + "-datagram")
    names = {"unix": str(home / "socket"), "abstract": abstract, "abstract_datagram": abstract + "-datagram"}
    return names | {"port": tcp.getsockname()[1]}


def _victim(stack: contextlib.ExitStack, token: str, secret: Path) -> dict[str, Any]:
    argv = [sys.executable, "-I", "-S", "-c", VICTIM, token, str(secret)]
    environment = os.environ | {"SECRET": token}
    victim = stack.enter_context(subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment))
    stack.callback(victim.kill)
    assert victim.stdout is not None
    address, file = victim.stdout.readline().split()
    return {"victim": victim.pid, "victim_address": int(address), "victim_file": int(file), "process": os.getpid()}


def _neighbour(stack: contextlib.ExitStack, tier: Tier, policy: Policy, token: str) -> dict[str, Any]:
    neighbour = tier.launch([sys.executable, "-c", NEIGHBOUR, token], policy, stdout=subprocess.PIPE)
    stack.callback(tier.kill, neighbour)
    assert neighbour.stdout is not None
    stack.callback(neighbour.stdout.close)
    neighbour.stdout.read(1)
    program = tier.members(neighbour)[-1]
    place = str(Path(f"/proc/{program}/cwd").readlink())
    seen = place if Path(place, "note").exists() else f"/proc/{program}/cwd"  # in a mount namespace the name differs
    return {"neighbour": program, "neighbour_scratch": seen, "group": os.getpgid(0)}


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before
