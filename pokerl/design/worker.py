"""What the designer finds in its REPL beside the engine's own names (worker side)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pokerl.design.attempts import Attempts, evaluator
from pokerl.play.game import Game
from pokerl.play.tools import bind, load_tools
from pokerl.play.worker import connect
from pokerl.rlm.host import Host


def install(namespace: dict[str, Any], host: Host, arguments: dict[str, Any]) -> None:
    """Set up the namespace of a designer or its helper: ``game``, ``workspace``, ``attempts``, ``evaluate``.

    Args:
        namespace: the REPL's.
        host: the host's end.
        arguments: ``cartridge`` (id) and ``evaluates``, whether there is ``evaluate``.
    """
    namespace["game"] = connect(host, arguments["cartridge"])
    namespace["workspace"] = Workspace(host)
    namespace["attempts"] = Attempts(host)
    if arguments["evaluates"]:
        namespace["evaluate"] = evaluator(host)


class Workspace:
    """The interface versions: write, read, copy, check and try them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._loaded = 0

    def write(self, version: str, file: str, text: str) -> None:
        """Write a file of a version, such as ``workspace.write("v1", "tools.py", source)``."""
        self._host.call("workspace_write", version=version, file=file, text=text)

    def read(self, version: str, file: str) -> str:
        """The text of a version's file."""
        return str(self._host.call("workspace_read", version=version, file=file))

    def copy(self, version: str, new_version: str) -> None:
        """Begin a new version as a copy of another."""
        self._host.call("workspace_copy", version=version, new_version=new_version)

    def files(self, version: str) -> list[str]:
        """The files of a version."""
        return list(self._host.call("workspace_files", version=version))

    def versions(self) -> list[str]:
        """The versions there are."""
        return list(self._host.call("workspace_versions"))

    def check(self, version: str) -> str:
        """Load a version in a fresh sandbox: its tools with their signatures, or what is wrong, with the traceback."""
        return str(self._host.call("workspace_check", version=version))

    def tools(self, version: str, game: Game) -> Tools:
        """The tools of a version bound to a machine of yours, as attributes, to try them out."""
        self._loaded += 1
        folder = Path("/tmp") / f"interface-{version}-{self._loaded}"
        for file in self.files(version):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(self.read(version, file), encoding="utf-8")
        return Tools(bind(load_tools(folder, f"interface_{self._loaded}"), game))

    def __repr__(self) -> str:
        return f"<workspace with {', '.join(self.versions()) or 'no versions yet'}>"


class Tools:
    """Tools as attributes: ``tools.walk_to(3, 5)``."""

    def __init__(self, tools: dict[str, Callable[..., Any]]) -> None:
        self.__dict__.update(tools)

    def __repr__(self) -> str:
        return f"<tools {', '.join(self.__dict__)}>"
