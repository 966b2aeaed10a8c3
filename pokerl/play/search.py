"""Searching memory for what a number on the screen is kept in, in a game of which nothing is known.

search = RamSearch(game)              # remembers memory as it is now
game.press("right")                   # do something that changes the number
search.changed()                      # or .unchanged() .increased() .decreased() .equal(3) .differs_by(-1)
print(search)                         # how many addresses are left, and the first of them with their bytes
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pokerl.errors import UsageProblem
from pokerl.play.game import Game

WORK_RAM, CARTRIDGE_RAM, HIGH_RAM = (0xC000, 0x2000), (0xA000, 0x2000), (0xFF80, 0x7F)
"""Addresses and lengths of what games keep their numbers in."""
MAXIMUM_READ = 0x1000
SHOWN = 20

Numbers = NDArray[np.int64]
_Test = Callable[[Numbers, Numbers], NDArray[np.bool_]]


class RamSearch:
    """The addresses that are left after what is known of them, each with the number it held when last looked at.

    Args:
        game: any handle with the capability ``ram.read``; another one (a branch) can be given to each step.
        spans: pairs of an address and a length to search in.
        width: bytes of a number, 1 to 4.
        big: whether the most significant byte comes first (as in Pokémon Red); most games put it last.

    Raises:
        UsageProblem: the width is out of bounds.
    """

    def __init__(
        self,
        game: Game,
        spans: Sequence[tuple[int, int]] = (WORK_RAM, HIGH_RAM),
        *,
        width: int = 1,
        big: bool = False,
    ) -> None:
        if not 1 <= width <= 4:
            raise UsageProblem(f"A number of {width} bytes cannot be searched.", "Give a width of 1 to 4.")
        self._game = game
        self._spans = tuple(spans)
        self._width = width
        self._big = big
        self._places = np.concatenate([np.arange(start, start + length - width + 1) for start, length in self._spans])
        self._values = self._look(game)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def addresses(self) -> list[int]:
        """The addresses that are left."""
        return [int(place) for place in self._places]

    @property
    def values(self) -> dict[int, int]:
        """The addresses that are left, and the number that each held when last looked at."""
        return dict(zip(self.addresses, (int(value) for value in self._values), strict=True))

    def equal(self, number: int, game: Game | None = None) -> int:
        """Keep what holds this number now; returns how many are left."""
        return self._keep(lambda _, now: now == number, game)

    def changed(self, game: Game | None = None) -> int:
        """Keep what changed since the last look."""
        return self._keep(lambda before, now: now != before, game)

    def unchanged(self, game: Game | None = None) -> int:
        """Keep what did not change since the last look."""
        return self._keep(lambda before, now: now == before, game)

    def increased(self, game: Game | None = None) -> int:
        """Keep what grew since the last look."""
        return self._keep(lambda before, now: now > before, game)

    def decreased(self, game: Game | None = None) -> int:
        """Keep what shrank since the last look."""
        return self._keep(lambda before, now: now < before, game)

    def differs_by(self, difference: int, game: Game | None = None) -> int:
        """Keep what grew by exactly this much (less than 0: shrank) since the last look."""
        return self._keep(lambda before, now: now - before == difference, game)

    def look(self, game: Game | None = None) -> None:
        """Remember the numbers as they are now, without dropping any address."""
        self._values = self._look(game or self._game)

    def __repr__(self) -> str:
        shown = ", ".join(f"{place:04X}: {value}" for place, value in list(self.values.items())[:SHOWN])
        return f"<RamSearch {len(self)} left{': ' + shown if shown else ''}{' …' if len(self) > SHOWN else ''}>"

    def _keep(self, test: _Test, game: Game | None) -> int:
        now = self._look(game or self._game)
        kept = test(self._values, now)
        self._places, self._values = self._places[kept], now[kept]
        return len(self)

    def _look(self, game: Game) -> Numbers:
        pieces = [
            (at, min(MAXIMUM_READ, start + length - at))
            for start, length in self._spans
            for at in range(start, start + length, MAXIMUM_READ)
        ]
        memory = np.zeros(0x10004, np.int64)
        for (at, length), data in zip(pieces, game.act(read=pieces).reads, strict=True):
            memory[at : at + length] = np.frombuffer(data, np.uint8)
        order = range(self._width) if not self._big else reversed(range(self._width))
        numbers = np.zeros(len(self._places), np.int64)
        for power, offset in enumerate(order):
            numbers += memory[self._places + offset] << 8 * power
        return numbers
