"""What a game is: its identity, its symbols and its tables, loaded from data files."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from pokerl import shipped
from pokerl.cartridge import meaning as meanings
from pokerl.cartridge.milestone import Guard, Milestone
from pokerl.cartridge.rules import read_milestones
from pokerl.cartridge.symbols import Symbols
from pokerl.errors import ConfigurationProblem, RomProblem

DATA = Path(__file__).parent / "data"
Row = TypeVar("Row")


class GameMap(Struct, frozen=True):
    """A map; a block is 2×2 squares that one can stand on."""

    identifier: int = msgspec.field(name="id")
    name: str
    width_blocks: int = 0
    height_blocks: int = 0


class Species(Struct, frozen=True):
    """A kind of creature.

    ``index`` is what memory holds; ``dex`` is another number, used by the dex alone (``None`` for a mere picture).
    """

    index: int
    name: str
    dex: int | None


class EventFlag(Struct, frozen=True):
    """A bit of memory that the game's story sets."""

    name: str
    address: int
    bit: int


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
        tables, symbols, milestones: the profiles whose folders hold these.
        rom_symbols: the profile whose ROM addresses it has; empty for none.
    """

    identifier: str
    title: str
    family: str
    tables: str
    symbols: str
    milestones: str
    header_title: str = ""
    size: int = 0
    sha1: tuple[str, ...] = ()
    sha1_file: str = ""
    shipped: str = ""
    rom_symbols: str = ""


class Cartridge(Struct, frozen=True, eq=False):
    """One game: names for its bytes, its maps, its creatures, its milestones. Data, no behaviour of its own.

    Attributes:
        identifier, title, family, size, sha1, shipped: see :class:`Profile`.
        symbols: address of every named place in RAM.
        rom_symbols: ``(bank, address)`` of named places in the ROM; empty where they were never checked.
        charmap: text of each screen code.
        maps, species, moves, items, types: by the number that memory holds.
        events: every bit that the story sets, in order of address.
        milestones: in order of rank.
        guards: bytes that tell a game being played from title screen and menus.
    """

    identifier: str
    title: str
    family: str
    header_title: str
    size: int
    sha1: tuple[str, ...]
    shipped: str
    symbols: Mapping[str, int]
    rom_symbols: Mapping[str, tuple[int, int]]
    charmap: Mapping[int, str]
    maps: Mapping[int, GameMap]
    species: Mapping[int, Species]
    moves: Mapping[int, str]
    items: Mapping[int, str]
    types: Mapping[int, str]
    events: tuple[EventFlag, ...]
    milestones: tuple[Milestone, ...]
    guards: tuple[Guard, ...]
    names: Symbols
    screen_table: tuple[str, ...]
    event_names: Mapping[int, tuple[str, ...]]

    def symbol_at(self, address: int) -> str:
        """The name of a place in RAM: ``"wPartyMon1Level"``, ``"wBagItems+0x3"``, or ``""`` if it has none."""
        return self.names.at(address)

    def meaning(self, address: int) -> str:
        """What a byte of RAM is, in words: ``"level of party creature 1"``; never empty."""
        return meanings.meaning(address, self)

    def milestone(self, name: str) -> Milestone:
        """The milestone of that name; raises ``KeyError`` if there is none."""
        for milestone in self.milestones:
            if milestone.name == name:
                return milestone
        raise KeyError(name)


@functools.cache
def load(identifier: str) -> Cartridge:
    """The cartridge of that name.

    Args:
        identifier: ``"red"``, ``"blue"`` or ``"demo"``.

    Raises:
        ConfigurationProblem: there is none of that name, or its data files are damaged.
    """
    profile = _profile(identifier)
    tables = DATA / profile.tables
    guards, milestones = read_milestones(DATA / profile.milestones / "milestones.toml")
    events = _events(tables / "events.json")
    charmap = _charmap(tables / "charmap.json")
    names = Symbols(_addresses(DATA / profile.symbols / "symbols.json"))
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
        maps={row.identifier: row for row in _rows(tables / "maps.json", GameMap)},
        species={row.index: row for row in _rows(tables / "species.json", Species)},
        moves=_names(tables / "moves.json"),
        items=_names(tables / "items.json"),
        types=_names(tables / "types.json"),
        events=events,
        milestones=milestones,
        guards=guards,
        names=names,
        screen_table=tuple(charmap.get(code, " ") for code in range(256)),
        event_names=_by_place(events),
    )


def known() -> tuple[Cartridge, ...]:
    """Every cartridge there is data for, in order of name; one whose tables are not built yet is left out."""
    profiles = [_profile(path.parent.name) for path in sorted(DATA.glob("*/profile.toml"))]
    return tuple(load(profile.identifier) for profile in profiles if (DATA / profile.tables / "maps.json").exists())


def identify(rom: bytes) -> Cartridge:
    """The cartridge that these bytes are, by their SHA-1.

    Raises:
        RomProblem: no cartridge has this SHA-1; the message names it and the known ones.
    """
    digest = hashlib.sha1(rom, usedforsecurity=False).hexdigest()
    cartridges = known()
    for cartridge in cartridges:
        if digest in cartridge.sha1:
            return cartridge
    listed = ", ".join(f"{one} = {cartridge.title}" for cartridge in cartridges for one in cartridge.sha1)
    raise RomProblem(f"No known game has the SHA-1 {digest}.", f"Use one of these unchanged: {listed}.")


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


def _rom_addresses(profile: Profile) -> dict[str, tuple[int, int]]:
    if not profile.rom_symbols:
        return {}
    texts: dict[str, str] = _decode(DATA / profile.rom_symbols / "rom_symbols.json", dict[str, str])
    return {name: (int(text[:2], 16), int(text[3:], 16)) for name, text in texts.items()}


def _addresses(path: Path) -> dict[str, int]:
    texts: dict[str, str] = _decode(path, dict[str, str])
    return {name: int(text, 16) for name, text in texts.items()}


def _charmap(path: Path) -> dict[int, str]:
    """Texts by code. Where a code has several, the first plain one counts, not a ``<CONTROL>`` name."""
    rows: dict[str, str | list[str]] = _decode(path, dict[str, str | list[str]])
    return {int(code, 16): _plain(texts) for code, texts in rows.items()}


def _plain(texts: str | list[str]) -> str:
    options = [texts] if isinstance(texts, str) else texts
    return next((text for text in options if not text.startswith("<")), "")


def _events(path: Path) -> tuple[EventFlag, ...]:
    rows = _rows(path, _EventRow)
    flags = (EventFlag(row.name, int(row.address, 16), row.bit) for row in rows)
    return tuple(sorted(flags, key=lambda flag: (flag.address, flag.bit)))


def _by_place(events: tuple[EventFlag, ...]) -> dict[int, tuple[str, ...]]:
    """Names of the eight bits of each byte that holds events; an unnamed bit is an empty text."""
    places: dict[int, list[str]] = {}
    for event in events:
        places.setdefault(event.address, [""] * 8)[event.bit] = event.name
    return {address: tuple(names) for address, names in places.items()}


def _names(path: Path) -> dict[int, str]:
    return {row.id: row.name for row in _rows(path, _Named)}


def _rows(path: Path, row: type[Row]) -> list[Row]:
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
