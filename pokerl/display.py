"""The live display of a run: a picture of its events, redrawn a few times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pokerl.budget import Budget
from pokerl.play.run import PROBE
from pokerl.timeline import Event, Follower
from pokerl.words import clock, counted

REFRESH_SECONDS = 0.25
SHOWN_LINES = 6


@dataclass
class Progress:
    """What the display shows, folded from the events so far."""

    milestones_total: int
    version: str = "-"
    attempt: str = "-"
    attempt_began: float = 0.0
    reached: list[str] = field(default_factory=list)
    frames: dict[str, int] = field(default_factory=dict)
    tokens: int = 0
    calls: int = 0
    machines: int = 0
    lines: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Fold one more event in; what the designer only probes is not shown."""
        if event.attempt == PROBE:
            return
        match event.kind:
            case "version_written":
                self._say(f"interface {event.data['version']} written: {counted(len(event.data['tools']), 'tool')}")
            case "attempt_started":
                self.version, self.attempt = event.data["version"], event.attempt
                self.attempt_began, self.reached = event.at, []
                self._say(f"attempt {event.attempt} with {self.version} starts")
            case "attempt_resumed":
                if event.attempt != self.attempt:
                    self.reached = []
                self.version, self.attempt = event.data["version"], event.attempt
                self.attempt_began = event.data["since"] - event.data["seconds"]
                self._say(f"attempt {event.attempt} with {self.version} goes on")
            case "milestone":
                if event.attempt == self.attempt and event.data["title"] not in self.reached:
                    self.reached.append(event.data["title"])
            case "attempt_ended":
                data = event.data
                why = f" ({data['reason']})" if data["outcome"] == "failed" else ""
                self._say(f"attempt {event.attempt} with {data['version']}: {data['outcome']}{why}")
            case "machine_started":
                self.machines += 1
            case "input":
                self.frames[event.machine] = self.frames.get(event.machine, 0) + sum(
                    frames for _, frames in event.data["runs"]
                )
            case "poke":
                self._say(f"poke at {event.data['address']:04X} by {event.data['tool'] or 'the player'}")
            case "refusal":
                self._say(f"refused: {event.data['message']}")
            case "model_call":
                self.tokens += event.data["input_tokens"] + event.data["output_tokens"]
                self.calls += 1
            case "note":
                self._say(str(event.data.get("text", "")))
            case _:
                pass

    def _say(self, line: str) -> None:
        if not self.lines or self.lines[-1] != line:
            self.lines.append(line)
        del self.lines[:-SHOWN_LINES]


class LiveDisplay:
    """Shows a run while it goes on; where there is no terminal it prints the telling lines only.

    Args:
        run_folder: the run to follow.
        budget: its budget, for what is left.
        milestones_total: how many milestones the cartridge has.
        console: where to draw.
        title: shown on top.
    """

    def __init__(
        self, run_folder: Path, budget: Callable[[], Budget], milestones_total: int, console: Console, title: str
    ) -> None:
        self._follower = Follower(run_folder)
        self._budget = budget
        self._progress = Progress(milestones_total)
        self._console = console
        self._title = title
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="display", daemon=True)

    def __enter__(self) -> LiveDisplay:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        if not self._console.is_terminal:
            return self._watch_plainly()
        with Live(self.render(), console=self._console, refresh_per_second=8, transient=True) as live:
            while not self._stopping.wait(REFRESH_SECONDS):
                self._take_new()
                live.update(self.render())
        return None

    def _watch_plainly(self) -> None:
        said = 0
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(REFRESH_SECONDS)
            for event in self._follower.new_events():
                before = list(self._progress.lines)
                self._progress.take(event)
                if self._progress.lines != before:
                    said += 1
                    self._console.print(plain(self._progress.lines[-1]), soft_wrap=True)

    def _take_new(self) -> None:
        for event in self._follower.new_events():
            self._progress.take(event)

    def render(self) -> RenderableType:
        """The present picture."""
        return Panel(Group(self._standing(), plain(""), *map(plain, self._progress.lines)), title=self._title)

    def _standing(self) -> Table:
        progress, table = self._progress, Table.grid(padding=(0, 2))
        table.add_row("budget left", _left(self._budget()))
        table.add_row("interface", f"{progress.version}   attempt {progress.attempt}{_since(progress)}")
        share = len(progress.reached) / max(1, progress.milestones_total)
        bar = "█" * round(24 * share) + "░" * (24 - round(24 * share))
        latest = progress.reached[-1] if progress.reached else "none yet"
        table.add_row("milestones", f"{bar} {len(progress.reached)}/{progress.milestones_total}   {latest}")
        table.add_row(
            "so far",
            f"{sum(progress.frames.values()):,} frames on {progress.machines} machines   "
            f"{progress.calls} model calls, {progress.tokens:,} tokens",
        )
        return table


def _since(progress: Progress) -> str:
    return f"   {time.time() - progress.attempt_began:.0f} s" if progress.attempt_began else ""


def _left(budget: Budget) -> str:
    shown = {
        resource: left
        for resource in ("wall_seconds", "tokens", "dollars", "frames")
        if (left := budget.remaining(resource)) is not None
    }
    if not shown:
        return "no limit"
    return "   ".join(
        clock(left) if resource == "wall_seconds" else f"{left:,.0f} {resource}" for resource, left in shown.items()
    )


def plain(text: str) -> Text:
    """Text that others wrote, for a terminal: no markup in it counts, and control characters are shown, not obeyed."""
    return Text("".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text))
