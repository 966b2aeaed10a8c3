"""`pokerl replay`: the trunk of an attempt as MP4 or GIF."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from pokerl.audit import Audit
from pokerl.commands.audits import audit_with_bar, verdicts_of
from pokerl.design.results import attempts_of, best_attempt
from pokerl.replay import Video, VideoSettings, make_gif, open_record, render_run
from pokerl.replay.rom import rom_of
from pokerl.replay.video import last_attempt
from pokerl.timeline import read_events

TRUNK_FILM = "trunk.mp4"


def film(
    folder: Path,
    attempt: str,
    out: Path | None,
    settings: VideoSettings,
    *,
    rom: str,
    console: Console,
    audit: Audit | None = None,
) -> Video:
    """Render an attempt's trunk to MP4 (or a short GIF of its milestones, by the ending of ``out``).

    With a panel the attempt is audited first, unless an ``audit`` is given: the panel marks what was not earned.
    """
    place = rom_of(folder, rom)
    chosen = attempt or _best(folder)
    target = out or folder / TRUNK_FILM
    if target.suffix == ".gif":
        return _gif(folder, place, chosen, target, console)
    if audit is None and (settings.overlay or settings.branches):
        audit = audit_with_bar(folder, rom=rom, console=console, attempt=chosen)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("replaying", total=None)
        video = render_run(
            folder,
            place,
            target,
            attempt=chosen,
            settings=settings,
            verdicts=verdicts_of(audit, chosen) if audit else None,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    console.print(
        f"Video of attempt {chosen}: {target} ({video.seconds:.0f} s, {video.width}x{video.height})",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return video


def _best(folder: Path) -> str:
    """The best attempt that ended, or the last one that played."""
    best = best_attempt(attempts_of(read_events(folder)))
    return best.identifier if best else last_attempt(open_record(folder))


def _gif(folder: Path, rom: Path, attempt: str, target: Path, console: Console) -> Video:
    record = open_record(folder)
    pictures = make_gif(record, record.tree.trunk(attempt), rom, target)
    console.print(
        f"GIF of attempt {attempt}: {target} ({pictures} pictures)", highlight=False, markup=False, soft_wrap=True
    )
    return Video(target, pictures, pictures, pictures / 10, 320, 288)
