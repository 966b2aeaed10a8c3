"""Freezing an interface version: kept by its hash, proven to import, recorded."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import msgspec

from pokerl.errors import InterfaceProblem, WorkerLost
from pokerl.play.interface import Interface, load_interface
from pokerl.play.run import Run
from pokerl.rlm import Extension
from pokerl.rlm.process import SetupFailed, Worker
from pokerl.sandbox import Policy

FOLDER = "interface"
CHECK = "pokerl.play.worker:check"
MAXIMUM_KEPT = 2000


def keep_version(run: Run, folder: Path, version: str) -> Interface:
    """Freeze an interface under its hash, make sure that it can be imported, and record it.

    The copy in ``interface/<digest>/`` never changes again, so that every attempt can be traced to its code.

    Args:
        run: the run to keep it in.
        folder: the interface as it is now.
        version: what the run calls it.

    Raises:
        InterfaceProblem: it breaks the contract; the message holds the traceback if it does not import.
    """
    interface = _freeze(load_interface(folder), run.folder / FOLDER)
    _try_import(run, interface)
    known = (event.data for event in run.events() if event.kind == "version_written")
    if not any(data["version"] == version and data["hash"] == interface.digest for data in known):
        run.record(
            "version_written",
            version=version,
            hash=interface.digest,
            files=list(interface.files),
            capabilities=list(interface.manifest.capabilities),
            description=interface.manifest.description,
            tools=msgspec.to_builtins(interface.tools),
        )
    return interface


def _freeze(interface: Interface, kept: Path) -> Interface:
    """Copy it, and name the copy after what was copied: the draft may be written to meanwhile."""
    kept.mkdir(exist_ok=True)
    if not (kept / interface.digest).exists() and sum(1 for _ in kept.iterdir()) >= MAXIMUM_KEPT:
        raise InterfaceProblem(f"{MAXIMUM_KEPT} different versions were tried in this run.", "Go on with one of them.")
    draft = Path(tempfile.mkdtemp(prefix=".", dir=kept))
    try:
        for name in interface.files:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(interface.folder / name, draft / name)
        draft.chmod(0o755)
        target = kept / load_interface(draft).digest
        if not target.exists():
            _place(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return load_interface(target)


def _place(draft: Path, target: Path) -> None:
    """Put the copy where it belongs, unless another attempt has just frozen the same one."""
    try:
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _try_import(run: Run, interface: Interface) -> None:
    """Import it in a sandboxed worker that has nothing else."""
    worker = Worker(
        tier=run.tier,
        policy=Policy(readable=(interface.folder,)),
        context=None,
        functions={},
        extension=Extension(
            setup=CHECK,
            arguments={"interface": str(interface.folder), "tools": [tool.name for tool in interface.tools]},
        ),
    )
    name = interface.manifest.name
    try:
        worker.start()
    except SetupFailed as problem:
        shown = problem.message.replace(f"{interface.folder}/", "").strip()
        raise InterfaceProblem(
            f"Version {name!r} cannot be imported:\n{shown}",
            "Mend tools.py and write it again; helper modules need a package (tools/__init__.py).",
        ) from None
    except WorkerLost as problem:
        raise InterfaceProblem(
            f"Version {name!r} cannot be imported: {problem}", "Importing it must end by itself, and soon."
        ) from None
    finally:
        worker.kill()
