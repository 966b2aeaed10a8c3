"""Which files a Python program needs in order to start: the interpreter, its libraries, and this package."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

LIBRARY_FOLDERS = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/nix/store")
LOADER_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/usr/share/zoneinfo")
SHARED_PREFIXES = (Path("/"), Path("/usr"), Path("/usr/local"))
DEVICES = tuple(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom"))


def package_folder() -> Path:
    """The folder of the ``pokerl`` package itself."""
    return Path(__file__).resolve().parent.parent


def runtime_paths() -> tuple[Path, ...]:
    """Every path at hand that the running interpreter needs; symbolic links are listed beside what they name."""
    wanted = [Path(name) for name in (*LIBRARY_FOLDERS, *LOADER_FILES)]
    wanted += _interpreter_chain()
    prefixes = [Path(name) for name in (sys.base_prefix, sys.base_exec_prefix, sys.prefix)]
    wanted += [prefix for prefix in prefixes if prefix not in SHARED_PREFIXES]
    wanted += [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    wanted += [Path(site.getusersitepackages())] if site.ENABLE_USER_SITE else []
    wanted.append(package_folder())
    return without_nested(path for path in wanted if os.access(path, os.R_OK))


def without_nested(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Paths sorted and without those that lie inside another one of them."""
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return tuple(kept)


def _interpreter_chain() -> list[Path]:
    chain = [Path(sys.executable)]
    while chain[-1].is_symlink() and len(chain) < 40:
        chain.append(chain[-1].parent / chain[-1].readlink())
    return [*chain, Path(sys.executable).resolve()]
