"""The machines of one attempt: started, branched, counted and ended together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from pokerl.budget import Budget
from pokerl.cartridge import STATE_SPANS
from pokerl.emulator import FrameCounter, MachineHandle, MachineSettings
from pokerl.emulator.resume import go_on
from pokerl.errors import BudgetSpent, StateRejected, UsageProblem
from pokerl.play.run import Run
from pokerl.rlm.extension import Function, Reply
from pokerl.timeline import Segment

MAXIMUM_ALIVE = 32
MAXIMUM_FRAMES = 2**62
MAXIMUM_LABEL = 400

CLOSING_SECONDS = 60.0
"""How long the end of an attempt waits for machines that are just being started."""

BRANCH_SECONDS = 40.0
"""How long a branch may take to answer the host; the longest act takes about half of it."""


class MachinePark:
    """All machines of an attempt.

    Args:
        run: what the attempt belongs to.
        attempt: its id, e.g. "a002".
        capabilities: what model-written code may do on them.
        budget: pays for their frames and ends them in time.
        any_checkpoint: whether checkpoints of other attempts may be restored (the designer's probe).

    Attributes:
        attempt, capabilities: as given.
        elsewhere: held by whoever explores on other computers.
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
        self.attempt = attempt
        self.capabilities = sorted(capabilities)
        self._budget = budget
        self._any_checkpoint = any_checkpoint
        left = budget.remaining("frames")
        self._limit = 0 if left is None else max(1, int(left))  # 0 is no limit at all
        self._counter = FrameCounter(limit=self._limit)
        self._charged = 0
        self._alive: dict[str, MachineHandle] = {}
        self._starting = 0
        self._closed = False
        self._ended = False
        self.elsewhere = threading.Lock()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)

    def functions(self) -> dict[str, Function]:
        """What a worker may ask about branches."""
        return {
            "open_branch": self.branch,
            "branch_standing": self.standing,
            "close_branch": self.close_branch,
        }

    def start(self, start: str = "", *, commits: bool = False, frames: int = 0) -> MachineHandle:
        """A further machine, at power-on or at a checkpoint.

        Args:
            start: digest of the checkpoint; empty for power-on.
            commits: whether its client may commit.
            frames: what it alone may run; 0 for no limit of its own.

        Raises:
            UsageProblem: too many run at once, or the attempt is over.
            StateRejected: there is no such checkpoint, or it is not this game's.
        """
        settings = self._settings(self._run.machine_name(), start, commits, frames)
        return self._started(lambda: self._run.nursery.start(settings, self._counter))

    def go_on(self, standing: Segment) -> MachineHandle:
        """The player's own machine again, where the acts of a segment led; those done again are counted.

        Raises:
            StateRejected: the state that the segment begins with is missing or damaged.
        """
        settings = self._settings(self._run.machine_name(), "", commits=True, frames=0)
        handle = self._started(lambda: go_on(self._run.nursery, settings, standing, self._counter))
        if not standing.checkpoint:
            handle.control.checkpoint(label="gone on")
        return handle

    def branch(self, arguments: dict[str, Any]) -> Reply:
        """Host function ``open_branch``: a machine at a checkpoint, its socket handed to the worker."""
        start = arguments.get("start")
        handle = self.start(self.allowed(start if isinstance(start, str) else ""), frames=frames_asked(arguments))
        handle.control.timeout = BRANCH_SECONDS
        return Reply(handle.settings.machine, (handle.client_socket.detach(),))

    def allowed(self, checkpoint: str) -> str:
        """The same checkpoint, if model-written code of this attempt may start from it.

        Raises:
            StateRejected: there is no such checkpoint, or it belongs to another attempt.
        """
        if self._run.states.get(checkpoint).attempt != self.attempt and not self._any_checkpoint:
            raise StateRejected(
                f"The checkpoint {checkpoint[:12]} belongs to another attempt.",
                "Start from one that this attempt made.",
            )
        return checkpoint

    def standing(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Host function ``branch_standing``: where a branch stands, as its machine says."""
        handle = self._branch(arguments)
        if handle is None:
            raise UsageProblem(f"There is no branch {arguments.get('machine')!r:.40}.", "It was closed already.")
        return self.report(handle)

    def report(self, handle: MachineHandle) -> dict[str, Any]:
        """Where a machine of the attempt stands, with its memory if model-written code may read that."""
        return report(handle, readable="ram.read" in self.capabilities)

    def close_branch(self, arguments: dict[str, Any]) -> dict[str, Any] | None:
        """Host function ``close_branch``: end a machine that the worker is done with.

        With a label as ``keep`` its end is stored as a checkpoint first, which is returned.
        """
        handle, label = self._branch(arguments), arguments.get("keep")
        if handle is None:
            return None
        try:
            if not isinstance(label, str) or "branch" not in self.capabilities:
                return None
            node = handle.control.checkpoint(label=label[:MAXIMUM_LABEL])
            return {"checkpoint": node.checkpoint, "frame": node.frame}
        finally:
            self.end(handle)

    def end(self, handle: MachineHandle) -> None:
        """End one machine; its frames stay counted."""
        handle.stop()
        with self._lock:
            self._alive.pop(handle.settings.machine, None)
        self.settle()

    def share_of_frames(self, asked: int | None, branches: int) -> int:
        """The limit for each of some branches that run where this attempt's frames cannot be counted; 0 for none.

        Raises:
            BudgetSpent: no frames are left.
        """
        if not self._limit:
            return asked or 0
        share = (self._limit - self._counter.total) // branches
        if share < 1:
            raise BudgetSpent(f"The {self._limit} frames of this attempt are spent.", "What was reached is kept.")
        return min(share, asked or share)

    def share_of_seconds(self, asked: float) -> float:
        """The time of such a branch: what was asked for, or less if the attempt ends before.

        Raises:
            BudgetSpent: it has ended.
        """
        self._budget.check()
        left = self._budget.remaining("wall_seconds")
        return asked if left is None else max(1.0, min(asked, left))

    def count_frames(self, frames: int) -> None:
        """Count frames that were run elsewhere."""
        self._counter.take(self._counter.new_slot(), frames, limited=False)
        self.settle()

    def settle(self) -> None:
        """Charge the frames that were run since the last time."""
        with self._lock:
            new = self._counter.total - self._charged
            self._charged += new
        self._budget.charge("frames", new)

    def close(self) -> None:
        """End all machines that still run; those that are just being started end as soon as they stand."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._starting, timeout=CLOSING_SECONDS)
            left = list(self._alive.values())
            self._alive.clear()
            self._ended = True
        for handle in left:
            handle.stop()
        self.settle()
        self._counter.close()

    def __enter__(self) -> MachinePark:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self, begin: Callable[[], MachineHandle]) -> MachineHandle:
        """The machine that ``begin`` starts; threads that ask at once never get more than there may be."""
        handle: MachineHandle | None = None
        self._reserve()
        try:
            handle = begin()
        finally:
            with self._changed:
                self._starting -= 1
                if handle is not None and not self._ended:
                    self._alive[handle.settings.machine] = handle
                self._changed.notify_all()
        if self._ended:
            handle.stop()
            raise _over()
        return handle

    def _reserve(self) -> None:
        with self._lock:
            if self._closed:
                raise _over()
            if len(self._alive) + self._starting >= MAXIMUM_ALIVE:
                raise UsageProblem(
                    f"{MAXIMUM_ALIVE} machines run at once already.", "Close branches you are done with."
                )
            self._starting += 1

    def _branch(self, arguments: dict[str, Any]) -> MachineHandle | None:
        """The machine that a worker names, if it is a branch that lives."""
        with self._lock:
            handle = self._alive.get(str(arguments.get("machine")))
        return None if handle is None or handle.settings.commits else handle

    def _settings(self, machine: str, start: str, commits: bool, frames: int) -> MachineSettings:
        remaining = self._budget.remaining("wall_seconds")
        return MachineSettings(
            rom=str(self._run.rom),
            cartridge=self._run.cartridge.identifier,
            run_folder=str(self._run.folder),
            attempt=self.attempt,
            machine=machine,
            capabilities=self.capabilities,
            start=start,
            deadline=0.0 if remaining is None else time.monotonic() + remaining,
            frame_limit=self._limit,
            own_frame_limit=frames,
            commits=commits,
            any_checkpoint=self._any_checkpoint,
        )


def _over() -> UsageProblem:
    return UsageProblem("The attempt is over.", "No machine is started any more.")


def report(handle: MachineHandle, *, readable: bool) -> dict[str, Any]:
    """Where a machine stands, as it says itself: plain data for ``pokerl.play.explored.Standing``.

    Raises:
        MachineLost: it is gone or hangs.
    """
    standing = handle.control.status()
    return {
        "frame": standing.frame,
        "spent": standing.total_frames,
        "milestones": standing.milestones,
        "memory": handle.control.read_many(STATE_SPANS) if readable else [],
    }


def frames_asked(options: dict[str, Any]) -> int:
    """The frame limit that a worker asks for a branch; 0 if it asks for none.

    Raises:
        UsageProblem: it is no number of frames.
    """
    frames = options.get("frames")
    if frames is None:
        return 0
    if not isinstance(frames, int) or not 0 < frames < MAXIMUM_FRAMES:
        raise UsageProblem(f"A branch cannot have {frames!r:.40} frames.", "Give a whole number from 1.")
    return frames
