"""Tilesets: squares drawn in art/*.txt, cut into tiles; blocks are made from the maps that use them."""

from dataclasses import dataclass, field

from .paths import ART
from .pixels import Rows, content_lines, cut, mirrored, tile_bytes
from .source import toml

# What a square's lower left tile can be; the number is the place in this list.
KINDS = (
    "wall", "floor", "grass", "door", "water", "ledge", "ledge_left", "ledge_right", "ice", "stop",
    "push_down", "push_up", "push_left", "push_right",
)  # fmt: skip
PASSABLE = ("floor", "grass", "door", "ice", "stop", "push_down", "push_up", "push_left", "push_right")
NAMES = tuple(toml("tilesets.toml")["names"])
OUTSIDE = tuple(toml("tilesets.toml").get("outside", NAMES[:1]))
MOST_TILES = 0x60


@dataclass
class Square:
    """A 16 by 16 pixel piece of ground: its name, what one can do there and its four tiles."""

    name: str
    kind: str
    tiles: list[int]


@dataclass
class Tileset:
    """Tiles, squares and blocks. Blocks grow while maps are read."""

    name: str
    tiles: list[bytes] = field(default_factory=list)
    tile_kinds: list[str] = field(default_factory=list)
    squares: dict[str, Square] = field(default_factory=dict)
    blocks: list[bytes] = field(default_factory=list)

    def tile(self, rows: Rows, kind: str) -> int:
        """Code of a tile, added if new. Only the lower left tile of a square carries a kind, others are 'any'."""
        data = tile_bytes(rows)
        for code, (known, known_kind) in enumerate(zip(self.tiles, self.tile_kinds, strict=True)):
            if known == data and kind in (known_kind, "any"):
                return code
        self.tiles.append(data)
        self.tile_kinds.append(kind)
        return len(self.tiles) - 1

    def add_square(self, sign: str, kind: str, name: str, rows: Rows) -> None:
        """Cuts a square's picture into tiles; the lower left one first, since it decides about walking."""
        lower_left = self.tile(cut(rows, 0, 1), kind)
        rest = [self.tile(cut(rows, x, y), "any") for x, y in ((0, 0), (1, 0), (1, 1))]
        self.squares[sign] = Square(name, kind, [rest[0], rest[1], lower_left, rest[2]])

    def block(self, signs: str) -> int:
        """Number of the block made of four squares (upper two, lower two), added if new."""
        squares = [self.squares[sign].tiles for sign in signs]
        data = bytearray()
        for left, right in ((squares[0], squares[1]), (squares[2], squares[3])):
            data += bytes([left[0], left[1], right[0], right[1], left[2], left[3], right[2], right[3]])
        if bytes(data) not in self.blocks:
            self.blocks.append(bytes(data))
        return self.blocks.index(bytes(data))

    def tiles_of_kind(self, *kinds: str) -> list[int]:
        """Codes of the lower left tiles of the given kinds."""
        return [code for code, kind in enumerate(self.tile_kinds) if kind in kinds]

    def kind_numbers(self) -> list[int]:
        """Kind of every tile code, for the engine."""
        numbers = [KINDS.index(kind) if kind in KINDS else 0 for kind in self.tile_kinds]
        return numbers + [0] * (MOST_TILES - len(numbers))


def _expand(how: str, rows: Rows) -> Rows:
    if how == "mirror":
        return mirrored(rows)
    if how == "repeat":
        return [row * 2 for row in rows] * 2
    return rows


def load(name: str) -> Tileset:
    """Reads one tileset's art."""
    tileset = Tileset(name)
    pending: list[tuple[list[str], Rows]] = []
    for line in content_lines((ART / f"{name}.txt").read_text(encoding="utf-8")):
        if line.startswith("square "):
            pending.append((line.split(), []))
        else:
            pending[-1][1].append(line)
    for (_, sign, kind, how, title), rows in pending:
        picture = _expand(how, rows)
        if kind not in KINDS or len(picture) != 16 or any(len(row) != 16 for row in picture):
            raise ValueError(f"tileset {name}: square {sign} ({title}) is not right")
        tileset.add_square(sign, kind, title, picture)
    if len(tileset.tiles) > MOST_TILES:
        raise ValueError(f"tileset {name}: {len(tileset.tiles)} tiles")
    return tileset
