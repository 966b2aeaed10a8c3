"""People's pictures: a body and a head drawn in letters, coloured per person."""

from .paths import ART
from .pixels import Rows, content_lines, cut, tile_bytes
from .rom import DataBanks

SIDES = ("down", "up", "left")


class PeopleArt:
    """Reads art/people.txt and makes 24 tiles a person: three sides standing, then three sides walking."""

    def __init__(self) -> None:
        self.frames: dict[tuple[str, ...], Rows] = {}
        self.people: dict[str, tuple[str, dict[str, str]]] = {}
        frame: Rows = []
        for line in content_lines((ART / "people.txt").read_text(encoding="utf-8")):
            words = line.split()
            if words[0] == "frame":
                frame = self.frames.setdefault(tuple(words[1:]), [])
            elif words[0] == "person":
                self.people[words[1]] = (words[2], dict(word.split("=") for word in words[3:]))
            else:
                frame.append(line)
        self.names = list(self.people)

    def _picture(self, name: str, side: str, step: str) -> Rows:
        head, shades = self.people[name]
        over = self.frames[(head, side)]
        rows = over + self.frames[("body", side, step)][len(over) :]
        return ["".join(shades.get(letter, "0") for letter in row) for row in rows]

    def tiles(self, name: str) -> bytes:
        """All tiles of one person."""
        out = b""
        for step in ("stand", "walk"):
            for side in SIDES:
                rows = self._picture(name, side, step)
                out += b"".join(tile_bytes(cut(rows, x, y)) for y in (0, 1) for x in (0, 1))
        return out

    def portrait(self, name: str) -> bytes:
        """The person three times as large, in seven columns of seven tiles, for the battle screen."""
        shades = {"0": "0", "1": "0", "2": "1", "3": "3"}
        small = ["".join(shades[shade] for shade in row) for row in self._picture(name, "down", "stand")]
        rows = ["0000" + "".join(shade * 3 for shade in row) + "0000" for row in small for _ in range(3)]
        rows = ["0" * 56] * 8 + rows
        return b"".join(tile_bytes(cut(rows, x, y)) for x in range(7) for y in range(7))

    def number(self, name: str) -> int:
        """Picture id: counts from 1, as 0 means an empty slot in RAM."""
        return self.names.index(name) + 1

    def pack(self, banks: DataBanks) -> None:
        """Stores the pictures and their table."""
        places = [banks.add(self.tiles(name)) for name in self.names]
        banks.add(b"".join(place.entry() for place in places), "PEOPLE_ART_TABLE")
        places = [banks.add(self.portrait(name)) for name in self.names]
        banks.add(b"".join(place.entry() for place in places), "TRAINER_ART_TABLE")
