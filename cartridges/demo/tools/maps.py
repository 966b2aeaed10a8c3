"""Maps: reads data/maps/*.map, makes blocks of squares and the records that the engine loads."""

from dataclasses import dataclass
from typing import Any

from . import tilesets
from .conditions import NONE, condition
from .creatures import Creatures
from .paths import DATA
from .people_art import PeopleArt
from .rom import NOWHERE, DataBanks, Far, word
from .scripts import Scripts
from .source import with_rows
from .texts import Texts

LAST_MAP = 0xFF
HEAD_SIZE = 36
MOST_PEOPLE = 15
MOST_AREA = 1300  # bytes from C6E8 to CBFB: the map's blocks with a border of three
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

    def changed(self, change: dict[str, Any]) -> list[str]:
        """The picture with a change in it."""
        rows = list(self.rows)
        left, top = change["at"]
        for y, new in enumerate(change["rows"], start=top):
            rows[y] = rows[y][:left] + new + rows[y][left + len(new) :]
        return rows

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

    @staticmethod
    def _check(entry: Map) -> None:
        wide, high = len(entry.rows[0]), len(entry.rows)
        if wide % 2 or high % 2 or any(len(row) != wide for row in entry.rows):
            raise ValueError(f"{entry.name}: rows differ or are odd: {[len(row) for row in entry.rows]}, {high}")
        if (entry.width + 6) * (entry.height + 6) > MOST_AREA or len(entry.head.get("people", [])) > MOST_PEOPLE:
            raise ValueError(f"{entry.name}: too large, or more than {MOST_PEOPLE} people")
        for x, y, *_ in entry.head.get("warps", []):
            if entry.kind(x, y) not in ("door", "floor", "stop"):
                raise ValueError(f"{entry.name}: warp at {x},{y} is on {entry.kind(x, y)}")
        for x, y, *_ in entry.head.get("signs", []):
            if entry.kind(x, y) != "wall":
                raise ValueError(f"{entry.name}: sign at {x},{y} is on {entry.kind(x, y)}")

    def destination(self, name: str) -> int:
        """Map id of a warp's destination."""
        return LAST_MAP if name == "LAST_MAP" else self.maps[name].number

    def header(self) -> str:
        """C names of maps."""
        return "\n".join(f"#define MAP_{entry.name} 0x{entry.number:02X}" for entry in self.maps.values())


class MapPacker:
    """Turns maps into records in the data banks; the C side of the records is in source/world/world.h."""

    def __init__(self, world: World, texts: Texts, people: PeopleArt, scripts: Scripts, creatures: Creatures) -> None:
        self.world, self.texts, self.people, self.scripts, self.creatures = world, texts, people, scripts, creatures

    def _text(self, name: str) -> bytes:
        return word(self.texts.number(name) if name else NONE)

    def _opponent(self, person: dict[str, Any]) -> bytes:
        """Class, party number and sight of a trainer, or number and count of an item that lies there."""
        if "trainer" in person:
            name, number = person["trainer"]
            return bytes([self.creatures.trainer(name), number, person.get("sight", 0)])
        if "item" in person:
            name, count = person["item"]
            return bytes([self.creatures.item(name), count, 0])
        return bytes(3)

    def _person(self, person: dict[str, Any]) -> bytes:
        x, y = person["at"]
        names = ("walks", "counter", "trainer", "item")
        flags = sum(1 << bit for bit, name in enumerate(names) if person.get(name))
        script = person.get("then", "") if "trainer" in person else person.get("script", "")
        hide = person.get("hide", person.get("event", "") if "item" in person else "")
        out = bytes([self.people.number(person["picture"]), y, x, FACINGS[person.get("facing", "down")], flags])
        out += word(self.scripts.number(script)) + self._text(person.get("before", person.get("talk", "")))
        out += word(condition(person.get("show", ""))) + word(condition(hide)) + self._opponent(person)
        out += word(condition(person.get("event", "")))
        return out + self._text(person.get("won", "")) + self._text(person.get("after", ""))

    def _people(self, entry: Map) -> bytes:
        return b"".join(self._person(person) for person in entry.head.get("people", []))

    def _warps(self, entry: Map) -> bytes:
        rows = [bytes([y, x, warp, self.world.destination(to)]) for x, y, to, warp in entry.head.get("warps", [])]
        return b"".join(rows)

    def _signs(self, entry: Map) -> bytes:
        out = b""
        for x, y, text, *script in entry.head.get("signs", []):
            out += bytes([y, x]) + self._text(text) + word(self.scripts.number(script[0] if script else ""))
        return out

    def _triggers(self, entry: Map) -> bytes:
        out = b""
        for x, y, *rest in entry.head.get("triggers", []):
            wide, high = rest[:2] if len(rest) == 3 else (1, 1)
            out += bytes([y, x, high, wide]) + word(self.scripts.number(rest[-1]))
        return out

    def _changes(self, entry: Map) -> bytes:
        """Blocks that look otherwise while a condition holds: condition, row, column, block."""
        out: dict[tuple[int, int], bytes] = {}
        for change in entry.head.get("changes", []):
            rows = entry.changed(change)
            left, top = change["at"]
            for y in range(top // 2, (top + len(change["rows"]) + 1) // 2):
                for x in range(left // 2, (left + len(change["rows"][0]) + 1) // 2):
                    if (y, x) in out:
                        raise ValueError(f"{entry.name}: two changes touch the block of square {x * 2},{y * 2}")
                    block = entry.tileset.block(rows[y * 2][x * 2 : x * 2 + 2] + rows[y * 2 + 1][x * 2 : x * 2 + 2])
                    out[y, x] = word(condition(change["when"])) + bytes([y, x, block])
        return b"".join(out.values())

    def _connections(self, entry: Map) -> bytes:
        out = b""
        connections = entry.head.get("connections", {})
        for direction in DIRECTIONS:
            name, offset = connections.get(direction, (None, 0))
            out += bytes([self.world.maps[name].number if name else 0xFF, offset & 0xFF])
        return out

    def _wild(self, entry: Map) -> bytes:
        wild = entry.head.get("wild")
        return bytes([wild["rate"], list(self.creatures.wild).index(wild["table"])]) if wild else bytes([0, 0])

    def _head_end(self, entry: Map) -> bytes:
        """Wild glims, the script of entering, flags, and where one wakes up."""
        anywhere = entry.head.get("wild", {}).get("anywhere", False)
        names = (entry.head.get("town"), anywhere, entry.head.get("dark"), "wake" in entry.head)
        flags = sum(1 << bit for bit, value in enumerate(names) if value)
        x, y = entry.head.get("wake", (0, 0))
        return self._wild(entry) + word(self.scripts.number(entry.head.get("script", ""))) + bytes([flags, y, x])

    def record(self, entry: Map, place: Far) -> bytes:
        """The map's record; its pointers lead to what follows it in the same bank."""
        border = entry.tileset.block(entry.head["border"] * 4)
        lists = ("warps", "signs", "people", "triggers")
        parts = [entry.blocks(), *(getattr(self, f"_{name}")(entry) for name in lists), self._changes(entry)]
        places = [place.address + HEAD_SIZE + sum(map(len, parts[:i])) for i in range(len(parts))]
        counts = [*(len(entry.head.get(name, [])) for name in lists), len(parts[-1]) // 5]
        head = bytes([tilesets.NAMES.index(entry.tileset.name), entry.height, entry.width, border]) + word(places[0])
        for count, where in zip(counts, places[1:], strict=True):
            head += bytes([count]) + word(where)
        head += self._connections(entry) + self._head_end(entry)
        if len(head) != HEAD_SIZE:
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
            place = banks.add(tiles + blocks, multiple=16)  # so that a block lies within a page: home/view.s
            records += bytes([place.bank, len(tileset.tiles)]) + word(place.address) + word(place.address + len(tiles))
        banks.add(records, "TILESET_TABLE")
