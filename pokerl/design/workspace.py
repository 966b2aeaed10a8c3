"""The designer's versions on disk: drafts to write in."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path, PurePosixPath

from pokerl.errors import InterfaceProblem, UsageProblem
from pokerl.play.interface import MAXIMUM_BYTES, MAXIMUM_FILES

VERSION = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
PART = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
SUFFIXES = frozenset({".py", ".toml", ".md", ".json", ".txt"})
MAXIMUM_DEPTH = 4
MAXIMUM_VERSIONS = 500


class Workspace:
    """Interface versions of one run.

    They lie in ``workspace/<version>/``; one that is tried is frozen first (``pokerl.play.versions``). All
    arguments may come from model-written code.

    Args:
        run_folder: the run.
    """

    def __init__(self, run_folder: Path) -> None:
        self._drafts = run_folder / "workspace"
        self._drafts.mkdir(exist_ok=True)

    def versions(self) -> list[str]:
        """The versions there are, v2 before v10."""
        return sorted((folder.name for folder in self._drafts.iterdir() if folder.is_dir()), key=_natural)

    def files(self, version: str) -> list[str]:
        """The files of a version, relative to its folder."""
        folder = self._folder(version, must_exist=True)
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def read(self, version: str, file: str) -> str:
        """The text of a file."""
        path = self._folder(version, must_exist=True) / self._relative(file)
        if not path.is_file():
            raise UsageProblem(
                f"Version {version!r} has no file {file!r}.", f"It has {', '.join(self.files(version)) or 'none yet'}."
            )
        return path.read_text(encoding="utf-8")

    def write(self, version: str, file: str, text: str) -> None:
        """Write a file of a version, whole or not at all."""
        path = self._new_folder(version) / self._relative(file)
        self._require_room(version, path, len(text.encode("utf-8", "surrogatepass")))
        draft = path.with_name(path.name + ".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8", errors="backslashreplace")
            draft.replace(path)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            with contextlib.suppress(OSError):
                draft.unlink()
            raise UsageProblem(
                f"{file!r} cannot be written: a file stands where it needs a folder, or a folder where it would be.",
                f"Version {version!r} has {', '.join(self.files(version)) or 'no files yet'}.",
            ) from None

    def copy(self, version: str, new_version: str) -> None:
        """Begin a new version as a copy; the new one must not exist yet."""
        target = self._new_folder(new_version)
        if target.exists():
            raise UsageProblem(f"Version {new_version!r} exists already.", "Take another name.")
        shutil.copytree(self._folder(version, must_exist=True), target)

    def folder(self, version: str) -> Path:
        """Where a version's draft lies.

        Raises:
            InterfaceProblem: there is no such version.
        """
        return self._folder(version, must_exist=True)

    def _new_folder(self, version: str) -> Path:
        """Where a version's draft lies or will lie, if there is room for one more."""
        folder = self._folder(version)
        if not folder.exists() and len(self.versions()) >= MAXIMUM_VERSIONS:
            raise UsageProblem(f"There are {MAXIMUM_VERSIONS} versions already.", "Write into one that exists.")
        return folder

    def _require_room(self, version: str, path: Path, size: int) -> None:
        """A version is never more than an interface may be, so that writing cannot fill the disk."""
        others = [each for each in self._folder(version).rglob("*") if each.is_file() and each != path]
        total = size + sum(each.stat().st_size for each in others)
        if total > MAXIMUM_BYTES or len(others) >= MAXIMUM_FILES:
            raise UsageProblem(
                f"Version {version!r} would have {len(others) + 1} files of {total} bytes together.",
                f"Keep it within {MAXIMUM_FILES} files and {MAXIMUM_BYTES} bytes.",
            )

    def _folder(self, version: str, *, must_exist: bool = False) -> Path:
        if not VERSION.fullmatch(version):
            raise UsageProblem(
                f"{version[:60]!r} cannot be the name of a version.", "Use letters, digits, '-', '_' and '.'."
            )
        folder = self._drafts / version
        if must_exist and not folder.is_dir():
            raise InterfaceProblem(
                f"There is no version {version!r}.", f"There are {', '.join(self.versions()) or 'none yet'}."
            )
        return folder

    def _relative(self, file: str) -> Path:
        path = PurePosixPath(file)
        good = 0 < len(path.parts) <= MAXIMUM_DEPTH and all(PART.fullmatch(part) for part in path.parts)
        if not good or path.suffix not in SUFFIXES:
            raise UsageProblem(
                f"{file[:60]!r} cannot be a file of an interface.",
                f"Use a relative path with one of the endings {' '.join(sorted(SUFFIXES))}.",
            )
        return Path(path)


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(digits), "") if digits else (-1, text) for digits, text in re.findall(r"(\d+)|(\D+)", name)]
