"""The film of an attempt: its trunk rendered by replaying inputs, with nothing stored but the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pokerl.emulator.machine import HEIGHT, WIDTH, Machine
from pokerl.errors import RunFolderProblem, UsageProblem
from pokerl.replay import panel
from pokerl.replay.encoder import FRAME_RATE, Encoder
from pokerl.replay.lanes import place
from pokerl.replay.panel import Caption, Panel, title_card
from pokerl.replay.record import Record, open_record
from pokerl.replay.shots import Shot, shots
from pokerl.replay.story import Chapter, stretches, tell
from pokerl.replay.verify import begin, open_machine
from pokerl.timeline.steps import frames_in
from pokerl.timeline.tree import Segment

Progress = Callable[[int, int], None]
Verdicts = Mapping[tuple[str, int], str]
"""Name and frame of a milestone → its provenance: "earned", "glitched", "written"."""

_POKE_SHOWN = 90
_CARD_FRAMES = 45
_GAME_FACTOR = panel.HEIGHT // HEIGHT


class VideoSettings(Struct, frozen=True, kw_only=True):
    """How a film is made.

    Attributes:
        scale: whole number by which the 160×144 picture is enlarged. With the panel it goes in steps of two and an
            odd one is rounded up.
        speed: every how many frames of play one is shown; the film always has the Game Boy's 59.7 pictures a second.
        overlay: draw the panel beside the picture.
        branches: also show the discarded branches, each under its own title where it was tried; draws the panel too.
        hold: seconds for which the last picture stays.
    """

    scale: int = 4
    speed: int = 1
    overlay: bool = False
    branches: bool = False
    hold: float = 1.0


class Video(Struct, frozen=True):
    """A film that was made.

    Attributes:
        path: the file.
        frames: pictures in it, the held last one included.
        played: frames of play that it shows.
        seconds: how long it runs.
        width, height: in pixels.
    """

    path: Path
    frames: int
    played: int
    seconds: float
    width: int
    height: int


def render_run(
    run_folder: Path | str,
    rom: Path | str,
    target: Path,
    *,
    attempt: str = "",
    settings: VideoSettings | None = None,
    verdicts: Verdicts | None = None,
    progress: Progress | None = None,
) -> Video:
    """Render an attempt of a run to an MP4.

    Args:
        run_folder: the run.
        rom: the ROM that it was made with.
        target: the file to write; it appears only when it is complete.
        attempt: which one; the last one with anything to show by default.
        settings: how.
        verdicts: what an audit says of its milestones; the panel marks those that were not earned.
        progress: called with the frames of play done and to do.

    Raises:
        RunFolderProblem: the run is damaged, or has no such attempt, or it has nothing to show.
        RomProblem: the ROM is another one.
        UsageProblem: a setting is out of bounds, or the target's folder is missing.
    """
    record = open_record(run_folder)
    return render(record, attempt or last_attempt(record), rom, target, settings or VideoSettings(), verdicts, progress)


def render(
    record: Record,
    attempt: str,
    rom: Path | str,
    target: Path,
    settings: VideoSettings,
    verdicts: Verdicts | None = None,
    progress: Progress | None = None,
) -> Video:
    """Render one attempt of an opened run; see :func:`render_run`."""
    _check(settings, target)
    film = _Film(record, attempt, rom, settings, verdicts or {})
    width, height = film.size
    with Encoder(target, width, height, scale=film.enlarge) as encoder:
        picture = None
        for picture in film.pictures(progress):
            encoder.add(picture)
        if picture is None:
            raise _nothing(attempt)
        encoder.add(picture, round(settings.hold * FRAME_RATE))
    seconds = float(encoder.frames / FRAME_RATE)
    return Video(target, encoder.frames, film.whole, seconds, width * film.enlarge, height * film.enlarge)


def last_attempt(record: Record) -> str:
    """The last attempt whose trunk holds at least one frame.

    Raises:
        RunFolderProblem: there is none.
    """
    attempts = dict.fromkeys(segment.attempt for segment in record.tree.segments)
    for attempt in reversed(attempts):
        if frames_in(record.tree.trunk(attempt)):
            return attempt
    raise RunFolderProblem(f"The run in {record.folder} has no frame to show.", "Choose a run whose player played.")


class _Film:
    def __init__(
        self, record: Record, attempt: str, rom: Path | str, settings: VideoSettings, verdicts: Verdicts
    ) -> None:
        trunk = record.tree.trunk(attempt)
        if not trunk:
            raise _nothing(attempt)
        self.record = record
        self.rom = rom
        self.settings = settings
        self.verdicts = verdicts
        self.chapters = tell(record.tree, trunk, attempt) if settings.branches else (Chapter(0, trunk),)
        self.trunk = trunk
        self.whole = sum(frames_in(chapter.segments) for chapter in self.chapters)
        self.branch_count = sum(1 for chapter in self.chapters if chapter.branch)
        self.heading = _heading(record, attempt)
        self.with_panel = settings.overlay or settings.branches
        kept = {segment.identifier for segment in trunk}
        self.panel = Panel(place(stretches(record.tree, attempt, trunk), kept)) if self.with_panel else None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures before they are enlarged."""
        return (WIDTH * _GAME_FACTOR + panel.WIDTH, panel.HEIGHT) if self.with_panel else (WIDTH, HEIGHT)

    @property
    def enlarge(self) -> int:
        return -(-self.settings.scale // _GAME_FACTOR) if self.with_panel else self.settings.scale

    def pictures(self, progress: Progress | None) -> Iterator[NDArray[np.uint8]]:
        """Every picture of the film, in order."""
        machine = open_machine(self.record, self.rom)
        try:
            begin(machine, self.record, self.trunk)
            done = 0
            for number, chapter in enumerate(self.chapters):
                for shot, count in self._chapter(machine, chapter, last=number == len(self.chapters) - 1):
                    yield shot
                    if progress and not count % 60:
                        progress(done + count, self.whole)
                done += frames_in(chapter.segments)
        finally:
            machine.close()

    def _chapter(self, machine: Machine, chapter: Chapter, *, last: bool) -> Iterator[tuple[NDArray[np.uint8], int]]:
        """Pictures of a chapter, each with the frames of it that are done."""
        if not chapter.branch:
            yield from self._play(machine, chapter.segments, "", last=last)
            return
        title = f"branch {chapter.branch} of {self.branch_count}, discarded"
        frames = frames_in(chapter.segments)
        other = open_machine(self.record, self.rom)
        try:
            begin(other, self.record, chapter.segments)
            card = title_card(title, f"{frames:,} frames from frame {other.frame:,}", *self.size)
            yield from ((card, 0) for _ in range(_CARD_FRAMES))
            yield from self._play(other, chapter.segments, title, last=False)
        finally:
            other.close()

    def _play(
        self, machine: Machine, segments: Sequence[Segment], branch: str, *, last: bool
    ) -> Iterator[tuple[NDArray[np.uint8], int]]:
        start, writes, written = machine.frame, "", 0
        for shot in shots(machine, segments, self.settings.speed, last=last):
            if shot.pokes:
                writes, written = machine.cartridge.meaning(shot.pokes[-1].address), _POKE_SHOWN
            written = max(0, written - 1)
            yield self._compose(shot, machine, branch, writes if written else ""), shot.frame - start

    def _compose(self, shot: Shot, machine: Machine, branch: str, writes: str) -> NDArray[np.uint8]:
        if self.panel is None:
            return shot.picture
        caption = Caption(
            heading=self.heading,
            branch=branch,
            segment=shot.segment,
            frame=shot.frame,
            tool=shot.tool,
            buttons=shot.buttons,
            poke=writes,
            milestones=self._milestones(machine),
        )
        large = shot.picture.repeat(_GAME_FACTOR, axis=0).repeat(_GAME_FACTOR, axis=1)
        return np.concatenate((large, self.panel.picture(caption)), axis=1)

    def _milestones(self, machine: Machine) -> tuple[tuple[str, int, str], ...]:
        return tuple(
            (machine.cartridge.milestone(name).title, frame, self.verdicts.get((name, frame), ""))
            for name, frame in machine.milestones.items()
        )


def _heading(record: Record, attempt: str) -> str:
    started = (event for event in record.events if event.kind == "attempt_started" and event.attempt == attempt)
    version = next((str(event.data.get("version", "")) for event in started), "")
    return f"attempt {attempt}  {version}".strip()


def _check(settings: VideoSettings, target: Path) -> None:
    if not 1 <= settings.scale <= 12 or not 1 <= settings.speed <= 10_000 or not 0 <= settings.hold <= 60:
        raise UsageProblem(
            "A setting of the film is out of bounds.",
            "Take a scale of 1 to 12, a speed of 1 to 10,000, a hold of 0 to 60.",
        )
    if not target.parent.is_dir():
        raise UsageProblem(f"There is no folder {target.parent}.", "Make it, or choose another target.")


def _nothing(attempt: str) -> RunFolderProblem:
    return RunFolderProblem(f"Attempt {attempt or '(none)'} has no frame to show.", "Choose an attempt that played.")
