"""Maps of Red out of its ROM: formats by the public disassembly, addresses from the cartridge's ``rom_symbols``."""

from __future__ import annotations

from pokerl.atlas import ground
from pokerl.atlas.ground import TileAt
from pokerl.atlas.model import DOOR, SPINNER, STEPS, WALKABLE, AtlasMap, Guard, Person, Place, Sign, Warp
from pokerl.atlas.red_tables import Tables
from pokerl.atlas.rom import ReadRom, Rom
from pokerl.atlas.world import World
from pokerl.cartridge import Cartridge
from pokerl.cartridge.surroundings import EDGE_RECORD, SIDES, Connection, read_connection
from pokerl.errors import UsageProblem

LAST_MAP = 0xFF
FACINGS = {0xD0: "down", 0xD1: "up", 0xD2: "left", 0xD3: "right"}
BUTTONS = {0x10: "right", 0x20: "left", 0x40: "up", 0x80: "down"}
WALKS, TRAINER, ITEM, TEXT = 0xFE, 0x40, 0x80, 0x3F
BORDER = 4
HIDDEN = 0x11


def red_world(read_rom: ReadRom, cartridge: Cartridge) -> World:
    """Decode every map of Red (about a quarter of a second, and some twenty banks to read).

    Args:
        read_rom: see :class:`~pokerl.atlas.rom.Rom`.
        cartridge: one with ``rom_symbols``.

    Raises:
        UsageProblem: the cartridge has no ROM addresses, or the ROM is not what it says.
    """
    if "MapHeaderPointers" not in cartridge.rom_symbols:
        raise UsageProblem(
            f"Nothing is known of where {cartridge.title} keeps its maps.", "Use a SeenAtlas, which learns by looking."
        )
    tables = Tables(Rom(read_rom), cartridge)
    maps = [
        _Decoder(tables, entry.identifier, entry.name).map()
        for entry in cartridge.maps.values()
        if entry.width_blocks and not entry.name.startswith("UNUSED")
    ]

    def redraw(one: AtlasMap, blocks: bytes) -> AtlasMap:
        return _Decoder(tables, one.identifier, one.name, blocks).map()

    return World(maps, tables.tilesets(), start=tables.rules.start, redraw=redraw)


class _Decoder:
    """Decodes one map; what it needs again is kept in its fields."""

    def __init__(self, tables: Tables, identifier: int, name: str, blocks: bytes | None = None) -> None:
        self.tables, self.rom, self.rules = tables, tables.rom, tables.rules
        self.identifier, self.name = identifier, name
        self.bank, at = tables.header(identifier)
        self.tileset, height, width = self.rom.read(self.bank, at, 3)
        self.width, self.height = width * 2, height * 2
        self.blocks = blocks or self.rom.read(self.bank, self.rom.word(self.bank, at + 3), width * height)
        self.sides = self.rom.read(self.bank, at + 9, 1)[0]
        self.connections_at = at + 10
        self.objects_at = self.rom.word(self.bank, at + 10 + EDGE_RECORD * self.sides.bit_count())
        self.border = self.rom.read(self.bank, self.objects_at, 1)[0]
        self.trainers = tables.trainers(identifier)
        self.ground = tables.ground(self.tileset)
        self.tile_at = self._tiles(tables.block_tiles(self.tileset))

    def map(self) -> AtlasMap:
        """The whole map, decoded."""
        tile_at, size = self.tile_at, (self.width, self.height)
        warps = self._warps()
        spins = self._spins()
        return AtlasMap(
            identifier=self.identifier,
            name=self.name,
            rows=self._rows(warps, spins),
            outdoors=self.tileset in self.rules.outdoor_tilesets,
            warps=warps,
            connections=self._connections(),
            people=self._people(),
            signs=self._signs(),
            guards=self._guards(),
            grass=self.tables.encounters(self.identifier)[0],
            water=self.tables.encounters(self.identifier)[1],
            hops=ground.hops(self.ground, tile_at, *size),
            barriers=ground.barriers(self.ground.land_pairs, tile_at, *size),
            shores=ground.barriers(self.ground.water_pairs, tile_at, *size),
            spins=spins,
            holes={(x, y): Place(*below) for (here, x, y), below in self.rules.holes if here == self.identifier},
            elevator=self.tables.floors(self.identifier),
            outside=dict(self.rules.outside).get(self.identifier),
            outside_north={here: (row, there) for here, row, there in self.rules.outside_north}.get(self.identifier),
            tileset=self.tileset,
            blocks=self.blocks,
            border=self.border,
        )

    def _tiles(self, tiles: bytes) -> TileAt:
        columns = self.width // 2

        def tile_at(x: int, y: int) -> int:
            inside = 0 <= x < self.width and 0 <= y < self.height
            block = self.blocks[y // 2 * columns + x // 2] if inside else self.border
            return tiles[block * 4 + y % 2 * 2 + x % 2]

        return tile_at

    def _rows(self, warps: tuple[Warp, ...], spins: dict[tuple[int, int], tuple[int, int]]) -> tuple[str, ...]:
        grid = [list(row) for row in ground.rows(self.ground, self.tile_at, self.width, self.height)]
        marks = [(warp.x, warp.y, DOOR) for warp in warps if warp.instant] + [(x, y, SPINNER) for x, y in spins]
        for x, y, mark in marks:
            if x < self.width and y < self.height and grid[y][x] in ".:":
                grid[y][x] = mark
        return tuple("".join(row) for row in grid)

    # Objects: border, then counted lists of warps, signs and people.

    def _warps(self) -> tuple[Warp, ...]:
        entries = self._records(self.objects_at + 1, 4)
        return tuple(self._warp(*entry) for entry in entries)

    def _warp(self, y: int, x: int, number: int, destination: int) -> Warp:
        tile = self.tile_at(x, y)
        instant = tile in self.ground.openings or tile in self.ground.doors
        return Warp(
            x,
            y,
            None if destination == LAST_MAP else destination,
            number,
            instant=instant,
            push=() if instant else self._push(x, y),
            steps_out=tile in self.ground.doors and self.ground.sign(self.tile_at(x, y + 1)) in WALKABLE,
        )

    def _push(self, x: int, y: int) -> tuple[str, ...]:
        """Directions that lead through a warp that is no door: the map's edge, or certain tiles in front."""
        push = self.rules.push_tiles
        by_tile = self.identifier in push.maps or self.tileset in push.tilesets
        if self.identifier in push.not_maps or not by_tile:
            return tuple(
                button
                for button, (across, down) in STEPS.items()
                if not (0 <= x + across < self.width and 0 <= y + down < self.height)
            )
        only_map, only_tile = push.only_tile
        return tuple(
            button
            for button, (across, down) in STEPS.items()
            if self.tile_at(x + across, y + down)
            in ({only_tile} if self.identifier == only_map else self.tables.carpets[button])
        )

    def _signs(self) -> tuple[Sign, ...]:
        at = self._after(self.objects_at + 1, 4)
        return tuple(Sign(x, y, text) for y, x, text in self._records(at, 3))

    def _guards(self) -> tuple[Guard, ...]:
        found: list[Guard] = []
        for rule in self.rules.guard:
            if rule.map == self.identifier:
                row = () if rule.row is None else ((x, rule.row) for x in range(min(rule.columns, self.width)))
                found.append(Guard(rule.who, frozenset((*rule.squares, *row)), frozenset(rule.until)))
        return tuple(found)

    def _people(self) -> tuple[Person, ...]:
        at = self._after(self._after(self.objects_at + 1, 4), 3)
        count = self.rom.read(self.bank, at, 1)[0]
        at += 1
        people: list[Person] = []
        for slot in range(1, count + 1):
            picture, y, x, movement, aim, text = self.rom.read(self.bank, at, 6)
            extra = 2 if text & TRAINER else 1 if text & ITEM else 0
            more = self.rom.read(self.bank, at + 6, extra)
            people.append(self._person(slot, picture, x - BORDER, y - BORDER, movement, aim, text, more))
            at += 6 + extra
        return tuple(people)

    def _person(
        self, slot: int, picture: int, x: int, y: int, movement: int, aim: int, text: int, more: bytes
    ) -> Person:
        boulder = picture == self.rules.boulder_picture
        kind = "item" if text & ITEM else "trainer" if text & TRAINER else "boulder" if boulder else "person"
        toggle = self.tables.toggles.get((self.identifier, slot))
        sight, event = self.trainers.get(slot, (0, ""))
        return Person(
            slot,
            picture,
            x,
            y,
            walks=movement == WALKS,
            facing=FACINGS.get(aim, ""),
            kind=kind,
            item=more[0] if kind == "item" else 0,
            trainer=(more[0], more[1]) if kind == "trainer" else None,
            text=text & TEXT,
            toggle=toggle[0] if toggle else None,
            hidden=toggle is not None and toggle[1] == HIDDEN,
            sight=sight,
            event=event,
        )

    def _records(self, at: int, width: int) -> list[bytes]:
        count = self.rom.read(self.bank, at, 1)[0]
        return [self.rom.read(self.bank, at + 1 + index * width, width) for index in range(count)]

    def _after(self, at: int, width: int) -> int:
        return at + 1 + self.rom.read(self.bank, at, 1)[0] * width

    # Edges and forced ways.

    def _connections(self) -> tuple[Connection, ...]:
        at, found = self.connections_at, []
        for side, bit in SIDES:
            if self.sides & bit:
                record = self.rom.read(self.bank, at, EDGE_RECORD)
                found.append(read_connection(record, side, self.height, self.width))
                at += EDGE_RECORD
        return tuple(found)

    def _spins(self) -> dict[tuple[int, int], tuple[int, int]]:
        symbol = dict(self.rules.spins).get(self.identifier)
        if symbol is None:
            return {}
        bank, at = self.tables.symbols[symbol]
        found = {}
        for y, x, low, high in self.rom.until(bank, at, width=4):
            runs = self.rom.until(bank, low | high << 8, width=2)
            across = sum(STEPS[BUTTONS[button]][0] * count for button, count in runs)
            down = sum(STEPS[BUTTONS[button]][1] * count for button, count in runs)
            found[x, y] = (x + across, y + down)
        return found
