"""Attempts that go on, each on a thread of its own, while the designer waits or works on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Struct

from pokerl.budget import Budget, Limits
from pokerl.cartridge import progress
from pokerl.errors import UsageProblem
from pokerl.play.attempt import AttemptPlan
from pokerl.play.result import AttemptResult, Split, tokens_used, trunk_splits
from pokerl.play.run import Run
from pokerl.play.spent import seconds_at
from pokerl.rlm.bounded import Call
from pokerl.words import clock

CLOSING_SECONDS = 60.0
"""How long attempts may take to end once nobody waits for them any more."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An attempt about to be played: its plan, what it may spend, and where that is taken from."""

    plan: AttemptPlan
    limits: Limits
    budget: Budget

    @property
    def promised(self) -> float:
        """Frames that it may still run; those that it ran are taken from the experiment's already."""
        return max(0.0, (self.limits.frames or 0.0) - self.budget.spent("frames"))


MAXIMUM_WAITING = 64
"""Threads that may wait for attempts at once: one whose worker was lost meanwhile waits on."""

Draft = Callable[[float], Entry]
"""Prepares an attempt, given the frames that those under way may still run."""

Play = Callable[[Entry, threading.Event], AttemptResult]
"""Plays an attempt to its end, or until the event is set."""


class AttemptProgress(Struct, frozen=True, kw_only=True):
    """How far an attempt is that still goes on; the fields mean what they mean in its result."""

    identifier: str
    version: str
    milestones: list[Split]
    progress: float
    seconds: float
    tokens: int


@dataclass(kw_only=True)
class _Playing:
    """One attempt; ``told`` is whether the designer knows that it ended."""

    entry: Entry
    stop: threading.Event
    call: Call[AttemptResult]
    told: bool = False

    @property
    def plan(self) -> AttemptPlan:
        """What it is to be."""
        return self.entry.plan

    @property
    def ended(self) -> bool:
        """Whether there is a result, or what kept it from one."""
        return self.call.done.is_set()


class Underway:
    """The attempts of one experiment that were begun by this process.

    Args:
        run: the run.
        most: how many may go on at once.
        over: whether the experiment is over, so that none may be begun any more.
    """

    def __init__(self, run: Run, most: int, over: Callable[[], bool]) -> None:
        self._run = run
        self._most = most
        self._over = over
        self._playing: dict[str, _Playing] = {}
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MAXIMUM_WAITING)
        self._workers = 0

    def begin(self, count: int, draft: Draft, play: Play) -> list[str]:
        """Begin some attempts at once; their identifiers.

        Args:
            count: how many.
            draft: prepares each, in order; none is begun if one cannot be.
            play: plays one.

        Raises:
            UsageProblem: too many would go on at once, or the experiment is over.
        """
        with self._lock:
            if self._over():
                raise UsageProblem("The experiment is over.", "No attempt is begun any more.")
            going = list(self._going())
            if len(going) + count > self._most:
                raise UsageProblem(f"{len(going)} attempts go on at once already.", f"{self._most} may.")
            promised = sum(playing.entry.promised for playing in going)
            return [self._start(entry, play) for entry in [draft(promised) for _ in range(count)]]

    def go_on(self, attempts: Sequence[Entry], play: Play) -> None:
        """Have attempts go on that were cut off, all of them, as they did."""
        with self._lock:
            for entry in attempts:
                self._start(entry, play)

    def wait(self, identifier: str, seconds: float | None = None, *, tells: bool = True) -> AttemptResult | None:
        """Wait for the end of an attempt; ``None`` if it has not come after so many seconds.

        Args:
            identifier: which one.
            seconds: how long at most; without it for as long as it takes.
            tells: whether it is the designer who learns of it.

        Raises:
            UsageProblem: there is none of that name, or too many wait.
            PokerlError: what kept it from being played.
        """
        playing, asker = self._find(identifier), self._workers
        if not playing.ended and seconds != 0:
            self._await(playing, seconds)
        if not playing.ended:
            return None
        playing.told = playing.told or (tells and asker == self._workers)
        return playing.call.result()

    def new_worker(self) -> None:
        """The designer has another worker: what that of before still waits for is told to nobody."""
        self._workers += 1

    def stop(self, identifier: str) -> None:
        """Have an attempt end as soon as it can.

        Raises:
            UsageProblem: there is none of that name.
        """
        self._find(identifier).stop.set()

    def progress(self) -> list[AttemptProgress]:
        """How far those are that go on."""
        with self._lock:
            plans = [playing.plan for playing in self._going()]
        return [progress_of(self._run, plan) for plan in plans]

    def news(self) -> str:
        """What goes on and what has ended, for the designer; an end is told once."""
        events = self._run.events()
        with self._lock:
            lines = [
                f"[{each.plan.identifier} of {each.plan.version} goes on, for "
                f"{clock(seconds_at(events, each.plan.identifier, time.time()))} now.]"
                for each in self._going()
            ]
            for each in self._playing.values():
                if each.ended and not each.told:
                    each.told = True
                    lines.append(_end_of(each))
        return "\n".join(lines)

    def close(self) -> None:
        """Wait until those that still go on have ended, each with its record."""
        until = time.monotonic() + CLOSING_SECONDS
        for playing in list(self._playing.values()):
            playing.call.done.wait(max(0.0, until - time.monotonic()))

    def _await(self, playing: _Playing, seconds: float | None) -> None:
        if not self._places.acquire(blocking=False):
            raise UsageProblem(f"{MAXIMUM_WAITING} threads wait for attempts already.", "Ask `.done` now and then.")
        try:
            playing.call.done.wait(seconds)
        finally:
            self._places.release()

    def _start(self, entry: Entry, play: Play) -> str:
        stop, identifier = threading.Event(), entry.plan.identifier
        call = Call(lambda: play(entry, stop), f"attempt {identifier}")
        self._playing[identifier] = _Playing(entry=entry, stop=stop, call=call)
        return identifier

    def _going(self) -> Iterator[_Playing]:
        return (playing for playing in self._playing.values() if not playing.ended)

    def _find(self, identifier: str) -> _Playing:
        with self._lock:
            playing = self._playing.get(identifier)
        if playing is None:
            raise UsageProblem(f"There is no attempt {identifier!r} under way.", "`attempts` lists those that ended.")
        return playing


def progress_of(run: Run, plan: AttemptPlan) -> AttemptProgress:
    """How far an attempt is, read off the log. One that is played elsewhere brings its milestones when it ends."""
    events, attempt = run.events(), plan.identifier
    splits = trunk_splits(events, attempt, run.cartridge.milestones)
    return AttemptProgress(
        identifier=attempt,
        version=plan.version,
        milestones=splits,
        progress=progress(run.cartridge.milestones, {split.name for split in splits}),
        seconds=seconds_at(events, attempt, time.time()),
        tokens=tokens_used(events, attempt),
    )


def _end_of(playing: _Playing) -> str:
    name = f"{playing.plan.identifier} of {playing.plan.version}"
    problem = playing.call.problem
    return f"[{name} ended: {playing.call.result().outcome}.]" if problem is None else f"[{name} broke off: {problem}]"
