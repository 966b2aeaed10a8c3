"""Attempts as the designer's code sees them: begun, watched, waited for, looked into (worker side)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from pokerl.play.checkpoint import Checkpoint
from pokerl.play.result import AttemptResult, Split
from pokerl.rlm.host import Host
from pokerl.words import clock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class _Seen:
    """What can be seen of an attempt, whether it has ended or not."""

    def __init__(self, host: Host, identifier: str) -> None:
        self._host = host
        self.identifier = identifier

    def transcript(self, start: int = 0, length: int = 20_000) -> str:
        """What the player and its scouts saw and did, as text; long, so it comes in pieces."""
        return str(self._host.call("attempt_transcript", attempt=self.identifier, start=start, length=length))

    def look(self, frame: int | None = None) -> NDArray[np.uint8]:
        """The picture at a frame of the trunk (default: its end), for ``show``."""
        import numpy as np  # half of the worker's start, and not every designer looks
        from PIL import Image

        png = self._host.call("attempt_look", attempt=self.identifier, frame=frame)
        return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


class Attempt(_Seen):
    """A finished attempt; the fields of its result are attributes (see ``pokerl.play.result.AttemptResult``)."""

    def __init__(self, host: Host, result: AttemptResult) -> None:
        super().__init__(host, result.identifier)
        self.result = result
        self.end = Checkpoint(result.end, result.trunk_frames, f"end of {result.identifier}") if result.end else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.result, name)

    def __repr__(self) -> str:
        result = self.result
        return (
            f"<attempt {result.identifier} of {result.version}: {result.outcome} ({result.reason}) "
            f"progress={result.progress:.2f} frames={result.frames} seconds={result.seconds:.0f} "
            f"tokens={result.tokens} errors={len(result.errors)} refusals={len(result.refusals)}; "
            f"milestones: {_reached(result.milestones)}>"
        )


class Running(_Seen):
    """An attempt that goes on while you work on something else. ``print`` tells how far it is.

    Attributes:
        identifier, version: of the attempt.
    """

    def __init__(self, host: Host, identifier: str, version: str) -> None:
        super().__init__(host, identifier)
        self.version = version

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.wait(0)

    def wait(self, minutes: float | None = None) -> bool:
        """Wait for its end, at most so many minutes; whether it has ended. It costs no time of the block."""
        return self._end(None if minutes is None else minutes * 60) is not None

    def result(self) -> Attempt:
        """The finished attempt; waits for its end."""
        return Attempt(self._host, msgspec.convert(self._end(None), AttemptResult))

    def stop(self) -> Attempt:
        """End it early, where it stands now; it is a finished attempt (``stopped``) then."""
        self._host.call("attempt_stop", attempt=self.identifier)
        return self.result()

    def __repr__(self) -> str:
        if self.done:
            return repr(self.result())
        progress = next((each for each in _underway(self._host) if each["identifier"] == self.identifier), None)
        return repr(self.result()) if progress is None else _going(progress)

    def _end(self, seconds: float | None) -> Any:
        return self._host.call("attempt_wait", attempt=self.identifier, seconds=seconds)


class Attempts(Sequence[Attempt]):
    """All attempts that have ended, in order; ``attempts.running`` are those that go on."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def running(self) -> list[Running]:
        """Those that go on."""
        return [Running(self._host, each["identifier"], each["version"]) for each in _underway(self._host)]

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]

    def __iter__(self) -> Iterator[Attempt]:
        return iter(self._all())

    def __repr__(self) -> str:
        return "\n".join([*map(repr, self._all()), *map(_going, _underway(self._host))]) or "<no attempts yet>"

    def _all(self) -> list[Attempt]:
        return [Attempt(self._host, msgspec.convert(each, AttemptResult)) for each in self._host.call("attempts")]


Evaluated = Attempt | Running


def evaluator(host: Host) -> Callable[..., Evaluated | list[Evaluated]]:
    """The designer's ``evaluate``."""

    def evaluate(
        version: str,
        minutes: float | None = None,
        frames: int | None = None,
        start: Checkpoint | str | None = None,
        attempts: int | None = None,
        wait: bool = True,
    ) -> Evaluated | list[Evaluated]:
        """Run a real attempt with a real player and a version of the interface.

        Args:
            version: which one.
            minutes: wall clock for it; never more than an attempt may have.
            frames: emulated frames for it, all branches together.
            start: a checkpoint to begin from instead of power-on; such an attempt does not count as a full run.
            attempts: so many at once, the same in everything but luck; returns a list of them.
            wait: whether to return when it ended, with the finished attempt. Otherwise it goes on in the background
                and a :class:`Running` is returned at once: ``.done``, ``.wait(minutes)``, ``.result()``, ``.stop()``.
        """
        digest = start.digest if isinstance(start, Checkpoint) else (start or "")
        wanted = {"version": version, "minutes": minutes, "frames": frames, "start": digest}
        begun = host.call("evaluate", **wanted, attempts=1 if attempts is None else attempts, background=not wait)
        running = [Running(host, identifier, version) for identifier in begun]
        ended: list[Evaluated] = [each.result() if wait else each for each in running]
        return ended[0] if attempts is None else ended

    return evaluate


def _underway(host: Host) -> list[dict[str, Any]]:
    return list(host.call("attempts_underway"))


def _going(progress: dict[str, Any]) -> str:
    """How far one is that goes on (``pokerl.design.underway.AttemptProgress``)."""
    milestones = msgspec.convert(progress["milestones"], list[Split])
    return (
        f"<attempt {progress['identifier']} of {progress['version']} goes on: {clock(progress['seconds'])} so far, "
        f"progress={progress['progress']:.2f} tokens={progress['tokens']}; milestones: {_reached(milestones)}>"
    )


def _reached(milestones: Sequence[Split]) -> str:
    return ", ".join(map(repr, milestones)) or "none"
