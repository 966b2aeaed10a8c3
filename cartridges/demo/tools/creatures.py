"""Glims, moves, types, trainers, items and wild tables: records for the data banks."""

from typing import Any

from . import charmap
from .creature_art import picture, tiles
from .people_art import PeopleArt
from .rom import NOWHERE, DataBanks, word
from .source import toml

# Effect numbers are Red's of the same role, but for those from 60h on, which Red ties to the move itself.
EFFECTS = {
    "none": 0x00, "poison_chance": 0x02, "drain": 0x03, "burn_chance": 0x04, "paralyze_chance": 0x06,
    "attack_up": 0x0A, "defence_up": 0x0B, "speed_up": 0x0C, "special_up": 0x0D, "accuracy_up": 0x0E,
    "evasion_up": 0x0F, "sure": 0x11, "attack_down": 0x12, "defence_down": 0x13, "speed_down": 0x14,
    "special_down": 0x15, "accuracy_down": 0x16, "evasion_down": 0x17, "many": 0x1D, "flinch_chance": 0x1F,
    "sleep": 0x20, "twice": 0x2C, "recoil": 0x30, "confuse": 0x31,
    "attack_up2": 0x32, "defence_up2": 0x33, "speed_up2": 0x34, "special_up2": 0x35, "heal": 0x38, "attack_down2": 0x3A,
    "defence_down2": 0x3B, "speed_down2": 0x3C, "poison": 0x42, "paralyze": 0x43, "attack_down_chance": 0x44,
    "defence_down_chance": 0x45, "speed_down_chance": 0x46, "special_down_chance": 0x47, "confuse_chance": 0x4C,
    "first": 0x60, "critical": 0x61,
}  # fmt: skip
ITEM_KINDS = {
    "none": 0, "orb": 1, "heal": 2, "cure": 3, "revive": 4, "repel": 5, "escape": 6, "lamp": 7, "points": 8, "level": 9,
    "key": 10,
}  # fmt: skip
CURES = {"sleep": 0x07, "poison": 0x08, "burn": 0x10, "paralysis": 0x40, "all": 0xFF}
GROWTHS = {"medium": 0, "fast": 4, "slow": 5}
EXPERIENCE = {"medium": (1, 1), "fast": (4, 5), "slow": (5, 4)}
"""Of the third power of a level; the order is that of the lists in the ROM."""
MOST_LEARNED = 8
MOVE_SIZE, ITEM_SIZE = 19, 18


class Creatures:
    """Everything that fights and what it fights with."""

    def __init__(self) -> None:
        self.species: dict[str, Any] = toml("creatures.toml")
        self.moves: dict[str, Any] = toml("moves.toml")
        self.types: dict[str, Any] = toml("types.toml")
        self.trainers: dict[str, Any] = toml("trainers.toml")
        self.wild: dict[str, Any] = toml("wild.toml")
        self.items: dict[str, Any] = toml("items.toml")

    def _move(self, name: str) -> int:
        return int(self.moves[name]["id"])

    def index(self, name: str) -> int:
        """Number by which the game knows a species."""
        return int(self.species[name]["index"])

    def item(self, name: str) -> int:
        """Number of an item."""
        return int(self.items[name]["id"])

    def trainer(self, name: str) -> int:
        """Class of a trainer."""
        return int(self.trainers[name]["class"])

    def starter_pairs(self) -> list[tuple[int, int]]:
        """Each starter and what the rival takes then, in the order of his parties."""
        pairs = [(name, entry["rival_takes"]) for name, entry in self.species.items() if "rival_takes" in entry]
        return [(self.index(name), self.index(other)) for name, other in pairs]

    def _species_record(self, name: str, entry: dict[str, Any], banks: DataBanks) -> bytes:
        kinds = [self.types["numbers"][kind] for kind in entry["types"]]
        front, back = (banks.add(tiles(picture(name.lower(), view))) for view in ("front", "back"))
        moves = [self._move(move) for move in entry["moves"]]
        learned = [part for level, move in entry.get("learn", []) for part in (level, self._move(move))]
        evolution = entry.get("evolution")
        out = bytes([entry["dex"], *entry["stats"], kinds[0], kinds[-1], entry["catch"], entry["exp"]])
        out += front.entry() + back.entry() + bytes(moves).ljust(4, b"\0")
        out += bytes([GROWTHS[entry.get("growth", "medium")]])
        out += charmap.encode_name(name, 11) + bytes(learned).ljust(MOST_LEARNED * 2 + 1, b"\0")
        return out + (bytes([evolution[0], self.index(evolution[1])]) if evolution else b"\0\0")

    def _pack_species(self, banks: DataBanks) -> None:
        table = [NOWHERE] * 256
        for name, entry in self.species.items():
            table[entry["index"]] = banks.add(self._species_record(name, entry, banks))
        banks.add(b"".join(place.entry() for place in table), "SPECIES_TABLE")
        by_dex = {entry["dex"]: entry["index"] for entry in self.species.values()}
        if len(by_dex) != len(self.species):
            raise ValueError("two creatures have the same dex number")
        banks.add(bytes(by_dex.get(dex, 0) for dex in range(max(by_dex) + 1)), "DEX_TABLE")

    def _pack_experience(self, banks: DataBanks) -> None:
        needed = [min(level**3 * by // of, 0xFFFFFF) for by, of in EXPERIENCE.values() for level in range(256)]
        banks.add(b"".join(points.to_bytes(3, "little") for points in needed), "EXPERIENCE")

    def _pack_moves(self, banks: DataBanks) -> None:
        out = bytearray(MOVE_SIZE * 166)
        for name, move in self.moves.items():
            kind = self.types["numbers"][move["type"]]
            effect = EFFECTS[move.get("effect", "none")]
            accuracy = move["accuracy"] * 255 // 100
            record = bytes([move["id"], effect, move["power"], kind, accuracy, move["points"]])
            record += charmap.encode_name(name, 13)
            out[move["id"] * MOVE_SIZE : (move["id"] + 1) * MOVE_SIZE] = record
        banks.add(bytes(out), "MOVE_TABLE")

    def _pack_types(self, banks: DataBanks) -> None:
        numbers = self.types["numbers"]
        rows = [
            bytes([numbers[attacker], numbers[defender], tenths])
            for attacker, row in self.types["chart"].items()
            for defender, tenths in row.items()
        ]
        banks.add(b"".join(rows) + b"\xff", "TYPE_CHART")
        names = {number: name for name, number in numbers.items()}
        fields = [charmap.encode_name(names.get(number, ""), 11) for number in range(max(names) + 1)]
        banks.add(b"".join(fields), "TYPE_NAMES")

    def _pack_items(self, banks: DataBanks) -> None:
        out = bytearray(ITEM_SIZE * 256)
        for name, item in self.items.items():
            value = CURES[item["value"]] if item["kind"] == "cure" else item.get("value", 0)
            record = charmap.encode_name(name, 13) + bytes([ITEM_KINDS[item["kind"]]])
            record += word(value) + word(item.get("price", 0))
            out[item["id"] * ITEM_SIZE : item["id"] * ITEM_SIZE + len(record)] = record
        banks.add(bytes(out), "ITEM_TABLE")

    def _party(self, party: list[Any]) -> bytes:
        return bytes(part for level, name in party for part in (level, self.index(name))) + b"\0"

    def _pack_trainers(self, banks: DataBanks, people: PeopleArt) -> None:
        table = [NOWHERE] * 48
        for trainer in self.trainers.values():
            record = charmap.encode_name(trainer["name"], 13)
            record += bytes([trainer["money"], people.number(trainer["picture"])])
            record += b"".join(self._party(party) for party in trainer["parties"])
            table[trainer["class"]] = banks.add(record)
        banks.add(b"".join(place.entry() for place in table), "TRAINER_TABLE")

    def _pack_wild(self, banks: DataBanks) -> None:
        slots = [slot for table in self.wild.values() for slot in table["slots"]]
        banks.add(bytes(part for level, name in slots for part in (level, self.index(name))), "WILD_TABLE")

    def pack(self, banks: DataBanks, people: PeopleArt) -> None:
        """Stores all tables."""
        self._pack_species(banks)
        self._pack_experience(banks)
        self._pack_moves(banks)
        self._pack_types(banks)
        self._pack_items(banks)
        self._pack_trainers(banks, people)
        self._pack_wild(banks)

    def header(self) -> str:
        """C names of the numbers that code mentions."""
        lines = [f"#define SPECIES_{name} {entry['index']}" for name, entry in self.species.items()]
        lines.append(f"#define DEX_COUNT {max(entry['dex'] for entry in self.species.values())}")
        lines += [f"#define TRAINER_{name} {trainer['class']}" for name, trainer in self.trainers.items()]
        lines += [f"#define EFFECT_{name.upper()} {number}" for name, number in EFFECTS.items()]
        lines += [f"#define ITEM_KIND_{name.upper()} {number}" for name, number in ITEM_KINDS.items()]
        return "\n".join(lines)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The tables in the format of the library's data files."""
        species = [{"index": e["index"], "name": n, "dex": e["dex"]} for n, e in self.species.items()]
        moves = [{"id": m["id"], "name": n.replace(" ", "_")} for n, m in self.moves.items()]
        items = [{"id": i["id"], "name": n.replace(" ", "_")} for n, i in self.items.items()]
        types = [{"id": number, "name": n} for n, number in self.types["numbers"].items()]
        return {
            "species": sorted(species, key=lambda row: int(row["index"])),
            "moves": sorted(moves, key=lambda row: int(row["id"])),
            "items": sorted(items, key=lambda row: int(row["id"])),
            "types": types,
        }
