"""The machines of one attempt: started, branched, counted and ended together."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from pokerl.budget import Budget
from pokerl.emulator import FrameCounter, MachineHandle, MachineSettings
from pokerl.errors import StateRejected, UsageProblem
from pokerl.play.run import Run
from pokerl.rlm.extension import Reply

MAXIMUM_ALIVE = 32


class MachinePark:
    """All machines of an attempt.

    Args:
        run: what the attempt belongs to.
        attempt: its id, e.g. "a002".
        capabilities: what model-written code may do on them.
        budget: pays for their frames and ends them in time.
        any_checkpoint: whether checkpoints of other attempts may be restored (the designer's probe).
    """

    def __init__(
        self,
        run: Run,
        attempt: str,
        capabilities: Iterable[str],
        budget: Budget,
        *,
        any_checkpoint: bool = False,
    ) -> None:
        self._run = run
        self._attempt = attempt
        self._capabilities = sorted(capabilities)
        self._budget = budget
        self._any_checkpoint = any_checkpoint
        left = budget.remaining("frames")
        self._limit = 0 if left is None else max(1, int(left))  # 0 is no limit at all
        self._counter = FrameCounter(limit=self._limit)
        self._charged = 0
        self._alive: dict[str, MachineHandle] = {}
        self._lock = threading.Lock()

    @property
    def frames(self) -> int:
        """Frames run by all of them together."""
        return self._counter.total

    def start(self, start: str = "", *, commits: bool = False) -> MachineHandle:
        """A further machine, at power-on or at a checkpoint.

        Raises:
            UsageProblem: too many run at once.
            StateRejected: there is no such checkpoint, or it is not this game's.
        """
        with self._lock:
            if len(self._alive) >= MAXIMUM_ALIVE:
                raise UsageProblem(
                    f"{MAXIMUM_ALIVE} machines run at once already.", "Close branches you are done with."
                )
            settings = self._settings(f"m{next(self._run.machine_numbers):04}", start, commits)
        handle = self._run.nursery.start(settings, self._counter)
        with self._lock:
            self._alive[settings.machine] = handle
        return handle

    def branch(self, arguments: dict[str, Any]) -> Reply:
        """Host function ``open_branch``: a machine at a checkpoint, its socket handed to the worker."""
        start = arguments.get("start")
        handle = self.start(self.allowed(start if isinstance(start, str) else ""))
        return Reply(handle.settings.machine, (handle.client_socket.detach(),))

    def allowed(self, checkpoint: str) -> str:
        """The same checkpoint, if model-written code of this attempt may start from it.

        Raises:
            StateRejected: there is no such checkpoint, or it belongs to another attempt.
        """
        if self._run.states.get(checkpoint).attempt != self._attempt and not self._any_checkpoint:
            raise StateRejected(
                f"The checkpoint {checkpoint[:12]} belongs to another attempt.",
                "Start from one that this attempt made.",
            )
        return checkpoint

    def close_branch(self, arguments: dict[str, Any]) -> None:
        """Host function ``close_branch``: end a machine that the worker is done with."""
        with self._lock:
            handle = self._alive.get(str(arguments.get("machine")))
        if handle is not None and not handle.settings.commits:
            self.end(handle)

    def end(self, handle: MachineHandle) -> None:
        """End one machine; its frames stay counted."""
        handle.stop()
        with self._lock:
            self._alive.pop(handle.settings.machine, None)
        self.settle()

    def settle(self) -> None:
        """Charge the frames that were run since the last time."""
        with self._lock:
            new = self._counter.total - self._charged
            self._charged += new
        self._budget.charge("frames", new)

    def close(self) -> None:
        """End all machines that still run."""
        for handle in list(self._alive.values()):
            handle.stop()
        self._alive.clear()
        self.settle()
        self._counter.close()

    def __enter__(self) -> MachinePark:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settings(self, machine: str, start: str, commits: bool) -> MachineSettings:
        remaining = self._budget.remaining("wall_seconds")
        return MachineSettings(
            rom=str(self._run.rom),
            cartridge=self._run.cartridge.identifier,
            run_folder=str(self._run.folder),
            attempt=self._attempt,
            machine=machine,
            capabilities=self._capabilities,
            start=start,
            deadline=0.0 if remaining is None else time.monotonic() + remaining,
            frame_limit=self._limit,
            commits=commits,
        )
