"""What a game's ROM says about battles: moves, creatures and which type is strong against which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from pokerl.atlas.rom import ReadRom, Rom
from pokerl.cartridge import Cartridge
from pokerl.errors import UsageProblem

RED_MOVE, DEMO_MOVE = 6, 19
"""Bytes of a move's record: number, effect, power, type, accuracy, uses; the demo game's also holds its name."""
RED_CREATURE = 28
"""Bytes of a record of BaseStats: dex number, five abilities, two types, catch rate, experience …"""
DEMO_LEARNED, DEMO_EVOLUTION = 32, 49
"""Where the demo game's records of creatures keep what is learned, and the evolution: a level and a species."""
EVOLVES_BY = {1: "level", 2: "item", 3: "trade"}
MOST_LISTED = 40
"""Bounds a list in a ROM that does not end."""


class MoveFacts(Struct, frozen=True):
    """A move.

    Attributes:
        name, type: as the cartridge names them.
        effect: the game's number of what it does beside damage; 0 for nothing.
        power: 0 to 255; 0 does no damage of its own, 1 by a rule of its own.
        accuracy: share of tries that hit, in [0, 1].
        uses: PP.
    """

    name: str
    type: str
    effect: int
    power: int
    accuracy: float
    uses: int


class Evolution(Struct, frozen=True):
    """Into what a creature turns: at a level, by an item (its number), or by trade (from a level on)."""

    by: str
    value: int
    species: int


class SpeciesFacts(Struct, frozen=True):
    """A kind of creature.

    Attributes:
        name, types: as the cartridge names them; one type or two.
        hp, attack, defence, speed, special: base abilities.
        catch_rate: 0 to 255, the higher the easier.
        learned: level and number of the move.
        evolutions: at most three or so; none for most.
    """

    name: str
    types: tuple[str, ...]
    hp: int
    attack: int
    defence: int
    speed: int
    special: int
    catch_rate: int
    learned: tuple[tuple[int, int], ...]
    evolutions: tuple[Evolution, ...]


class Book(Struct, frozen=True):
    """All of it.

    Attributes:
        moves: by number.
        species: by the index that memory holds (not the dex number).
        chart: by attacking and defending type; a pair that is missing counts 1.
    """

    moves: Mapping[int, MoveFacts]
    species: Mapping[int, SpeciesFacts]
    chart: Mapping[tuple[str, str], float]

    def effect(self, attacking: str, defending: Iterable[str]) -> float:
        """What a move's type makes of its damage against a creature of these types: 0, 0.25, 0.5, 1, 2 or 4."""
        factor = 1.0
        for one in dict.fromkeys(defending):
            factor *= self.chart.get((attacking, one), 1.0)
        return factor


def open_book(cartridge: Cartridge, read_rom: ReadRom) -> Book:
    """Read the tables of a game.

    Args:
        cartridge: the game, e.g. ``game.cartridge``.
        read_rom: how to read its ROM, e.g. ``game.read_rom``.

    Raises:
        UsageProblem: nothing is known of where this game keeps them, or the ROM is another one.
    """
    rom, places = Rom(read_rom), cartridge.rom_symbols
    if "MOVE_TABLE" in places:
        return Book(
            dict(_moves(rom, cartridge, places["MOVE_TABLE"], DEMO_MOVE, first=1)),
            dict(_demo_species(rom, cartridge)),
            _chart(rom, cartridge, places["TYPE_CHART"]),
        )
    if "BaseStats" in places:
        return Book(
            dict(_moves(rom, cartridge, places["Moves"], RED_MOVE, first=0)),
            dict(_red_species(rom, cartridge)),
            _chart(rom, cartridge, places["TypeEffects"]),
        )
    raise UsageProblem(f"Nothing is known of the battle tables of {cartridge.title}.", "Find them in the ROM yourself.")


def _moves(
    rom: Rom, cartridge: Cartridge, place: tuple[int, int], size: int, *, first: int
) -> Iterator[tuple[int, MoveFacts]]:
    """The records of the moves that the game names; move 1 is record ``first``."""
    bank, start = place
    for number, name in cartridge.moves.items():
        record = rom.read(bank, start + (number - 1 + first) * size, RED_MOVE)
        _, effect, power, kind, accuracy, uses = record
        yield number, MoveFacts(name, cartridge.types.get(kind, f"type {kind}"), effect, power, accuracy / 255, uses)


def _red_species(rom: Rom, cartridge: Cartridge) -> Iterator[tuple[int, SpeciesFacts]]:
    """By dex number, but for the last creature of all, whose record was squeezed in elsewhere."""
    last = max(one.dex for one in cartridge.species.values() if one.dex)
    for index, species in cartridge.species.items():
        if species.dex:
            bank, start = cartridge.rom_symbols["MewBaseStats" if species.dex == last else "BaseStats"]
            start += 0 if species.dex == last else (species.dex - 1) * RED_CREATURE
            evolutions, learned = _red_growth(rom, cartridge, index)
            yield index, _species(species.name, rom.read(bank, start, 10), cartridge, learned, evolutions)


def _red_growth(
    rom: Rom, cartridge: Cartridge, index: int
) -> tuple[tuple[Evolution, ...], tuple[tuple[int, int], ...]]:
    """A list of evolutions that ends with 0, then one of levels and moves."""
    bank, pointers = cartridge.rom_symbols["EvosMovesPointerTable"]
    at = rom.word(bank, pointers + 2 * (index - 1))
    evolutions: list[Evolution] = []
    while (how := rom.read(bank, at, 1)[0]) in EVOLVES_BY and len(evolutions) < MOST_LISTED:
        size = 4 if EVOLVES_BY[how] == "item" else 3
        record = rom.read(bank, at, size)
        evolutions.append(Evolution(EVOLVES_BY[how], record[1], record[-1]))
        at += size
    return tuple(evolutions), _learned(rom, bank, at + 1)


def _demo_species(rom: Rom, cartridge: Cartridge) -> Iterator[tuple[int, SpeciesFacts]]:
    bank, table = cartridge.rom_symbols["SPECIES_TABLE"]
    for index, species in cartridge.species.items():
        home, *pointer = rom.read(bank, table + 3 * index, 3)
        start = int.from_bytes(bytes(pointer), "little")
        level, into = rom.read(home, start + DEMO_EVOLUTION, 2)
        evolutions = (Evolution("level", level, into),) if into else ()
        learned = _learned(rom, home, start + DEMO_LEARNED)
        yield index, _species(species.name, rom.read(home, start, 10), cartridge, learned, evolutions)


def _learned(rom: Rom, bank: int, at: int) -> tuple[tuple[int, int], ...]:
    pairs = rom.until(bank, at, end=0, width=2, limit=MOST_LISTED)
    return tuple((pair[0], pair[1]) for pair in pairs)


def _species(
    name: str,
    record: bytes,
    cartridge: Cartridge,
    learned: tuple[tuple[int, int], ...],
    evolutions: tuple[Evolution, ...],
) -> SpeciesFacts:
    """Both games' records begin alike: dex number, five abilities, two types, catch rate."""
    _, hp, attack, defence, speed, special, *types, catch_rate, _ = record
    named = tuple(dict.fromkeys(cartridge.types.get(kind, f"type {kind}") for kind in types))
    return SpeciesFacts(name, named, hp, attack, defence, speed, special, catch_rate, learned, evolutions)


def _chart(rom: Rom, cartridge: Cartridge, place: tuple[int, int]) -> Mapping[tuple[str, str], float]:
    """Attacking type, defending type and tenths, until FF."""
    names = cartridge.types
    rows = rom.until(*place, width=3)
    return {(names.get(row[0], ""), names.get(row[1], "")): row[2] / 10 for row in rows}
