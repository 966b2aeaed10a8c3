"""``manifest.json``: what a run is, written once when it begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from pokerl.errors import RunFolderProblem
from pokerl.timeline.files import read_file

MANIFEST = "manifest.json"
LARGEST = 1024 * 1024
FORMAT = 1

Work = Literal["experiment", "attempt"]


class Manifest(Struct, frozen=True, kw_only=True):
    """What a run is.

    Attributes:
        format: version of the run folder's layout.
        name: short name of the run.
        created: UTC time, ISO 8601.
        cartridge: id of the game's profile.
        rom: name of the ROM's file, a hint only; the ROM itself is never in the folder.
        rom_sha1: which ROM it was.
        mode, sandbox: what interfaces may do, and what confines them.
        pokerl, pyboy, python: versions.
        models: by part.
        settings: the experiment's settings in full.
        work: a whole experiment, or a single attempt (``pokerl play``).
    """

    format: int
    cartridge: str
    rom_sha1: str
    name: str = ""
    created: str = ""
    rom: str = ""
    mode: str = ""
    sandbox: str = ""
    pokerl: str = ""
    pyboy: str = ""
    python: str = ""
    models: dict[str, str] = {}
    settings: dict[str, Any] = {}
    work: Work = "experiment"


def write_manifest(run_folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a new run."""
    (run_folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def read_manifest(run_folder: Path) -> Manifest:
    """The manifest of a run.

    Raises:
        RunFolderProblem: there is none, or it is damaged or of another format.
    """
    path = run_folder / MANIFEST
    try:
        manifest = msgspec.json.decode(read_file(path, LARGEST), type=Manifest)
    except OSError as error:
        raise RunFolderProblem(
            f"There is no run in {run_folder}: {MANIFEST} cannot be read ({error.strerror}).",
            "Give a folder that `pokerl run` or `pokerl play` made.",
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RunFolderProblem(f"{path} is damaged: {error}.", "Restore it from a copy; it is written once.") from None
    if manifest.format != FORMAT:
        raise RunFolderProblem(
            f"The run in {run_folder} has layout {manifest.format}, this pokerl reads {FORMAT}.",
            f"Use pokerl {manifest.pokerl or 'of the version'} that made it.",
        )
    return manifest
