"""Which files a Python program needs in order to start: the interpreter, its libraries, and this package."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

LIBRARY_FOLDERS = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/nix/store")
LOADER_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/usr/share/zoneinfo")
SHARED_PREFIXES = (Path("/"), Path("/usr"), Path("/usr/local"))


def package_folder() -> Path:
    """The folder of the ``pokerl`` package itself."""
    return Path(__file__).resolve().parent.parent


def runtime_paths() -> tuple[Path, ...]:
    """Every existing path that the running interpreter needs; symbolic links are listed beside what they name."""
    wanted = [Path(name) for name in (*LIBRARY_FOLDERS, *LOADER_FILES)]
    wanted += _interpreter_chain()
    wanted += [_own(Path(prefix)) for prefix in (sys.base_prefix, sys.base_exec_prefix, sys.prefix)]
    wanted += [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    wanted.append(package_folder())
    return without_nested(path for path in wanted if path != Path("/dev/null") and path.exists())


def _own(prefix: Path) -> Path:
    """A prefix worth showing whole; a prefix shared with the rest of the system is not."""
    return Path("/dev/null") if prefix in SHARED_PREFIXES else prefix


def _interpreter_chain() -> list[Path]:
    chain = [Path(sys.executable)]
    while chain[-1].is_symlink() and len(chain) < 40:
        chain.append(chain[-1].parent / chain[-1].readlink())
    return [*chain, Path(sys.executable).resolve()]


def without_nested(paths: object) -> tuple[Path, ...]:
    """Paths sorted and without those that lie inside another one of them."""
    kept: list[Path] = []
    for path in sorted(set(paths)):  # type: ignore[call-overload]
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return tuple(kept)
