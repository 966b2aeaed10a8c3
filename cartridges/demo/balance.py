"""How often the leaders and the league are beaten by playing well, and by pressing A alone.

    python cartridges/demo/balance.py

Each battle is fought from where the walkthrough stands just before it, with its team and bag, and with other luck each
time. Playing well is what the walkthrough does: the move that should hurt most, and something from the bag below 38 of
100 points.
"""

import argparse
import io
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

import walkthrough
from hands import BITS, HERE, Lost, play, start_console
from pyboy import PyBoy
from walker import Walker

BATTLE, TRAINER_CLASS, LEVEL, WINDOW_TOP, NO_WINDOW = 0xD057, 0xD031, 0xD18C, 0xFFB0, 144
LEAGUE = "the league"
PATIENCE = 6_000
"""Presses after which a battle counts as not won: who presses A alone takes a move without points for ever."""

BOSSES = {
    34: "FLINT", 35: "NERISSA", 36: "DYNAMO", 44: "BRIAR", 33: "CAIRN", 46: "NOCTURNE", 47: "ASTER", 43: "SELENE",
}  # fmt: skip


class Masher(Walker):
    """Presses A and nothing else, but walks from room to room."""

    def attend(self) -> None:
        """One press."""
        self.press("a", 4)
        self.mind_defeat()
        if len(self.log) > PATIENCE:
            raise Lost

    def healer(self) -> None:
        """Nothing is taken from the bag."""


class Moment(NamedTuple):
    """Just before a battle: whose, the state, the first glim's level."""

    boss: str
    state: bytes
    level: int


def replay() -> Iterator[tuple[int, PyBoy]]:
    """The walkthrough on a fresh console, run by run."""
    console, names = start_console(), {mask: button for button, mask in BITS.items()}
    runs = json.loads((HERE / "walkthrough.json").read_text(encoding="utf-8"))["runs"]
    for number, (mask, frames) in enumerate(runs):
        play(console, names[mask], frames)
        yield number, console


def last_runs() -> dict[int, str]:
    """The last run of the walkthrough before each of the battles after which one could still walk."""
    found: dict[str, int] = {}
    free = 0
    for number, console in replay():
        if console.memory[BATTLE] == 2:
            found.setdefault(BOSSES.get(console.memory[TRAINER_CLASS], ""), free)
        elif console.memory[WINDOW_TOP] == NO_WINDOW and not console.memory[BATTLE]:
            free = number
    return {number: boss for boss, number in found.items() if boss}


def moments() -> Iterator[Moment]:
    """These moments."""
    wanted = last_runs()
    for number, console in replay():
        if number in wanted:
            state = io.BytesIO()
            console.save_state(state)
            yield Moment(wanted[number], state.getvalue(), console.memory[LEVEL])


def one_battle(player: Walker) -> None:
    """The battle that the moment is before."""
    while not player.read(BATTLE):
        player.press("a", 4)
    while player.read(BATTLE):
        player.attend()


def league(player: Walker) -> None:
    """All five, one after the other."""
    for _ in range(5):
        walkthrough.room(player)


def wins(player: Walker, deed: Callable[[Walker], None], moment: Moment, tries: int) -> int:
    """How often a player comes through."""
    won = 0
    for attempt in range(tries):
        player.back_to((io.BytesIO(moment.state), 0))
        player.hold("", 1 + attempt * 7)
        try:
            deed(player)
        except Lost:
            continue
        won += 1
    return won


def main() -> None:
    """One line a battle, and one for the league as a whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=16)
    parser.add_argument("bosses", nargs="*", default=[*BOSSES.values(), LEAGUE])
    given = parser.parse_args()
    good, masher = Walker(), Masher()
    print(f"{'':10} level  well  only A   of {given.tries}")
    for moment in moments():
        trials = [(moment.boss, one_battle)] + [(LEAGUE, league)] * (moment.boss == "BRIAR")
        for name, deed in trials:
            if name in given.bosses:
                won = [wins(player, deed, moment, given.tries) for player in (good, masher)]
                print(f"{name:10} {moment.level:5} {won[0]:5} {won[1]:7}", flush=True)


if __name__ == "__main__":
    main()
