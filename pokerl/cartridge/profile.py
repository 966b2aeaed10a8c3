"""Loading cartridges from their data files."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from pokerl import shipped
from pokerl.cartridge.game import Cartridge, EventFlag, GameMap, Species
from pokerl.cartridge.gates import Gates, read_gates
from pokerl.cartridge.meaning import Meanings
from pokerl.cartridge.rules import read_milestones
from pokerl.cartridge.symbols import Symbols
from pokerl.errors import ConfigurationProblem

DATA = Path(__file__).parent / "data"
Row = TypeVar("Row")


class _Named(Struct, frozen=True):
    id: int
    name: str


class _EventRow(Struct, frozen=True):
    name: str
    address: str
    bit: int


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of ``profile.toml``: who the game is and whose data it uses.

    Attributes:
        identifier: the short name, e.g. ``"red"``.
        title: the name for readers.
        family: games of one family share their memory layout and the state reader.
        header_title: the title in the ROM's header; empty if it tells nothing.
        size: of the ROM in bytes; 0 if it is not fixed.
        sha1: SHA-1 digests of the ROMs this is.
        sha1_file: a file beside the profile that holds one more digest (a game that is built here).
        shipped: path of a ROM that travels with pokerl.
        tables, symbols, milestones, gates: the profiles whose folders hold these (symbols: with the meanings); empty:
            none.
        badges: their names, bit 0 first.
        charmaps: the profiles whose charmaps it uses; a later one overrides an earlier one.
        rom_symbols: the profiles whose ROM addresses it has; a later one overrides an earlier one; empty for none.
    """

    identifier: str
    title: str
    family: str
    tables: str = ""
    symbols: str = ""
    milestones: str = ""
    gates: str = ""
    badges: tuple[str, ...] = ()
    charmaps: tuple[str, ...] = ()
    header_title: str = ""
    size: int = 0
    sha1: tuple[str, ...] = ()
    sha1_file: str = ""
    shipped: str = ""
    rom_symbols: tuple[str, ...] = ()


@functools.cache
def load(identifier: str) -> Cartridge:
    """The cartridge of that name.

    Args:
        identifier: ``"red"``, ``"blue"``, ``"demo"``, or ``"generic"`` for any other game, of which nothing is known.

    Raises:
        ConfigurationProblem: there is none of that name, or its data files are damaged.
    """
    profile = _profile(identifier)
    guards, milestones = (
        read_milestones(DATA / profile.milestones / "milestones.toml") if profile.milestones else ((), ())
    )
    events = _events(_table(profile, "events"))
    charmap = _charmap(profile)
    meanings = _meanings(profile)
    names = Symbols(_addresses(profile), preferred=meanings.places)
    return Cartridge(
        identifier=profile.identifier,
        title=profile.title,
        family=profile.family,
        header_title=profile.header_title,
        size=profile.size,
        sha1=_digests(profile),
        shipped=profile.shipped,
        symbols=names.addresses,
        rom_symbols=_rom_addresses(profile),
        charmap=charmap,
        maps={row.identifier: row for row in _rows(_table(profile, "maps"), GameMap)},
        species={row.index: row for row in _rows(_table(profile, "species"), Species)},
        moves=_names(_table(profile, "moves")),
        items=_names(_table(profile, "items")),
        types=_names(_table(profile, "types")),
        events=events,
        milestones=milestones,
        guards=guards,
        gates=read_gates(DATA / profile.gates / "gates.toml") if profile.gates else Gates(),
        badges=profile.badges,
        names=names,
        meanings=meanings,
        screen_table=tuple(charmap.get(code, " ") for code in range(256)),
        event_names=_by_place(events),
    )


def known() -> tuple[Cartridge, ...]:
    """Every cartridge whose ROM can be told by its SHA-1, in order of name."""
    return tuple(load(identifier) for identifier in dict.fromkeys(owner.identifier for owner in known_roms().values()))


def known_roms() -> dict[str, Profile]:
    """The profile that each known SHA-1 belongs to; reads no tables."""
    profiles = [_profile(path.parent.name) for path in sorted(DATA.glob("*/profile.toml"))]
    return {digest: profile for profile in profiles for digest in _digests(profile)}


def _profile(identifier: str) -> Profile:
    path = DATA / identifier / "profile.toml"
    known_names = sorted(folder.parent.name for folder in DATA.glob("*/profile.toml"))
    if identifier not in known_names:
        raise ConfigurationProblem(
            f"There is no cartridge named '{identifier}'.", f"Use one of: {', '.join(known_names)}."
        )
    profile: Profile = _decode(path, Profile)
    return profile


def _digests(profile: Profile) -> tuple[str, ...]:
    """Digests of the profile, of its digest file, or else of the shipped ROM itself if that was built."""
    if not profile.sha1_file:
        return profile.sha1
    recorded = DATA / profile.identifier / profile.sha1_file
    if recorded.exists():
        return (*profile.sha1, recorded.read_text().split()[0].lower())
    try:
        rom = shipped.path(profile.shipped).read_bytes()
    except ConfigurationProblem:
        return profile.sha1
    return (*profile.sha1, hashlib.sha1(rom, usedforsecurity=False).hexdigest())


def _table(profile: Profile, name: str) -> Path | None:
    """The file of a table; ``None`` if the game has no such thing and leaves the file out."""
    path = DATA / profile.tables / f"{name}.json"
    return path if profile.tables and path.exists() else None


def _meanings(profile: Profile) -> Meanings:
    if not profile.symbols:
        return Meanings()
    meanings: Meanings = _decode(DATA / profile.symbols / "meanings.toml", Meanings)
    return meanings


def _addresses(profile: Profile) -> dict[str, int]:
    if not profile.symbols:
        return {}
    texts: dict[str, str] = _decode(DATA / profile.symbols / "symbols.json", dict[str, str])
    return {name: int(text, 16) for name, text in texts.items()}


def _rom_addresses(profile: Profile) -> dict[str, tuple[int, int]]:
    texts: dict[str, str] = {}
    for owner in profile.rom_symbols:
        texts |= _decode(DATA / owner / "rom_symbols.json", dict[str, str])
    return {name: (int(text[:2], 16), int(text[3:], 16)) for name, text in texts.items()}


def _charmap(profile: Profile) -> dict[int, str]:
    """Texts by code; the first plain one of a code counts. One that has only a ``<NAME>`` is left to other charmaps."""
    found: dict[int, str] = {}
    for owner in profile.charmaps:
        rows: dict[str, str | list[str]] = _decode(DATA / owner / "charmap.json", dict[str, str | list[str]])
        for code, texts in rows.items():
            plain = [text for text in ([texts] if isinstance(texts, str) else texts) if not text.startswith("<")]
            found.update({int(code, 16): text for text in plain[:1]})
    return found


def _events(path: Path | None) -> tuple[EventFlag, ...]:
    rows = _rows(path, _EventRow)
    flags = (EventFlag(row.name, int(row.address, 16), row.bit) for row in rows)
    return tuple(sorted(flags, key=lambda flag: (flag.address, flag.bit)))


def _by_place(events: tuple[EventFlag, ...]) -> dict[int, tuple[str, ...]]:
    """Names of the eight bits of each byte that holds events; an unnamed bit is an empty text."""
    places: dict[int, list[str]] = {}
    for event in events:
        places.setdefault(event.address, [""] * 8)[event.bit] = event.name
    return {address: tuple(names) for address, names in places.items()}


def _names(path: Path | None) -> dict[int, str]:
    return {row.id: row.name for row in _rows(path, _Named)}


def _rows(path: Path | None, row: type[Row]) -> list[Row]:
    if path is None:
        return []
    rows: list[Row] = _decode(path, list[row])  # type: ignore[valid-type]
    return rows


def _decode(path: Path, kind: Any) -> Any:
    decode = msgspec.toml.decode if path.suffix == ".toml" else msgspec.json.decode
    try:
        return decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationProblem(
            f"The cartridge data file {path} cannot be read: {error}.", "Install pokerl again."
        ) from error
