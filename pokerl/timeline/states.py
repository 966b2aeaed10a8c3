"""Machine states on disk, each named by the hash of its file."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import msgspec
import zstandard

from pokerl.errors import PokerlError, StateRejected
from pokerl.timeline.files import read_file

FORMAT = 1
FOLDER = "states"
SUFFIX = ".zst"
MAXIMUM_SIZE = 4 * 1024 * 1024
COMPRESSION_LEVEL = 6

_DIGEST = re.compile("[0-9a-f]{64}")


class StoredState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A machine's state with what must be known of it before it is loaded.

    Attributes:
        pyboy: version of PyBoy that wrote it.
        rom_sha1: SHA-1 of the ROM that was running.
        frame: frames since power-on on its path.
        ram: SHA-256 of its work RAM (see ``Machine.ram_hash``), compared after loading.
        state: what ``Machine.save`` returned.
        attempt: attempt in which it was made; empty for a state that belongs to none (a trusted start).
        machine: machine on which it was made.
        segment: segment of the timeline that ended here; empty without one.
        milestones: those reached on its path, each with its frame.
        label: what its maker called it.
        format: version of this layout.
    """

    pyboy: str
    rom_sha1: str
    frame: int
    ram: str
    state: bytes
    attempt: str = ""
    machine: str = ""
    segment: str = ""
    milestones: dict[str, int] = {}
    label: str = ""
    format: int = FORMAT

    def require(self, *, rom_sha1: str, pyboy: str) -> None:
        """Refuse to go on when the state is of another ROM or another version of PyBoy.

        Raises:
            StateRejected: it is.
        """
        if self.rom_sha1 != rom_sha1:
            raise StateRejected(
                f"The savestate was made with the ROM {self.rom_sha1}, not with {rom_sha1}.",
                "Use the ROM it belongs to.",
            )
        if self.pyboy != pyboy:
            raise StateRejected(
                f"The savestate was made with PyBoy {self.pyboy}, but {pyboy} is installed.",
                f"Install pyboy=={self.pyboy}, or make the savestate again.",
            )


class StateStore:
    """The ``states/`` folder of a run.

    Args:
        run_folder: the run's folder; ``states/`` is made in it when the first state is put.
        pyboy: version of PyBoy whose states are acceptable; the installed one by default.
    """

    def __init__(self, run_folder: Path | str, *, pyboy: str = "") -> None:
        self.folder = Path(run_folder) / FOLDER
        self._pyboy = pyboy or version("pyboy")

    def put(self, stored: StoredState) -> str:
        """Write a state and return its digest; it is on the disk then.

        Raises:
            PokerlError: it cannot be written; then nothing of it stays.
        """
        content = pack_state(stored)
        digest = hashlib.sha256(content).hexdigest()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self.path(digest), content)
        except OSError as error:
            raise PokerlError(
                f"The savestate cannot be written to {self.folder}: {error.strerror}.",
                "Make sure that its disk has space left and that the folder is writable.",
            ) from error
        return digest

    def get(self, digest: str) -> StoredState:
        """The state of that digest, with hash, layout and version of PyBoy checked.

        Raises:
            StateRejected: there is none, it is damaged, or another version wrote it.
        """
        stored = read_state_file(self.path(digest), digest)
        stored.require(rom_sha1=stored.rom_sha1, pyboy=self._pyboy)
        return stored

    def path(self, digest: str) -> Path:
        """Where the state of that digest is kept."""
        if not _DIGEST.fullmatch(digest):
            raise StateRejected(f"{digest[:80]!r} names no savestate.", "Give the 64 hexadecimal digits of its digest.")
        return self.folder / f"{digest}{SUFFIX}"

    def __contains__(self, digest: str) -> bool:
        return self.path(digest).exists()


def read_state_file(path: Path, digest: str = "") -> StoredState:
    """Read a file with a state.

    Args:
        path: the file.
        digest: SHA-256 that the file must have; without it only the check sum inside the file protects it.

    Raises:
        StateRejected: it is missing, damaged or of another layout.
    """
    try:
        content = read_file(path, MAXIMUM_SIZE)
    except OSError as error:
        raise StateRejected(f"There is no savestate {path}: {error.strerror}.", "Give one that exists.") from error
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise StateRejected(f"The savestate {path} is damaged: its content is not what its name says.", _AGAIN)
    return unpack_state(content, str(path))


def free_bytes(folder: Path) -> int:
    """Free space of the disk that a folder is on, or will be."""
    return shutil.disk_usage(folder if folder.exists() else folder.parent).free


def pack_state(stored: StoredState) -> bytes:
    """A state as the content of a file."""
    compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, write_checksum=True, write_content_size=True)
    return compressor.compress(msgspec.msgpack.encode(stored))


def unpack_state(content: bytes, name: str = "given") -> StoredState:
    """The state in the content of a file; raises :class:`StateRejected` when it is damaged or of another layout."""
    try:
        packed = _decompress(content)
        stored = msgspec.msgpack.decode(packed, type=StoredState)
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StateRejected(f"The savestate {name} is damaged or no savestate of pokerl: {error}.", _AGAIN) from error
    if stored.format != FORMAT:
        raise StateRejected(f"The savestate {name} has layout {stored.format}, known is {FORMAT}.", _AGAIN)
    return stored


def _decompress(content: bytes) -> bytes:
    parameters = zstandard.get_frame_parameters(content)
    if not 0 < parameters.content_size <= MAXIMUM_SIZE or not parameters.has_checksum:
        raise zstandard.ZstdError("its size is out of bounds or its check sum is missing")
    decompressor = zstandard.ZstdDecompressor(max_window_size=2 * MAXIMUM_SIZE)
    return decompressor.decompress(content, max_output_size=MAXIMUM_SIZE, allow_extra_data=False)


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


_AGAIN = "Restore it from a copy, or make the savestate again."
