"""What works on this machine and what is missing, each with its remedy."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from imageio_ffmpeg import get_ffmpeg_exe
from msgspec import Struct

from pokerl import sandbox
from pokerl.cartridge import identify, load, locate_rom
from pokerl.errors import PokerlError
from pokerl.rlm.models.settings import read_settings

Standing = Literal["ok", "missing", "optional"]
SPACE_WANTED = 2 * 1024**3


class Check(Struct, frozen=True):
    """One thing looked at.

    Attributes:
        name: what.
        standing: ``ok``; ``missing`` when pokerl cannot do its main job without it; ``optional`` when only some of it.
        detail: what was found.
        remedy: what to do about it; empty when ok.
    """

    name: str
    standing: Standing
    detail: str
    remedy: str = ""


def examine() -> Iterator[Check]:
    """Look at everything, one check after another."""
    looks: tuple[Callable[[], Iterator[Check]], ...] = (
        _python, _emulator, _demo, _own_rom, _sandboxes, _video, _model, _resources,
    )  # fmt: skip
    for look in looks:
        yield from look()


def _python() -> Iterator[Check]:
    yield Check("python", "ok", platform.python_version())


def _emulator() -> Iterator[Check]:
    yield Check("pyboy", "ok", version("pyboy"))


def _demo() -> Iterator[Check]:
    try:
        rom = locate_rom(load("demo"), None)
    except PokerlError as error:
        yield Check("demo cartridge", "missing", error.message, error.remedy)
    else:
        yield Check("demo cartridge", "ok", str(rom))


def _own_rom() -> Iterator[Check]:
    given = os.environ.get("POKERL_ROM")
    if not given:
        yield Check(
            "your own ROM",
            "optional",
            "POKERL_ROM is not set; the demo game needs none",
            "To play the real game, set POKERL_ROM to your file of it, such as POKERL_ROM=red.gb.",
        )
        return
    try:
        yield Check("your own ROM", "ok", f"{given}: {identify(Path(given).read_bytes()).title}")
    except PokerlError as error:
        yield Check("your own ROM", "optional", error.message, error.remedy)
    except OSError as error:
        yield Check("your own ROM", "optional", f"{given}: {error.strerror}", "Set POKERL_ROM to a ROM file.")


def _sandboxes() -> Iterator[Check]:
    reports = sandbox.probe()
    some = any(report.works for report in reports)
    for report in reports:
        standing: Standing = "ok" if report.works else ("optional" if some else "missing")
        yield Check(
            f"sandbox: {report.name}", standing, report.reason or "works", "" if report.works else report.remedy
        )


def _video() -> Iterator[Check]:
    try:
        yield Check("video", "ok", str(get_ffmpeg_exe()))
    except RuntimeError as error:
        yield Check("video", "missing", str(error), "Install ffmpeg, or set IMAGEIO_FFMPEG_EXE to it.")


def _model() -> Iterator[Check]:
    try:
        settings = read_settings()
    except PokerlError as error:
        yield Check("model key", "optional", error.message, error.remedy)
        return
    if settings.openai_api_key and settings.openai_api_key.get_secret_value():
        yield Check("model key", "ok", f"set, for {settings.openai_base_url}")
    else:
        yield Check(
            "model key",
            "optional",
            "OPENAI_API_KEY is not set; only scripted runs work",
            "Set OPENAI_API_KEY (and OPENAI_BASE_URL for another endpoint) in the environment or in .env.",
        )


def _resources() -> Iterator[Check]:
    free = shutil.disk_usage(Path.cwd()).free
    enough = free >= SPACE_WANTED
    yield Check(
        "disk space",
        "ok" if enough else "optional",
        f"{free / 1024**3:.1f} GB free here",
        "" if enough else "A long run writes some gigabytes: free some space.",
    )
    yield Check("processor cores", "ok", str(os.cpu_count()))
