"""Interfaces as the command line names them: shipped, in a folder, or a version of a run."""

from __future__ import annotations

from pathlib import Path

from pokerl.errors import InterfaceProblem
from pokerl.play.interface import Interface, load_interface
from pokerl.play.versions import FOLDER
from pokerl.shipped import path as shipped
from pokerl.timeline import Event, read_events
from pokerl.timeline.manifest import read_manifest


def find_interface(name: str) -> Interface:
    """An interface by shipped name, folder, or RUN:VERSION.

    Raises:
        InterfaceProblem: there is none, or it breaks the contract.
    """
    run, _, version = name.rpartition(":")
    if run and (Path(run) / "events.jsonl").is_file():
        found = [event.data["hash"] for event in _written(Path(run)) if event.data["version"] == version]
        if found:
            return _kept(Path(run), found[-1])
    folder = Path(name) if Path(name).is_dir() else shipped("interfaces") / name
    if not folder.is_dir():
        known = ", ".join(sorted(each.parent.name for each in shipped("interfaces").glob("*/interface.toml")))
        raise InterfaceProblem(
            f"There is no interface {name!r}.", f"Shipped are: {known}. A folder or RUN:VERSION works too."
        )
    return load_interface(folder)


def list_interfaces(run_folder: Path | None) -> list[Interface]:
    """The shipped interfaces, or the versions of a run."""
    if run_folder is None:
        return [load_interface(found.parent) for found in sorted(shipped("interfaces").glob("*/interface.toml"))]
    read_manifest(run_folder)
    return [_kept(run_folder, event.data["hash"]) for event in _written(run_folder)]


def _written(run_folder: Path) -> list[Event]:
    return [event for event in read_events(run_folder) if event.kind == "version_written"]


def _kept(run_folder: Path, digest: str) -> Interface:
    """A version that a run kept; the folder may have come from anybody, so it must be what its hash says."""
    interface = load_interface(run_folder / FOLDER / digest)
    if interface.digest != digest:
        raise InterfaceProblem(
            f"The version {digest[:12]} in {run_folder} is not what its hash says.", "Restore it from a copy."
        )
    return interface
