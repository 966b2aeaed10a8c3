"""The demo game on a real emulator, with what is needed to put a player into a situation: a place, a team, a bag."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyboy import PyBoy

ROOT = Path(__file__).resolve().parents[2]
ROM = ROOT / "cartridges" / "demo" / "demo.gb"
DATA = ROOT / "pokerl" / "cartridge" / "data" / "demo"
STEPS = {"down": (1, 0), "up": (-1, 0), "left": (0, -1), "right": (0, 1)}
PARTY, BAG = 0xD163, 0xD31D


def table(name: str) -> Any:
    """One of the data files that the build writes."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def number_of(name: str, entry: str) -> int:
    """Number of a creature, move, item or map by name."""
    row = next(row for row in table(name) if row["name"] == entry)
    return int(row.get("index", row.get("id")))


@dataclass(frozen=True)
class Creature:
    """A team member for a test: strong enough not to faint unless it is meant to."""

    species: str
    level: int = 20
    moves: tuple[str, ...] = ("BUMP",)
    hp: int = 200
    most: int = 200
    stats: tuple[int, int, int, int] = (60, 60, 60, 60)
    status: int = 0
    experience: int = -1

    def record(self) -> bytes:
        """The 44 bytes in the party."""
        moves = bytes(number_of("moves", move) for move in self.moves).ljust(4, b"\0")
        points = bytes(20 if move else 0 for move in moves)
        exp = self.level**3 if self.experience < 0 else self.experience
        out = (
            bytes([number_of("species", self.species)]) + self.hp.to_bytes(2, "big") + bytes([0, self.status, 0, 0, 45])
        )
        out += moves + bytes(2) + exp.to_bytes(3, "big") + bytes(10) + b"\x88\x88" + points + bytes([self.level])
        return out + self.most.to_bytes(2, "big") + b"".join(stat.to_bytes(2, "big") for stat in self.stats)


class Game:
    """Buttons, memory and the text on the screen."""

    def __init__(self, battery: bytes = bytes(0x8000)) -> None:
        self.boy = PyBoy(str(ROM), window="null", sound_emulated=False, ram_file=io.BytesIO(battery))
        self.boy.set_emulation_speed(0)
        self.glyphs = {int(code, 16): names[0] for code, names in table("charmap").items()}

    # ------------------------------------------------------------ the machine

    def run(self, frames: int) -> None:
        self.boy.tick(frames, False)

    def hold(self, button: str, frames: int) -> None:
        self.boy.button_press(button)
        self.run(frames)
        self.boy.button_release(button)

    def press(self, *buttons: str, wait: int = 12) -> None:
        for button in buttons:
            self.hold(button, 2)
            self.run(wait)

    def __getitem__(self, address: int) -> int:
        return int(self.boy.memory[address])

    def __setitem__(self, address: int, value: int | bytes) -> None:
        for offset, byte in enumerate(bytes([value]) if isinstance(value, int) else value):
            self.boy.memory[address + offset] = byte

    def word(self, address: int) -> int:
        return self[address] << 8 | self[address + 1]

    def rows(self) -> list[str]:
        """The 18 rows of text that the game believes to show."""
        codes = bytes(self.boy.memory[0xC3A0 : 0xC3A0 + 360])
        return ["".join(self.glyphs.get(code, " ") for code in codes[row * 20 : row * 20 + 20]) for row in range(18)]

    def text(self) -> str:
        """All that is written, without frames, as one line."""
        return " ".join("".join(" " if letter in "│─┌┐└┘" else letter for letter in " ".join(self.rows())).split())

    def save(self) -> bytes:
        state = io.BytesIO()
        self.boy.save_state(state)
        return state.getvalue()

    def load(self, state: bytes) -> None:
        self.boy.load_state(io.BytesIO(state))

    def battery(self) -> bytes:
        """The battery RAM, to start another console with."""
        return b"".join(bytes(self.boy.memory[bank, 0xA000:0xBFFF]) + b"\0" for bank in range(4))

    # ------------------------------------------------------------ waiting and reading

    def see(self, wanted: str, button: str = "", frames: int = 3000) -> str:
        """Presses a button again and again (or only waits) until a text shows."""
        for _ in range(0, frames, 10):
            if wanted in self.text():
                return self.text()
            if button:
                self.press(button, wait=8)
            else:
                self.run(10)
        raise AssertionError(f"{wanted!r} never came; the screen says: {self.text()}")

    def until(self, done: Any, button: str = "", frames: int = 6000) -> None:
        """Presses a button again and again until a condition holds."""
        for _ in range(0, frames, 10):
            if done():
                return
            if button:
                self.press(button, wait=8)
            else:
                self.run(10)
        raise AssertionError(f"it never came so far; the screen says: {self.text()}")

    def dismiss(self) -> None:
        """Back to the map."""
        self.run(20)
        self.until(lambda: self[0xFFB0] == 144 and not self[0xD057], "b")
        self.run(20)

    # ------------------------------------------------------------ situations

    @property
    def place(self) -> tuple[int, int, int]:
        """Map, y, x."""
        return self[0xD35E], self[0xD361], self[0xD362]

    def step(self, button: str, frames: int = 40) -> None:
        """One step, with time for what follows it."""
        before = self.place
        for _ in range(24):
            self.hold(button, 1)
            if self.place != before or self[0xD057]:
                break
        self.run(frames)

    def go(self, name: str, y: int, x: int, button: str = "down") -> None:
        """To a square of a map, coming from the side that a step with the button leaves behind."""
        if self[0xD35E] != number_of("maps", name):
            self._stairs(number_of("maps", name))
        down, right = STEPS[button]
        self[0xD361], self[0xD362], self[0xCD38] = y - down, x - right, 1
        self[0xC109] = {"down": 0, "up": 4, "left": 8, "right": 12}[button]
        self.hold(button, 4)
        self[0xCD38] = 0
        self.run(30)

    def _stairs(self, destination: int) -> None:
        """The bedroom's stairs lead to any map if its warp table says so."""
        self.load(self.bedroom)
        self[0xD3AF + 2], self[0xD3AF + 3] = 0xFF, destination
        self[0xD361], self[0xD362], self[0xCD38] = 1, 6, 1
        for address, kept in self.kept.items():
            self[address] = kept
        self[0xC109] = 12
        self.hold("right", 4)
        self[0xCD38] = 0
        self.run(60)
        assert self[0xD35E] == destination

    def begin(self) -> None:
        """From power-on to the bedroom."""
        self.kept: dict[int, bytes] = {}
        self.run(90)
        self.until(lambda: self[0xD35E] == 0x26 and self[0xD369], "a")
        self.dismiss()
        self.bedroom = self.save()

    def team(self, *members: Creature) -> None:
        """Who is in the party."""
        index = [number_of("species", member.species) for member in members]
        self[PARTY] = bytes([len(members), *index, 0xFF])
        for slot, member in enumerate(members):
            self[0xD16B + slot * 44] = member.record()
            self[0xD2B5 + slot * 11] = self.encode(member.species)
        self.kept[PARTY] = bytes(self.boy.memory[PARTY:0xD2F7])

    def bag(self, **items: int) -> None:
        """What is in the bag; names with underscores."""
        pairs = [(number_of("items", name), count) for name, count in items.items()]
        self[BAG] = bytes([len(pairs), *(value for pair in pairs for value in pair), 0xFF])
        self.kept[BAG] = bytes(self.boy.memory[BAG : BAG + 42])

    def encode(self, name: str) -> bytes:
        codes = {glyph: code for code, glyph in self.glyphs.items()}
        return bytes(codes[letter] for letter in name) + b"\x50"

    def wild(self, species: str, level: int) -> None:
        """Into a battle with a wild creature, in the grass of the first route; ends at the battle's menu."""
        if self[0xD057]:
            self.load(self.bedroom)
        self.go("MILL_LANE", *self.grass())
        self[0xD888] = bytes([level, number_of("species", species)]) * 10
        self[0xD887], self[0xD13C] = 255, 0
        for button in ("up", "down") * 20:
            self.step(button, 4)
            if self[0xD057]:
                break
        self[0xD887] = 0
        self.see("FIGHT", "b")

    @staticmethod
    def grass() -> tuple[int, int]:
        """A square with grass around it."""
        rows = table("collision")[f"{number_of('maps', 'MILL_LANE'):02X}"]
        return next(
            (y, x)
            for y in range(1, len(rows) - 1)
            for x in range(1, len(rows[0]) - 1)
            if all(rows[y + down][x + right] == ":" for down in (-1, 0, 1) for right in (-1, 0, 1))
        )
