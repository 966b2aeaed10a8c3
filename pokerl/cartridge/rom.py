"""Telling ROM files apart, and saying plainly what is wrong with one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pokerl import shipped
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.profile import known_roms, load
from pokerl.errors import RomProblem

# Every Game Boy ROM starts its header (at 0104h) with the bytes of a logo that the console compares with its own copy;
# eight of them are enough to tell a ROM from anything else.
LOGO_AT, LOGO = 0x104, bytes.fromhex("ceed6666cc0d000b")
TITLE = slice(0x134, 0x144)
HEADER, CHECKSUM = slice(0x134, 0x14D), 0x14D
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!")
SAVE_SUFFIXES = (".sav", ".srm", ".ram", ".rtc", ".state")
SAVE_SIZE = 0x8000
LARGEST = 8 * 1024 * 1024


def identify(rom: bytes) -> Cartridge:
    """The cartridge that these bytes are, by their SHA-1.

    Raises:
        RomProblem: no cartridge has this SHA-1; the message names it and the known ones.
    """
    digest = _sha1(rom)
    profile = known_roms().get(digest)
    if profile:
        return load(profile.identifier)
    raise RomProblem(f"No known game has the SHA-1 {digest}.", f"Use one of these, unchanged: {_listed()}.")


def locate_rom(cartridge: Cartridge, path: str | Path | None = None) -> Path:
    """The ROM file to run a cartridge with.

    Args:
        cartridge: which game it must be; any Game Boy ROM will do for ``generic``.
        path: the user's file (an argument, or the environment's POKERL_ROM); ``None`` or ``""`` if none was given.
            A cartridge that travels with pokerl needs none.

    Raises:
        RomProblem: there is no file, or it is not this game.
    """
    if not path:
        if cartridge.shipped:
            return shipped.path(cartridge.shipped)
        raise RomProblem(
            f"No ROM of {cartridge.title} was given.", f"Set POKERL_ROM to your own file of it ({_wanted(cartridge)})."
        )
    place = Path(path).expanduser()
    check_rom(_contents(place), place, cartridge)
    return place


def check_rom(rom: bytes, place: Path, cartridge: Cartridge) -> None:
    """Raise :class:`RomProblem` unless these bytes, which came from the file ``place``, are this cartridge's ROM."""
    digest = _sha1(rom)
    if digest in cartridge.sha1:
        return
    _check_kind(rom, place)
    if not cartridge.sha1:
        _check_header(rom, place)
        return
    other = known_roms().get(digest)
    if other:
        raise RomProblem(
            f"{place} is {other.title}, not {cartridge.title}.",
            f"Choose the cartridge '{other.identifier}', or give a ROM of {cartridge.title}.",
        )
    raise _changed(rom, place, cartridge) or RomProblem(
        f"{place} is not {cartridge.title}: its SHA-1 is {digest}, and its header says '{_title(rom)}'.",
        f"Known games: {_listed()}; run any other one with the cartridge 'generic'.",
    )


def _contents(place: Path) -> bytes:
    if place.is_dir():
        raise RomProblem(f"{place} is a folder, not a ROM.", "Give the path of the file in it that ends in .gb.")
    if not place.exists():
        raise RomProblem(f"There is no file {place}.", "Check the path of the ROM (an argument or POKERL_ROM).")
    try:
        size = place.stat().st_size
        if size > LARGEST:
            raise RomProblem(f"{place} has {size} bytes, too many for a Game Boy ROM.", "Give the game's .gb file.")
        return place.read_bytes()
    except OSError as error:
        raise RomProblem(f"{place} cannot be read: {error.strerror}.", "Check the file's permissions.") from error


def _check_kind(rom: bytes, place: Path) -> None:
    if rom.startswith(ARCHIVES):
        raise RomProblem(f"{place} is an archive, not a ROM.", "Unpack it and give the .gb file inside.")
    if rom[LOGO_AT : LOGO_AT + len(LOGO)] == LOGO:
        return
    if place.suffix.lower() in SAVE_SUFFIXES or len(rom) == SAVE_SIZE:
        raise RomProblem(f"{place} is a saved game, not a ROM.", "Give the game's .gb file.")
    raise RomProblem(f"{place} is not a Game Boy ROM: its header is missing.", "Give the game's .gb file.")


def _check_header(rom: bytes, place: Path) -> None:
    """The console itself refuses a game whose header does not add up, and so does the emulator."""
    if len(rom) <= CHECKSUM:
        raise RomProblem(f"{place} ends within its header.", "Give the whole of the game's .gb file.")
    found, wanted = rom[CHECKSUM], -sum(byte + 1 for byte in rom[HEADER]) & 0xFF
    if found != wanted:
        raise RomProblem(
            f"The header of {place} is damaged: its checksum is {found:02X}, its content adds up to {wanted:02X}.",
            "Give an unchanged copy, or repair it (`rgbfix -v` writes a new checksum).",
        )


def _changed(rom: bytes, place: Path, cartridge: Cartridge) -> RomProblem | None:
    """What happened to a ROM that bears the title of this cartridge."""
    if not cartridge.header_title or _title(rom) != cartridge.header_title:
        return None
    if len(rom) != cartridge.size:
        what = "was cut short" if len(rom) < cartridge.size else "has more bytes than the game"
        return RomProblem(
            f"{place} has the title of {cartridge.title} but {what}: {len(rom)} bytes instead of {cartridge.size}.",
            f"Give an unchanged copy ({_wanted(cartridge)}).",
        )
    return RomProblem(
        f"{place} has the title of {cartridge.title} but was patched or is another edition: its SHA-1 is {_sha1(rom)}.",
        f"Give an unchanged copy ({_wanted(cartridge)}).",
    )


def _title(rom: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in rom[TITLE].rstrip(b"\x00\x80\xc0"))


def _wanted(cartridge: Cartridge) -> str:
    return f"SHA-1 {' or '.join(cartridge.sha1)}"


def _listed() -> str:
    return ", ".join(f"{digest} = {profile.title}" for digest, profile in known_roms().items())


def _sha1(rom: bytes) -> str:
    return hashlib.sha1(rom, usedforsecurity=False).hexdigest()
