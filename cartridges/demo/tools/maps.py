"""Maps: reads data/maps/*.map, makes blocks of squares and the records that the engine loads."""

from dataclasses import dataclass
from typing import Any

from . import tilesets
from .conditions import condition
from .paths import DATA
from .people_art import PeopleArt
from .rom import NOWHERE, DataBanks, Far, word
from .source import with_rows
from .texts import Texts

LAST_MAP = 0xFF
FACINGS = {"down": 0, "up": 4, "left": 8, "right": 12}
DIRECTIONS = ("north", "south", "west", "east")


@dataclass
class Map:
    """One map as its file describes it."""

    head: dict[str, Any]
    rows: list[str]
    tileset: tilesets.Tileset

    @property
    def number(self) -> int:
        """Map id."""
        return int(self.head["id"])

    @property
    def name(self) -> str:
        """Name in upper case."""
        return str(self.head["name"])

    @property
    def width(self) -> int:
        """Width in blocks."""
        return len(self.rows[0]) // 2

    @property
    def height(self) -> int:
        """Height in blocks."""
        return len(self.rows) // 2

    def kind(self, x: int, y: int) -> str:
        """What the square at a position is."""
        return self.tileset.squares[self.rows[y][x]].kind

    def blocks(self) -> bytes:
        """Block numbers, row by row."""
        out = bytearray()
        for y in range(0, len(self.rows), 2):
            for x in range(0, len(self.rows[0]), 2):
                out.append(self.tileset.block(self.rows[y][x : x + 2] + self.rows[y + 1][x : x + 2]))
        return bytes(out)


class World:
    """All maps and tilesets."""

    def __init__(self) -> None:
        self.tilesets = {name: tilesets.load(name) for name in tilesets.NAMES}
        self.maps: dict[str, Map] = {}
        for path in sorted((DATA / "maps").glob("*.map")):
            head, rows = with_rows(path)
            entry = Map(head, rows, self.tilesets[head["tileset"]])
            self._check(entry)
            self.maps[entry.name] = entry
        self.scripts = sorted({script for entry in self.maps.values() for script in self._scripts_of(entry)})

    @staticmethod
    def _scripts_of(entry: Map) -> list[str]:
        people = [person.get("script", "none") for person in entry.head.get("people", [])]
        signs = [sign[3] for sign in entry.head.get("signs", []) if len(sign) > 3]
        return [*people, *signs, entry.head.get("script", "none"), "none"]

    @staticmethod
    def _check(entry: Map) -> None:
        wide, high = len(entry.rows[0]), len(entry.rows)
        if wide % 2 or high % 2 or any(len(row) != wide for row in entry.rows):
            raise ValueError(f"{entry.name}: rows differ or are odd: {[len(row) for row in entry.rows]}, {high}")
        for x, y, *_ in entry.head.get("warps", []):
            if entry.kind(x, y) not in ("door", "floor"):
                raise ValueError(f"{entry.name}: warp at {x},{y} is on {entry.kind(x, y)}")
        for x, y, *_ in entry.head.get("signs", []):
            if entry.kind(x, y) != "wall":
                raise ValueError(f"{entry.name}: sign at {x},{y} is on {entry.kind(x, y)}")

    def destination(self, name: str) -> int:
        """Map id of a warp's destination."""
        return LAST_MAP if name == "LAST_MAP" else self.maps[name].number

    def script(self, name: str) -> int:
        """Number of a script; 'none' is 0."""
        return 0 if name == "none" else 1 + [s for s in self.scripts if s != "none"].index(name)

    def header(self) -> str:
        """C names of maps and scripts."""
        lines = [f"#define MAP_{entry.name} 0x{entry.number:02X}" for entry in self.maps.values()]
        lines += [f"#define SCRIPT_{name.upper()} {self.script(name)}" for name in self.scripts]
        return "\n".join(lines)


class MapPacker:
    """Turns maps into records in the data banks."""

    def __init__(self, world: World, texts: Texts, people: PeopleArt, wild: list[str]) -> None:
        self.world, self.texts, self.people, self.wild = world, texts, people, wild

    def _people(self, entry: Map) -> bytes:
        out = b""
        for person in entry.head.get("people", []):
            x, y = person["at"]
            flags = (1 if person.get("walks") else 0) | (2 if person.get("counter") else 0)
            out += bytes([self.people.number(person["picture"]), y, x, FACINGS[person["facing"]], flags])
            out += bytes([self.world.script(person.get("script", "none"))]) + word(self.texts.number(person["talk"]))
            out += word(condition(person.get("show", ""))) + word(condition(person.get("hide", "")))
            out += bytes([0, 0, 0, 0])  # room for trainer class, party number, sight and more
        return out

    def _warps(self, entry: Map) -> bytes:
        rows = [bytes([y, x, warp, self.world.destination(to)]) for x, y, to, warp in entry.head.get("warps", [])]
        return b"".join(rows)

    def _signs(self, entry: Map) -> bytes:
        out = b""
        for x, y, text, *script in entry.head.get("signs", []):
            number = self.world.script(script[0] if script else "none")
            out += bytes([y, x]) + word(self.texts.number(text)) + bytes([number])
        return out

    def _connections(self, entry: Map) -> bytes:
        out = b""
        connections = entry.head.get("connections", {})
        for direction in DIRECTIONS:
            name, offset = connections.get(direction, (None, 0))
            out += bytes([self.world.maps[name].number if name else 0xFF, offset & 0xFF])
        return out

    def _wild(self, entry: Map) -> bytes:
        wild = entry.head.get("wild")
        return bytes([wild["rate"], self.wild.index(wild["table"])]) if wild else bytes([0, 0])

    def record(self, entry: Map, place: Far) -> bytes:
        """The map's record; its pointers lead to what follows it in the same bank."""
        border = entry.tileset.block(entry.head["border"] * 4)
        parts = [entry.blocks(), self._warps(entry), self._signs(entry), self._people(entry)]
        head_size = 27
        places = [place.address + head_size + sum(map(len, parts[:i])) for i in range(4)]
        counts = [len(entry.head.get(key, [])) for key in ("warps", "signs", "people")]
        head = bytes([tilesets.NAMES.index(entry.tileset.name), entry.height, entry.width, border])
        head += word(places[0]) + bytes([1 if entry.head.get("town") else 0])
        for count, where in zip(counts, places[1:], strict=True):
            head += bytes([count]) + word(where)
        script = self.world.script(entry.head.get("script", "none"))
        head += self._connections(entry) + self._wild(entry) + bytes([script])
        if len(head) != head_size:
            raise AssertionError(len(head))
        return head + b"".join(parts)

    def pack(self, banks: DataBanks) -> None:
        """Stores all maps and their table of 256 places."""
        table = [NOWHERE] * 256
        for entry in self.world.maps.values():
            size = len(self.record(entry, NOWHERE))
            place = banks.next_place(size)
            table[entry.number] = banks.add(self.record(entry, place))
        banks.add(b"".join(place.entry() for place in table), "MAP_TABLE")

    def pack_tilesets(self, banks: DataBanks) -> None:
        """Stores tiles and blocks: a record of bank, tile count, tiles and blocks for each tileset."""
        records = b""
        for tileset in self.world.tilesets.values():
            tiles, blocks = b"".join(tileset.tiles), b"".join(tileset.blocks)
            place = banks.add(tiles + blocks)
            records += bytes([place.bank, len(tileset.tiles)]) + word(place.address) + word(place.address + len(tiles))
        banks.add(records, "TILESET_TABLE")
