"""A player that sees memory and presses buttons: walks, talks, shops, fights; the walkthrough tells it where to go."""

import heapq
from collections.abc import Callable, Iterator

from fighter import ARROW, ARROW_AT, LIST, TEAM, YES_NO, Fighter, Square
from hands import exported

MOVES = {"down": (1, 0), "up": (-1, 0), "left": (0, -1), "right": (0, 1)}
FREE = ".:Do"
GRASS_COST = 4


class Walker(Fighter):
    """Finds its way over maps, and runs errands."""

    def __init__(self) -> None:
        super().__init__()
        self.collision, self.warps = exported("collision"), exported("warps")

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

    def slide(self, *buttons: str) -> None:
        """Steps onto ice or wind."""
        for button in buttons:
            self._slide(button)

    def _slide(self, button: str) -> None:
        """One of them, until one stands still; who comes first is dealt with first."""
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
            if self.read(ARROW_AT) == ARROW:
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
        if item in self.bag():
            self.press("start", 20)
            self.take(item, slot)

    def take(self, item: int, slot: int | None = 0) -> None:
        """Something from the bag, with the start menu open, for a glim of the team or for nobody in particular."""
        self.choose(2 if self.happened(0xD74B, 5) else 1)
        self.choose_in_list(self.bag().index(item))
        self.press("a", 20)
        if slot is not None:
            self.wait_for(TEAM)
            self.choose(slot)
        self.finish()
