"""The tables of Red's ROM that all maps share, each read once."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
from msgspec import Struct

from pokerl.atlas.ground import Ground
from pokerl.atlas.model import Encounters, Tileset
from pokerl.atlas.rom import Rom
from pokerl.cartridge import Cartridge

RULES = Path(__file__).parent / "data" / "red.toml"
TILESETS, TILESET_RECORD = 24, 12
TILES, TILE, BLOCK, BLOCKS = 0x60, 16, 16, 128
CARPETS = ("down", "up", "left", "right")
FACINGS = {0x00: "down", 0x04: "up", 0x08: "left", 0x0C: "right"}
SLOTS = 10
TRAINER_RECORD = 12


class PushTiles(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the tile in front decides about a warp that is no door, and not the map's edge."""

    tilesets: tuple[int, ...]
    maps: tuple[int, ...]
    not_maps: tuple[int, ...]
    only_tile: tuple[int, int]


class GuardRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Who stops the player: on some squares, or on the first ``columns`` squares of a row (on all of it without)."""

    map: int
    who: str
    until: tuple[str, ...]
    squares: tuple[tuple[int, int], ...] = ()
    row: int | None = None
    columns: int = 0x100


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of ``data/red.toml``: numbers that stand in Red's code and not in a table."""

    start: int
    outdoor_tilesets: tuple[int, ...]
    ledge_tileset: int
    boulder_picture: int
    trees: tuple[tuple[int, int], ...]
    water_tiles: tuple[int, ...]
    harbour: tuple[int, int]
    outside: tuple[tuple[int, int], ...]
    outside_north: tuple[tuple[int, int, int], ...]
    spins: tuple[tuple[int, str], ...]
    trainers: tuple[tuple[int, str], ...]
    elevators: tuple[tuple[int, str, int], ...]
    holes: tuple[tuple[tuple[int, int, int], tuple[int, int, int]], ...]
    push_tiles: PushTiles
    guard: tuple[GuardRule, ...]


class Tables:
    """Red's tables; each is read when it is first asked for.

    Args:
        rom: the ROM.
        cartridge: its addresses.
    """

    def __init__(self, rom: Rom, cartridge: Cartridge) -> None:
        self.rom = rom
        self.symbols = cartridge.rom_symbols
        self.events = cartridge.event_names
        self.rules: Rules = msgspec.toml.decode(RULES.read_bytes(), type=Rules)
        self.ground = functools.cache(self._ground)
        self.block_tiles = functools.cache(self._block_tiles)

    def header(self, identifier: int) -> tuple[int, int]:
        """Bank and address of a map's header."""
        bank, at = self.symbols["MapHeaderBanks"]
        pointers_bank, pointers = self.symbols["MapHeaderPointers"]
        return self.rom.read(bank, at + identifier, 1)[0], self.rom.word(pointers_bank, pointers + identifier * 2)

    def tilesets(self) -> dict[int, Tileset]:
        """How every tileset looks."""
        return {number: self._tileset(number) for number in range(TILESETS)}

    def _tileset(self, number: int) -> Tileset:
        bank, blocks, tiles = self._looks(number)
        return Tileset(self._some(bank, tiles, TILES * TILE), self._some(bank, blocks, BLOCKS * BLOCK))

    def _some(self, bank: int, at: int, length: int) -> bytes:
        """As many of these bytes as the bank still has."""
        return self.rom.read(bank, at, min(length, 0x8000 - at))

    def _looks(self, number: int) -> tuple[int, int, int]:
        bank, at = self.symbols["Tilesets"]
        record = self.rom.read(bank, at + number * TILESET_RECORD, 5)
        return record[0], record[1] | record[2] << 8, record[3] | record[4] << 8

    def _block_tiles(self, number: int) -> bytes:
        """The deciding tiles of each block: those of its upper left, upper right, lower left and lower right square."""
        bank, at, _ = self._looks(number)
        blocks = self._some(bank, at, 0x100 * BLOCK)
        return bytes(
            blocks[start + place] for start in range(0, len(blocks) - BLOCK + 1, BLOCK) for place in (4, 6, 12, 14)
        )

    def _ground(self, number: int) -> Ground:
        bank, at = self.symbols["Tilesets"]
        record = self.rom.read(bank, at + number * TILESET_RECORD, TILESET_RECORD)
        return Ground(
            passable=self.rom.list(0, record[5] | record[6] << 8),
            counters=frozenset(record[7:10]) - {0xFF},
            grass=record[10],
            water=self._water(number),
            trees=frozenset(tile for tileset, tile in self.rules.trees if tileset == number),
            doors=self._doors(number),
            openings=self._openings(number),
            ledges=self._ledges() if number == self.rules.ledge_tileset else frozenset(),
            land_pairs=self._pairs("TilePairCollisionsLand", number),
            water_pairs=self._pairs("TilePairCollisionsWater", number),
        )

    def _water(self, number: int) -> frozenset[int]:
        bank, at = self.symbols["WaterTilesets"]
        if number not in self.rom.list(bank, at):
            return frozenset()
        harbour, tile = self.rules.harbour
        return frozenset((tile,) if number == harbour else self.rules.water_tiles)

    def _doors(self, number: int) -> frozenset[int]:
        bank, at = self.symbols["DoorTileIDPointers"]
        for tileset, low, high in self.rom.until(bank, at, width=3):
            if tileset == number:
                return self.rom.list(bank, low | high << 8, end=0)
        return frozenset()

    def _openings(self, number: int) -> frozenset[int]:
        bank, at = self.symbols["WarpTileIDPointers"]
        return self.rom.list(bank, self.rom.word(bank, at + number * 2))

    def _ledges(self) -> frozenset[tuple[str, int, int]]:
        bank, at = self.symbols["LedgeTiles"]
        return frozenset((FACINGS[facing], here, there) for facing, here, there, _ in self.rom.until(bank, at, width=4))

    def _pairs(self, symbol: str, number: int) -> frozenset[frozenset[int]]:
        bank, at = self.symbols[symbol]
        return frozenset(frozenset((a, b)) for tileset, a, b in self.rom.until(bank, at, width=3) if tileset == number)

    @functools.cached_property
    def carpets(self) -> dict[str, frozenset[int]]:
        """Tiles that open a warp to whoever walks against them, by direction."""
        bank, at = self.symbols["WarpTileListPointers"]
        return {
            button: self.rom.list(bank, self.rom.word(bank, at + place * 2)) for place, button in enumerate(CARPETS)
        }

    @functools.cached_property
    def toggles(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Of those whom the story shows and hides, by map and slot: number of the bit, and how it is at the start."""
        bank, at = self.symbols["ToggleableObjectStates"]
        entries = self.rom.until(bank, at, width=3)
        return {(map_id, slot): (number, state) for number, (map_id, slot, state) in enumerate(entries)}

    def trainers(self, identifier: int) -> dict[int, tuple[int, str]]:
        """Of those on a map who challenge the player, by slot: how far they see, and the event when they are beaten."""
        symbol = dict(self.rules.trainers).get(identifier)
        if symbol is None:
            return {}
        bank, at = self.symbols[symbol]
        found: dict[int, tuple[int, str]] = {}
        for slot, sight, low, high, *_ in self.rom.until(bank, at, width=TRAINER_RECORD):
            address = (low | high << 8) + slot // 8
            found[slot] = (sight >> 4, self.events.get(address, ("",) * 8)[slot % 8])
        return found

    def encounters(self, identifier: int) -> tuple[Encounters | None, Encounters | None]:
        """Who appears in a map's grass (or anywhere in a cave) and on its water."""
        bank, pointers = self.symbols["WildDataPointers"]
        at = self.rom.word(bank, pointers + identifier * 2)
        grass, at = self._table(bank, at)
        water, _ = self._table(bank, at)
        return grass, water

    def _table(self, bank: int, at: int) -> tuple[Encounters | None, int]:
        rate = self.rom.read(bank, at, 1)[0]
        if not rate:
            return None, at + 1
        pairs = self.rom.read(bank, at + 1, SLOTS * 2)
        slots = tuple((pairs[place], pairs[place + 1]) for place in range(0, SLOTS * 2, 2))
        return Encounters(rate, slots), at + 1 + SLOTS * 2

    def floors(self, identifier: int) -> tuple[tuple[int, int], ...]:
        """The (map, warp) pairs of an elevator; empty for any other map."""
        for map_id, symbol, count in self.rules.elevators:
            if map_id == identifier:
                bank, at = self.symbols[symbol]
                data = self.rom.read(bank, at, count * 2)
                return tuple((data[place + 1], data[place]) for place in range(0, count * 2, 2))
        return ()
