"""Plays the demo cartridge from power-on to the Hall of Fame with buttons alone: python cartridges/demo/walkthrough.py

Luck is re-rolled on the way by going back to a saved state and waiting a little longer, but the buttons that led to
the end are one linear log: they are written to walkthrough.json and played again on a fresh console to prove it.
`--check` only replays the log that is there.
"""

import sys

from fighter import Square
from hands import HERE
from recording import Deed, Recording, main
from walker import Walker

LAMP, HONEY_JAR, STAR_CANDY, SPRING_WATER = 200, 19, 40, 18


def rest(player: Walker, door: Square, warp_back: Square = (7, 4)) -> None:
    """Through a centre's door to its nurse and out again."""
    player.walk(*door)
    player.talk(4, 4, "up")
    player.leave(*warp_back, "down")


def shopping(player: Walker, door: Square, wares: list[Square]) -> None:
    """Through a shop's door to its clerk and out again; place on the list and count of each ware."""
    player.walk(*door)
    player.walk(3, 2)
    player.turn("left")
    player.buy(wares)
    player.leave(7, 2, "down")


def begin(player: Walker) -> None:
    """Power-on to the first glim and the rival in the laboratory."""
    player.hold("", 90)
    player.press("start", 20)
    while player.read(0xD3AE) == 0 or player.place[0] != 0x26:
        player.press("a", 5)
    player.hold("", 20)
    player.walk(1, 7)
    player.leave(7, 2, "down")
    player.walk(12, 13)
    player.walk(4, 9)
    player.turn("up")
    player.press("a", 10)
    player.may_lose = True
    while not player.happened(0xD74B, 4):
        player.attend()
    player.may_lose = False
    player.finish()


def to_stonebrook(player: Walker) -> None:
    """From FERNHOLM up the lane."""
    player.leave(0, 10, "up")
    player.leave(0, 10, "up")


def parcel(player: Walker) -> None:
    """The clerk's parcel for the scholar, his almanac and pass, and back."""
    player.leave(11, 4, "down")
    to_stonebrook(player)
    player.walk(4, 3)
    player.talk(3, 2, "left")
    player.leave(7, 2, "down")
    player.leave(17, 10, "down")
    player.leave(27, 10, "down")
    player.walk(12, 13)
    player.talk(3, 5, "up")
    player.leave(11, 4, "down")
    player.leave(0, 10, "up")


def lane_rest(player: Walker) -> None:
    """From the lane to the nurse and back into the grass."""
    player.leave(0, 10, "up")
    rest(player, (11, 4))
    player.leave(17, 10, "down")


def train_in_lane(player: Walker, level: int) -> None:
    """Until the first glim has a level."""
    player.train(level, ((16, 4), (16, 8)), lambda: lane_rest(player))
    player.leave(0, 10, "up")


def flint(player: Walker) -> None:
    """The stone paws and the first badge."""
    rest(player, (11, 4))
    player.walk(11, 15)
    player.talk(11, 3, "up")
    player.talk(11, 6, "up")
    player.talk(2, 4, "up")
    player.leave(13, 4, "down")


def to_the_hollow(player: Walker) -> None:
    """The lamp, the gate, the wood and the heather."""
    player.walk(4, 16)
    player.talk(3, 4, "right")
    player.leave(7, 2, "down")
    rest(player, (11, 4))
    shopping(player, (4, 3), [(1, 8)])
    player.walk(4, 10)
    player.walk(1, 4)


def wood(player: Walker) -> None:
    """Through the maze."""
    player.leave(0, 9, "up")


def heather(player: Walker) -> None:
    """To the mouth of the HOLLOW."""
    player.walk(2, 25)


def hollow(player: Walker) -> None:
    """Down, past the shells, up again and out to the shore."""
    player.walk(2, 2)
    player.use(LAMP, None)
    player.walk(12, 2)
    player.use(LAMP, None)
    player.talk(6, 13, "up")
    player.talk(3, 15, "up")
    player.walk(12, 17)
    player.walk(2, 17)
    player.leave(15, 15, "down")


def shore(player: Walker) -> None:
    """Past the rival to MISTMERE, its nurse and its shop."""
    player.leave(19, 10, "down")
    rest(player, (5, 15))
    shopping(player, (5, 4), [(3, 4)])


def nerissa(player: Walker) -> None:
    """Over the ice, and the second badge."""
    player.walk(14, 4)
    player.walk(13, 4)
    player.slide("up", "up", "right", "up", "left", "up")
    player.talk(2, 4, "up")


def leave_nerissa(player: Walker) -> None:
    """Back over the ice."""
    player.walk(3, 7)
    player.slide("down", "left", "up", "right", "down")
    player.leave(15, 4, "down")


def back_to_nurse(player: Walker) -> None:
    """From a road's northern end to the nurse of the town there, and back."""
    player.leave(0, 10, "up")
    rest(player, (5, 15))
    player.leave(19, 10, "down")


def train_outside(player: Walker, level: int, spots: tuple[Square, Square]) -> None:
    """From a town's nurse into the grass south of the town, until the first glim has a level."""
    rest(player, (5, 15))
    player.leave(19, 10, "down")
    player.train(level, spots, lambda: back_to_nurse(player))


def to_sunspire(player: Walker) -> None:
    """The HIGH ROAD, with training in its grass."""
    train_outside(player, 20, ((4, 14), (4, 17)))
    player.leave(23, 10, "down")
    rest(player, (5, 15))
    shopping(player, (5, 4), [(2, 4)])


def dynamo(player: Walker) -> None:
    """Through the wind, and the third badge."""
    player.walk(13, 14)
    player.walk(12, 6)
    player.slide("up", "up", "right", "up")
    player.talk(2, 4, "up")


def leave_dynamo(player: Walker) -> None:
    """Down through the wind."""
    player.walk(2, 1)
    player.slide("down")
    player.leave(15, 4, "down")


def train_on_star_road(player: Walker) -> None:
    """Out of SUNSPIRE and into the grass before the guards."""
    train_outside(player, 24, ((3, 1), (3, 4)))


def star_road(player: Walker) -> None:
    """The badge check, the rival, and the league's door."""
    train_on_star_road(player)
    player.leave(25, 10, "down")
    player.walk(6, 9)


def provisions(player: Walker) -> None:
    """The clerk and the nurse of the lobby."""
    player.walk(7, 2)
    player.turn("left")
    purse = bytes(player.read(0xD347 + place) for place in range(3)).hex()  # decimal digits
    player.buy([(3, max(1, min(9, int(purse) // 1200)))])
    player.talk(7, 7, "right")
    player.walk(1, 4)


def room(player: Walker) -> None:
    """One of the four, or the champion, and the door behind."""
    player.talk(4, 4, "up")
    while player.healer() is not None and 0 < player.health < 0.6:
        player.refresh()
    player.walk(1, 4)


def hall(player: Walker) -> None:
    """To the end."""
    for _ in range(2000):
        if player.read(0xD5A2):
            break
        player.press("a", 5)
    player.hold("", 120)


STORY: tuple[tuple[str, Deed], ...] = (
    ("first glim", begin),
    ("parcel", parcel),
    ("training", lambda player: train_in_lane(player, 8)),
    ("FLINT", flint),
    ("lamp and gate", to_the_hollow),
    ("WHISPER WOOD", wood),
    ("HEATHER WAY", heather),
    ("HOLLOW", hollow),
    ("MIRROR SHORE", shore),
    ("NERISSA", nerissa),
    ("over the ice", leave_nerissa),
    ("HIGH ROAD", to_sunspire),
    ("DYNAMO", dynamo),
    ("down the wind", leave_dynamo),
    ("STAR ROAD", star_road),
    ("lobby", provisions),
    ("BRIAR", room),
    ("CAIRN", room),
    ("NOCTURNE", room),
    ("ASTER", room),
    ("SELENE", room),
    ("Hall of Fame", hall),
)


RECORDING = Recording(HERE / "walkthrough.json", STORY, lambda console: console.memory[0xD5A2] == 1, "Hall of Fame")


if __name__ == "__main__":
    sys.exit(main(RECORDING))
