"""The tree of what happened on the machines of a run, read off its events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from pokerl.errors import RunFolderProblem, UsageProblem
from pokerl.timeline.event import Event


class Run(Struct, frozen=True):
    """Buttons of ``mask`` held for some frames; ``tool`` is what the asking code called itself."""

    mask: int
    frames: int
    tool: str = ""


class Poke(Struct, frozen=True):
    """Memory written at a frame: what stood there, and what was put there."""

    frame: int
    address: int
    before: bytes
    after: bytes
    tool: str = ""
    why: str = ""


class Segment(Struct, frozen=True):
    """An edge of the tree: what one machine did between two nodes.

    Attributes:
        identifier: e.g. ``"m0003-0007"``.
        attempt, machine: where it happened.
        parent: the segment that it goes on from; "" for power-on or a start state from outside the run.
        start: digest of the state it begins with; "" for power-on.
        checkpoint: digest of the state it ends in; "" when it has no end (the machine was killed, restored or stopped).
        ram: RAM hash at that checkpoint.
        start_frame, end_frame: frames since power-on on its path.
        acts: inputs and pokes in order.
        milestones: names of those reached, each with its frame.
        began: Unix time in seconds.
        committed: whether its end was committed.
    """

    identifier: str
    attempt: str
    machine: str
    parent: str
    start: str
    checkpoint: str
    ram: str
    start_frame: int
    end_frame: int
    acts: tuple[Run | Poke, ...]
    milestones: tuple[tuple[str, int], ...]
    began: float
    committed: bool

    @property
    def frames(self) -> int:
        """How many frames it ran."""
        return self.end_frame - self.start_frame

    @property
    def pokes(self) -> tuple[Poke, ...]:
        """The pokes among its acts."""
        return tuple(act for act in self.acts if isinstance(act, Poke))


class Tree:
    """All segments of a run. Build one with :meth:`from_events`.

    Attributes:
        segments: in the order in which they began.
    """

    def __init__(
        self, segments: Iterable[Segment], commits: dict[str, str], machines: dict[str, str] | None = None
    ) -> None:
        self.segments = tuple(segments)
        self._by_identifier = {segment.identifier: segment for segment in self.segments}
        self._by_checkpoint = {segment.checkpoint: segment for segment in self.segments if segment.checkpoint}
        self._commits = commits
        self._machines = machines or {}
        self._children: dict[str, list[Segment]] = {}
        for segment in self.segments:
            self._children.setdefault(self._parent(segment), []).append(segment)

    @classmethod
    def from_events(cls, events: Iterable[Event]) -> Tree:
        """Read the tree off the events of a run, of whole attempts and of those cut short alike.

        Raises:
            RunFolderProblem: the events contradict each other.
        """
        drafts: dict[str, _Draft] = {}
        known: dict[tuple[int, int, str], Run] = {}
        commits: dict[str, str] = {}
        machines: dict[str, str] = {}
        for event in events:
            if event.kind == "segment_started":
                drafts[event.segment] = _Draft(event, known)
            elif event.kind in _IN_SEGMENTS:
                _note(drafts, event)
                if event.kind == "commit":
                    commits[event.attempt] = event.segment
            elif event.kind == "attempt_resumed":
                machines[event.attempt] = event.data.get("machine", "")
        return cls((draft.segment() for draft in drafts.values()), commits, machines)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._by_identifier

    def segment(self, identifier: str) -> Segment:
        """The segment of that name, or the one that ended in the checkpoint of that digest.

        Raises:
            UsageProblem: there is none.
        """
        found = self._by_identifier.get(identifier) or self._by_checkpoint.get(identifier)
        if found is None:
            raise UsageProblem(f"The run has no segment or checkpoint {identifier!r}.", "Look it up in its log.")
        return found

    def children(self, identifier: str) -> tuple[Segment, ...]:
        """The segments that go on from one, in the order in which they began; of "" the roots."""
        return tuple(self._children.get(identifier, ()))

    def path_to(self, identifier: str) -> tuple[Segment, ...]:
        """The segments from the root to a segment, or to the one that ended in a checkpoint, that one included.

        Raises:
            UsageProblem: there is none of that name.
        """
        path = [self.segment(identifier)]
        while (parent := self._parent(path[-1])) and len(path) <= len(self.segments):
            path.append(self._by_identifier[parent])
        if self._parent(path[-1]):
            raise RunFolderProblem(f"The segment {identifier} is its own ancestor.", "The log was changed; restore it.")
        return tuple(reversed(path))

    def trunk(self, attempt: str) -> tuple[Segment, ...]:
        """The path to what was committed last; without a commit to where the player's own machine stands.

        Empty when the attempt ran no machine.
        """
        if attempt in self._commits:
            return self.path_to(self._commits[attempt])
        standing = self.standing(attempt)
        return self.path_to(standing.identifier) if standing else ()

    def standing(self, attempt: str) -> Segment | None:
        """Where the player's own machine stands, or stood when it ended: its last segment; ``None`` if there is none.

        It is the attempt's first machine, or the one with which the attempt was gone on with last.
        """
        own = [segment for segment in self.segments if segment.attempt == attempt]
        machine = self._machines.get(attempt) or (own[0].machine if own else "")
        return next((segment for segment in reversed(own) if segment.machine == machine), None)

    def _parent(self, segment: Segment) -> str:
        return segment.parent if segment.parent in self._by_identifier else ""


_IN_SEGMENTS = {"input", "poke", "checkpoint", "commit", "milestone"}


class _Draft:
    """A segment while its events are read.

    Args:
        event: its beginning.
        known: the inputs met so far in the whole tree: each different one is kept once, however often it was given.
    """

    def __init__(self, event: Event, known: dict[tuple[int, int, str], Run]) -> None:
        self.started = event
        self._known = known
        self.end_frame = event.frame
        self.checkpoint = ""
        self.ram = ""
        self.acts: list[Run | Poke] = []
        self.milestones: list[tuple[str, int]] = []
        self.committed = False

    def note(self, event: Event) -> None:
        """Take in one event of the segment."""
        data = event.data
        match event.kind:
            case "input":
                self.acts += [self._run(mask, frames, data.get("tool", "")) for mask, frames in data["runs"]]
                self.end_frame = event.frame
            case "poke":
                self.acts.append(_poke(event.frame, data))
            case "milestone":
                self.milestones.append((data["name"], event.frame))
            case "checkpoint":
                self.checkpoint, self.ram = data["digest"], data["ram"]
            case "commit":
                self.committed = True

    def _run(self, mask: int, frames: int, tool: str) -> Run:
        what = (mask, frames, tool)
        if what not in self._known:
            self._known[what] = Run(*what)
        return self._known[what]

    def segment(self) -> Segment:
        """The segment as far as its events were read."""
        started = self.started
        return Segment(
            identifier=started.segment,
            attempt=started.attempt,
            machine=started.machine,
            parent=started.data.get("parent", ""),
            start=started.data.get("checkpoint", ""),
            checkpoint=self.checkpoint,
            ram=self.ram,
            start_frame=started.frame,
            end_frame=self.end_frame,
            acts=tuple(self.acts),
            milestones=tuple(self.milestones),
            began=started.at,
            committed=self.committed,
        )


def _note(drafts: dict[str, _Draft], event: Event) -> None:
    try:
        drafts[event.segment].note(event)
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderProblem(
            f"A '{event.kind}' event of the segment {event.segment!r} is damaged or comes before the segment began.",
            "The log was changed after it was written; restore it from a copy.",
        ) from error


def _poke(frame: int, data: dict[str, Any]) -> Poke:
    before, after = bytes.fromhex(data["before"]), bytes.fromhex(data["after"])
    return Poke(frame, data["address"], before, after, data.get("tool", ""), data.get("why", ""))
