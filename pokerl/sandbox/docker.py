"""The tier ``docker``: a container of Docker without network, for machines where the other tiers do not work.

The image holds no file, only folders and symbolic links, and is made here: nothing is downloaded. What Python needs is
bound read-only, as bubblewrap's tier binds it. A container inherits nothing, so the descriptors go through a socket.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import resource
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from pokerl.errors import SandboxUnavailable
from pokerl.sandbox import seccomp, users
from pokerl.sandbox.bubblewrap import LIBRARY, SCRATCH, inner_rules
from pokerl.sandbox.inside.supervise import descendants
from pokerl.sandbox.places import package_folder, runtime_paths
from pokerl.sandbox.policy import Policy
from pokerl.sandbox.tier import Tier, base_environment, boot, limits, readable

OWN_PROCESSES = 2  # the container's first process, and the program itself
CLIENT_SECONDS = 20.0  # for one command of the client; a busy daemon takes seconds
SOCKET = "/run/host"
INSTALL_REMEDY = "Install it, e.g. `apt-get install docker.io`."
DAEMON_REMEDY = "Start the Docker daemon, and put your user into the group `docker` if you are not root."


class Docker(Tier):
    """Runs programs in containers."""

    name = "docker"
    supervisor = "contain"

    def members(self, process: subprocess.Popen[bytes]) -> list[int]:
        """As of any tier; the processes of a container are no children of its supervisor."""
        asked = [self._program, "inspect", "--format", "{{.State.Pid}}", container(process.pid)]
        first = int(subprocess.run(asked, capture_output=True, timeout=CLIENT_SECONDS).stdout.strip() or 0)
        return [first, *descendants(first)] if first else []

    @functools.cached_property
    def _program(self) -> str:
        found = shutil.which("docker")
        if found is None:
            raise SandboxUnavailable("docker is not installed.", INSTALL_REMEDY)
        return found

    @functools.cached_property
    def _image(self) -> str:
        """The name of the image, which is made if it is not there."""
        layer = _layer()
        name = f"localhost/pokerl-sandbox:{hashlib.sha256(layer).hexdigest()[:16]}"
        if not _client([self._program, "image", "ls", "--quiet", name]).strip():
            _client([self._program, "import", "-", name], layer)
        return name

    def _plan(self, policy: Policy) -> dict[str, Any]:
        user = users.unused() or os.geteuid()
        bound = limits(policy, policy.processes + OWN_PROCESSES + users.tasks(user))
        inner = {
            "filter": seccomp.assemble(signals=True, attributes=True).hex(),
            "rules": inner_rules(policy),
            "limits": bound,
            "environment": self._program_environment(policy),
        }
        shown = [str(path.absolute()) for path in policy.readable]
        return {
            "client": [self._program, "run", *_arguments(policy, user)],
            "bound": [str(path) for path in readable(policy) if not path.is_symlink() or str(path) in shown],
            "shown": shown,
            "user": user,
            "image": self._image,
            "boot": boot("arrive", {"socket": SOCKET}),
            "socket": SOCKET,
            "inner": inner,
        }

    def _environment(self, policy: Policy) -> dict[str, str]:  # noqa: ARG002
        """What the client needs to find its daemon; nothing of it goes into the container."""
        return dict(os.environ)

    def _program_environment(self, policy: Policy) -> dict[str, str]:
        places = {"HOME": SCRATCH, "TMPDIR": SCRATCH, "PWD": SCRATCH, "PYTHONPATH": LIBRARY}
        return base_environment() | places | dict(policy.environment)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            removed = [self._program, "rm", "--force", container(process.pid)]
            subprocess.run(removed, capture_output=True, timeout=CLIENT_SECONDS)
        super()._end(process)


def container(supervisor: int) -> str:
    """The name of a container by the process id of its supervisor."""
    return f"pokerl-sandbox-{supervisor}"


def _arguments(policy: Policy, user: int) -> list[str]:
    """The words for ``docker run`` that do not depend on where things lie while it starts."""
    memory = policy.memory_bytes + policy.scratch_bytes
    group = os.getegid() or user
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    given = {
        "--network": "none",
        "--ipc": "none",
        "--hostname": "sandbox",
        "--log-driver": "none",
        "--attach": "stderr",
        "--cap-drop": "ALL",
        "--security-opt": "no-new-privileges",
        "--user": f"{user}:{group}",
        "--pids-limit": f"{policy.processes + OWN_PROCESSES}",
        "--memory": f"{memory}b",
        "--memory-swap": f"{memory}b",
        "--ulimit": f"nofile={files}:{files}",  # descriptors keep their numbers
        "--oom-score-adj": "1000",
        "--tmpfs": f"{SCRATCH}:size={policy.scratch_bytes}",
        "--workdir": SCRATCH,
        "--pull": "never",
    }
    return ["--rm", "--read-only", *(word for pair in given.items() for word in pair)]


def _layer() -> bytes:
    """The image as a tar archive: the symbolic links on the way to Python, and the folder that imports this package."""
    links = {str(path): str(path.readlink()) for path in runtime_paths() if path.is_symlink()}
    links[f"{LIBRARY}/pokerl"] = str(package_folder())
    folders = {str(folder) for link in links for folder in Path(link).parents if folder != Path("/")}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in sorted(folders - {SCRATCH}):
            archive.addfile(_entry(folder, tarfile.DIRTYPE))
        archive.addfile(_entry(SCRATCH, tarfile.DIRTYPE, mode=0o1777))  # a tmpfs takes the mode of what it covers
        for link, target in sorted(links.items()):
            archive.addfile(_entry(link, tarfile.SYMTYPE, target))
    return buffer.getvalue()


def _entry(path: str, kind: bytes, target: str = "", mode: int = 0o755) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path.removeprefix("/"))
    entry.type, entry.linkname, entry.mode = kind, target, mode
    return entry


def _client(argv: list[str], given: bytes = b"") -> bytes:
    """What a command of the client says.

    Raises:
        SandboxUnavailable: it fails; mostly there is no daemon or no right to talk to it.
    """
    try:
        done = subprocess.run(argv, input=given, capture_output=True, timeout=CLIENT_SECONDS)
    except subprocess.TimeoutExpired as problem:
        raise SandboxUnavailable(f"{argv[0]} did not answer in {CLIENT_SECONDS:g} s.", DAEMON_REMEDY) from problem
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise SandboxUnavailable(f"{Path(argv[0]).name}: {said[-1]}", DAEMON_REMEDY)
    return done.stdout
