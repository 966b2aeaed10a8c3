"""What the designer finds in its REPL beside the engine's own names (worker side)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pokerl.play.checkpoint import Checkpoint
from pokerl.play.game import Game
from pokerl.play.result import AttemptResult
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
        namespace["evaluate"] = _evaluator(host)


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


class Attempt:
    """A finished attempt; the fields of its result are attributes (see ``pokerl.play.result.AttemptResult``)."""

    def __init__(self, host: Host, result: AttemptResult) -> None:
        self._host = host
        self.result = result
        self.end = Checkpoint(result.end, result.trunk_frames, f"end of {result.identifier}") if result.end else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.result, name)

    def transcript(self, start: int = 0, length: int = 20_000) -> str:
        """What the player and its scouts saw and did, as text; long, so it comes in pieces."""
        return str(self._host.call("attempt_transcript", attempt=self.result.identifier, start=start, length=length))

    def look(self, frame: int | None = None) -> NDArray[np.uint8]:
        """The picture at a frame of the trunk (default: its end), for ``show``."""
        png = self._host.call("attempt_look", attempt=self.result.identifier, frame=frame)
        return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))

    def __repr__(self) -> str:
        result = self.result
        reached = ", ".join(f"{split.name}@{split.frame}" for split in result.milestones) or "none"
        return (
            f"<attempt {result.identifier} of {result.version}: {result.outcome} ({result.reason}) "
            f"progress={result.progress:.2f} frames={result.frames} seconds={result.seconds:.0f} "
            f"tokens={result.tokens} errors={len(result.errors)} refusals={len(result.refusals)}; "
            f"milestones: {reached}>"
        )


class Attempts(Sequence[Attempt]):
    """All attempts so far, in order."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]

    def __iter__(self) -> Iterator[Attempt]:
        return iter(self._all())

    def __repr__(self) -> str:
        return "\n".join(map(repr, self._all())) or "<no attempts yet>"

    def _all(self) -> list[Attempt]:
        return [Attempt(self._host, msgspec.convert(each, AttemptResult)) for each in self._host.call("attempts")]


def _evaluator(host: Host) -> Callable[..., Attempt | list[Attempt]]:
    def evaluate(
        version: str,
        minutes: float | None = None,
        frames: int | None = None,
        start: Checkpoint | str | None = None,
        attempts: int | None = None,
    ) -> Attempt | list[Attempt]:
        """Run a real attempt with a real player and a version of the interface; returns when it ended.

        Args:
            version: which one.
            minutes: wall clock for it; never more than an attempt may have.
            frames: emulated frames for it, all branches together.
            start: a checkpoint to begin from instead of power-on; such an attempt does not count as a full run.
            attempts: so many at once, the same in everything but luck; returns a list of them.
        """
        digest = start.digest if isinstance(start, Checkpoint) else (start or "")
        wanted = {"version": version, "minutes": minutes, "frames": frames, "start": digest}
        if attempts is None:
            return Attempt(host, msgspec.convert(host.call("evaluate", **wanted), AttemptResult))
        replies = host.call("evaluate_batched", **wanted, attempts=attempts)
        return [Attempt(host, msgspec.convert(reply, AttemptResult)) for reply in replies]

    return evaluate
