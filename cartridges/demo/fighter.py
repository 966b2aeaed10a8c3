"""A player in battles, menus and texts."""

import tomllib

from hands import HERE, Hands, Lost

# Menus by the place of their cursor's column and first row.
ACTIONS, MOVE_LIST, FORGET, YES_NO, TEAM, LIST = {(8, 14), (14, 14)}, (5, 13), (5, 7), (15, 8), (1, 0), (5, 4)
HEALERS = (19, 18, 20)
ARROW_AT, ARROW = 0xC3A0 + 16 * 20 + 18, 0xEE
Square = tuple[int, int]


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


class Fighter(Hands):
    """Attends to what covers the map."""

    def __init__(self) -> None:
        super().__init__()
        self.tables = Tables()
        self.flee = self.may_lose = False

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

    def bag(self) -> list[int]:
        """Numbers of the items in the bag, in their order."""
        return [self.read(0xD31E + 2 * place) for place in range(self.read(0xD31D))]

    def wait_for(self, menu: Square) -> None:
        """Waits for a menu, but not for ever."""
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
        self.wait_for(LIST)
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
        bag = self.bag()
        return next((bag.index(item) for item in HEALERS if item in bag), None)

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
            self.wait_for(TEAM)
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
        elif self.read(ARROW_AT) == ARROW:
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
