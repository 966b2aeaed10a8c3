"""A player that sees memory and presses buttons: walks, talks, shops, fights; the walkthrough tells it where to go."""

import heapq
import io
import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyboy import PyBoy

HERE = Path(__file__).resolve().parent
ROM = HERE / "demo.gb"
EXPORTS = HERE.parent.parent / "pokerl" / "cartridge" / "data" / "demo"
MOVES = {"down": (1, 0), "up": (-1, 0), "left": (0, -1), "right": (0, 1)}
BITS = {"right": 0x10, "left": 0x20, "up": 0x40, "down": 0x80, "a": 1, "b": 2, "select": 4, "start": 8, "": 0}
FREE = ".:Do"
GRASS_COST = 4
# Menus by the place of their cursor's column and first row.
ACTIONS, MOVE_LIST, FORGET, YES_NO, TEAM, LIST = {(8, 14), (14, 14)}, (5, 13), (5, 7), (15, 8), (1, 0), (5, 4)
HEALERS = (20, 19, 18)
Square = tuple[int, int]


class Lost(Exception):
    """Every glim of the team has fainted."""


def exported(name: str) -> Any:
    """One of the cartridge's JSON tables."""
    return json.loads((EXPORTS / f"{name}.json").read_text(encoding="utf-8"))


def start_console() -> PyBoy:
    """A console without window or sound, as fast as it goes."""
    console = PyBoy(str(ROM), window="null", sound_emulated=False, ram_file=io.BytesIO(bytes(0x8000)))
    console.set_emulation_speed(0)
    return console


def play(console: PyBoy, button: str, frames: int) -> None:
    """Holds one button (or none) for some frames."""
    if button:
        console.button_press(button)
    console.tick(frames, False)
    if button:
        console.button_release(button)


class Tables:
    """What the game's data say about moves and types."""

    def __init__(self) -> None:
        moves = tomllib.loads((HERE / "data" / "moves.toml").read_text(encoding="utf-8"))
        types = tomllib.loads((HERE / "data" / "types.toml").read_text(encoding="utf-8"))
        self.names = {number: name for name, number in types["numbers"].items()}
        self.chart = types["chart"]
        self.moves = {move["id"]: move for move in moves.values()}

    def force(self, move: int, own: tuple[int, int], foe: tuple[int, int]) -> float:
        """Power of a move with type, accuracy and the chart in it."""
        entry = self.moves.get(move)
        if not entry or not entry["power"]:
            return 0.0
        worth = entry["power"] * entry["accuracy"] / 100 * {"twice": 2, "many": 3}.get(entry.get("effect", ""), 1)
        if entry["type"] in (self.names.get(own[0]), self.names.get(own[1])):
            worth *= 1.5
        for kind in set(foe):
            worth *= self.chart[entry["type"]].get(self.names.get(kind, ""), 10) / 10
        return float(worth)


class Walker:
    """Presses buttons, reads memory, and keeps the log: which button was held for how many frames ("" for none)."""

    def __init__(self) -> None:
        self.console = start_console()
        self.log: list[tuple[str, int]] = []
        self.collision, self.warps, self.tables = exported("collision"), exported("warps"), Tables()
        self.flee = self.may_lose = False

    def read(self, address: int) -> int:
        """One byte."""
        return int(self.console.memory[address])

    def word(self, address: int) -> int:
        """Two bytes, the more significant first."""
        return self.read(address) << 8 | self.read(address + 1)

    @property
    def place(self) -> tuple[int, int, int]:
        """Map, y, x."""
        return self.read(0xD35E), self.read(0xD361), self.read(0xD362)

    @property
    def frames(self) -> int:
        """Frames in the log."""
        return sum(frames for _, frames in self.log)

    @property
    def level(self) -> int:
        """Level of the first glim."""
        return self.read(0xD18C)

    @property
    def health(self) -> float:
        """Share of the first glim's hit points that is left."""
        return self.word(0xD16C) / max(1, self.word(0xD18D))

    def hold(self, button: str, frames: int) -> None:
        """Holds a button (or none) for some frames."""
        play(self.console, button, frames)
        self.log.append((button, frames))

    def press(self, button: str, wait: int = 6) -> None:
        """A short press."""
        self.hold(button, 2)
        self.hold("", wait)

    def save(self) -> tuple[io.BytesIO, int]:
        """State and length of the log."""
        state = io.BytesIO()
        self.console.save_state(state)
        return state, len(self.log)

    def back_to(self, saved: tuple[io.BytesIO, int]) -> None:
        """Forgets what happened since."""
        saved[0].seek(0)
        self.console.load_state(saved[0])
        del self.log[saved[1] :]

    def with_luck(self, deed: Callable[[], None], tries: int = 12) -> int:
        """Does something that may be lost; goes back and waits a little longer until it is not. Returns the tries."""
        saved = self.save()
        for attempt in range(tries):
            self.back_to(saved)
            self.hold("", 1 + attempt * 7)
            try:
                deed()
            except Lost:
                continue
            if self.health:
                return attempt + 1
        raise Lost(f"{tries} times at {self.place}, level {self.level}")

    # ---------------------------------------------------------------- menus, texts and fights

    def menu(self) -> Square | None:
        """Column and first row of the menu whose cursor shows."""
        rows = 1 if self.read(0xFFF6) & 2 else 2
        x, y = self.read(0xCC25), self.read(0xCC24)
        at = 0xC3A0 + (y + self.read(0xCC26) * rows) * 20 + x
        return (x, y) if at < 0xC508 and self.read(at) == 0xED and self.read(0xFFB0) != 144 else None

    @property
    def busy(self) -> bool:
        """A box, a menu or a battle keeps the player from walking."""
        return self.read(0xFFB0) != 144 or self.read(0xD057) != 0

    def _wait_for(self, menu: Square) -> None:
        for _ in range(100):
            if self.menu() == menu:
                return
            self.hold("", 2)

    def choose(self, entry: int) -> None:
        """Takes an entry of the menu that shows."""
        for _ in range(80):
            here = self.read(0xCC26)
            if here == entry:
                break
            self.press("down" if here < entry else "up", 2)
        self.press("a")

    def choose_in_list(self, entry: int) -> None:
        """Takes an entry of a list of which four rows show, once it shows."""
        self._wait_for(LIST)
        for _ in range(entry):
            self.press("down", 6)
        self.press("a", 12)

    def best_move(self) -> int:
        """Place of the move that should hurt most."""
        own, foe = (self.read(0xD019), self.read(0xD01A)), (self.read(0xCFEA), self.read(0xCFEB))

        def worth(place: int) -> float:
            move, points = self.read(0xD01C + place), self.read(0xD02D + place) & 63
            special = self.tables.moves.get(move, {"type": "NORMAL"})["type"] in list(self.tables.names.values())[7:]
            attack = self.word(0xD02B if special else 0xD025) / max(1, self.word(0xCFFC if special else 0xCFF8))
            return self.tables.force(move, own, foe) * attack if move and points else -1.0

        return max(range(4), key=worth)

    def worst_move(self) -> int:
        """Place of the move of the first glim that may be forgotten."""
        own = self.read(0xD170), self.read(0xD171)
        return min(range(4), key=lambda place: self.tables.force(self.read(0xD173 + place), own, (99, 99)))

    def healer(self) -> int | None:
        """Place in the bag of something that heals."""
        bag = self._bag()
        return next((bag.index(item) for item in (19, 18, 20) if item in bag), None)

    def _action(self) -> None:
        """FIGHT, BAG or RUN."""
        column = self.menu() == (14, 14)
        share = self.word(0xD015) / max(1, self.word(0xD023))
        wild, healer = self.read(0xD057) == 1, self.healer()
        if wild and (share < 0.35 or self.flee):
            if not column:
                self.press("right")
            self.choose(1)
            return
        if column:
            self.press("left")
        if share < 0.38 and not wild and healer is not None:
            self.choose(1)
            self.choose_in_list(healer)
            self._wait_for(TEAM)
            self.choose(self.read(0xCC2F))
            return
        self.choose(0)

    def attend(self) -> None:
        """One press for what shows: a menu, a text, a battle."""
        menu = self.menu()
        if menu in ACTIONS:
            self._action()
        elif menu == MOVE_LIST:
            self.choose(self.best_move())
        elif menu == FORGET:
            self.choose(self.worst_move())
        elif menu == TEAM:
            healthy = [slot for slot in range(self.read(0xD163)) if self.word(0xD16C + 44 * slot)]
            self.choose(healthy[0] if healthy else 0)
        elif menu == YES_NO:
            self.choose(0)
        elif menu:
            self.press("b")
        elif self.read(0xC3A0 + 16 * 20 + 18) == 0xEE:
            self.press("b", 4)
        else:
            self.hold("", 3)  # B would stop an evolution
        self.mind_defeat()

    def mind_defeat(self) -> None:
        """Gives up when nobody of the team can fight any more, unless that is no matter."""
        team = range(self.read(0xD163))
        if team and not self.may_lose and not any(self.word(0xD16C + 44 * slot) for slot in team):
            raise Lost

    def finish(self) -> None:
        """Until one can walk again."""
        quiet = 0
        for _ in range(20000):
            if self.busy:
                quiet = 0
                self.attend()
            else:
                quiet += 1
                self.hold("", 4)
            if quiet > 8 or self.read(0xD5A2):
                return
        raise RuntimeError(f"never ends at {self.place}")

    # ---------------------------------------------------------------- walking

    def _people(self) -> set[Square]:
        slots = [0xC100 + 16 * slot for slot in range(1, self.read(0xD4E1) + 1)]
        return {(self.read(slot + 0x104) - 4, self.read(slot + 0x105) - 4) for slot in slots if self.read(slot)}

    def _next(self, at: Square) -> Iterator[tuple[str, Square, int]]:
        rows = self.collision[f"{self.read(0xD35E):02X}"]
        for button, (down, right) in MOVES.items():
            y, x = at[0] + down, at[1] + right
            if not (0 <= y < len(rows) and 0 <= x < len(rows[0])):
                continue
            if rows[y][x] == "v" and button == "down":
                yield button, (y + 1, x), 2
            elif rows[y][x] in FREE:
                yield button, (y, x), GRASS_COST if rows[y][x] == ":" else 1

    def path(self, goal: Square) -> list[str]:
        """Buttons to a square of this map, around people and other doors, rather not through grass."""
        here = self.place
        doors = {(w["y"], w["x"]) for w in self.warps[f"{here[0]:02X}"]["warps"] if w["kind"] == "door"}
        blocked = (self._people() | doors) - {goal}
        start = (here[1], here[2])
        came: dict[Square, tuple[Square, str]] = {}
        cost, queue = {start: 0}, [(0, start)]
        while queue:
            so_far, at = heapq.heappop(queue)
            for button, to, more in self._next(at):
                if to not in blocked and so_far + more < cost.get(to, 1 << 30):
                    cost[to], came[to] = so_far + more, (at, button)
                    heapq.heappush(queue, (so_far + more, to))
        buttons: list[str] = []
        while goal in came and goal != start:
            goal, button = came[goal]
            buttons.append(button)
        return buttons[::-1]

    def step(self, button: str) -> None:
        """Holds a direction until the place changes; whoever comes is dealt with."""
        before = self.place
        for _ in range(60):
            self.hold(button, 1)
            if self.place != before or self.busy:
                break
        self.hold("", 3)
        if self.busy:
            self.finish()

    def slide(self, button: str) -> None:
        """A step onto ice or wind, until one stands still; who comes first is dealt with first."""
        before = self.place
        for _ in range(5):
            if self.place == before:
                self.step(button)
        still, last = 0, self.place
        while still < 30:
            self.hold("", 1)
            still, last = (still + 1, last) if self.place == last else (0, self.place)
        if self.busy:
            self.finish()

    def walk(self, y: int, x: int) -> None:
        """To a square of this map, or through the door there."""
        here = self.place[0]
        for _ in range(600):
            if self.place == (here, y, x) or self.place[0] != here:
                break
            buttons = self.path((y, x))
            if not buttons:
                raise RuntimeError(f"no way from {self.place} to {y}, {x}")
            self.step(buttons[0])
            if self.health < 0.45:
                self.refresh()
        if self.place[0] != here:
            self.hold("", 40)
            if self.busy:
                self.finish()
        elif self.place != (here, y, x):
            raise RuntimeError(f"stuck at {self.place} on the way to {y}, {x}")

    def leave(self, y: int, x: int, button: str) -> None:
        """Over a mat or an edge."""
        here = self.place[0]
        self.walk(y, x)
        for _ in range(20):
            if self.place[0] != here:
                break
            self.step(button)
        self.hold("", 40)
        if self.place[0] == here:
            raise RuntimeError(f"cannot leave at {self.place}")

    def turn(self, button: str) -> None:
        """Faces a direction in which one cannot walk."""
        self.hold(button, 3)
        self.hold("", 12)

    def talk(self, y: int, x: int, button: str) -> None:
        """To somebody or something next to a square, and to the end of it."""
        self.walk(y, x)
        self.turn(button)
        self.press("a", 10)
        self.finish()

    # ---------------------------------------------------------------- errands

    def happened(self, address: int, bit: int) -> bool:
        """Whether an event's bit is set."""
        return bool(self.read(address) >> bit & 1)

    def train(self, level: int, spots: tuple[Square, Square], rest: Callable[[], None]) -> None:
        """Walks to and fro in the grass until the first glim has a level; goes to rest when it is tired."""
        turn = 0
        while self.level < level:
            self.walk(*spots[turn])
            turn ^= 1
            if self.health < 0.5:
                rest()

    def buy(self, wares: list[tuple[int, int]]) -> None:
        """In front of a clerk: place on the list and count of each."""
        self.press("a", 10)
        for place, count in wares:
            self._to_menu((1, 1))
            self.choose(0)
            self._to_menu(LIST)
            self.choose_in_list(place)
            for _ in range(count - 1):
                self.press("up", 2)
            self.press("a", 10)
            self._to_menu(YES_NO)
            self.choose(0)
            self._to_menu(LIST)
            self.press("b", 12)
        self.finish()

    def _to_menu(self, menu: Square) -> None:
        for _ in range(400):
            if self.menu() == menu:
                return
            if self.read(0xC3A0 + 16 * 20 + 18) == 0xEE:
                self.press("b", 2)
            else:
                self.hold("", 2)
        raise RuntimeError(f"no menu {menu}, but {self.menu()}")

    def refresh(self) -> None:
        """Heals the first glim from the bag."""
        healer = self.healer()
        if healer is not None and self.health and not self.busy:
            self.use(self.read(0xD31E + 2 * healer))

    def use(self, item: int, slot: int | None = 0) -> None:
        """Something from the bag, in the field."""
        if item in self._bag():
            self.press("start", 20)
            self.take(item, slot)

    def take(self, item: int, slot: int | None = 0) -> None:
        """Something from the bag, with the start menu open, for a glim of the team or for nobody in particular."""
        self.choose(2 if self.happened(0xD74B, 5) else 1)
        self.choose_in_list(self._bag().index(item))
        self.press("a", 20)
        if slot is not None:
            self._wait_for(TEAM)
            self.choose(slot)
        self.finish()

    def _bag(self) -> list[int]:
        return [self.read(0xD31E + 2 * place) for place in range(self.read(0xD31D))]
