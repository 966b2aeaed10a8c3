"""Plays the demo cartridge's two sequence breaks with buttons alone: python cartridges/demo/sequence_break.py

`--check` only replays the logs that are there.
"""

import sys
import tomllib
from collections.abc import Iterator

import walkthrough
from hands import HERE, Lost, exported
from pyboy import PyBoy
from recording import Deed, Recording, main
from walker import Walker

GYMS = ("FLINT", "NERISSA", "over the ice", "DYNAMO", "down the wind")
BADGES, HALL_OF_FAME_TEAMS, MAP, ENGAGED, BATTLE, ENEMY = 0xD356, 0xD5A2, 0xD35E, (0xD733, 3), 0xD057, 0xCFE5
SUNSPIRE, WIND_THREAD = 0x05, 29
STEP = range(4, 24)
"""Frames after the direction is let go; on one of them the step ends and the trainer sees the player."""


def story(end: str) -> Iterator[tuple[str, Deed]]:
    """The walkthrough without its gyms, up to a chapter."""
    for name, deed in walkthrough.STORY:
        if name == end:
            return
        if name not in GYMS:
            yield name, deed


# ---------------------------------------------------------------- around the badge check


def over_the_ledge(player: Walker) -> None:
    """STAR ROAD: off the ledge at the fence's western end instead of past the guards, then on to the league's door."""
    walkthrough.train_on_star_road(player)
    player.walk(7, 2)
    player.step("down")
    player.leave(25, 10, "down")
    player.walk(6, 9)


def won_without_a_badge(console: PyBoy) -> bool:
    """A team in the Hall of Fame, and no badge."""
    return bool(console.memory[HALL_OF_FAME_TEAMS] == 1 and console.memory[BADGES] == 0)


# ---------------------------------------------------------------- away from a trainer


def out_of_sight(player: Walker) -> None:
    """A WIND THREAD; NERISSA's fisher sees the player, whose start menu is quicker, and the thread leads out."""
    walkthrough.shopping(player, (5, 4), [(7, 1)])
    player.walk(14, 4)
    player.walk(14, 4)
    menu_when_seen(player)
    player.take(WIND_THREAD, None)


def menu_when_seen(player: Walker) -> None:
    """A step up into a trainer's sight, and START on the very frame on which he sees the player."""
    saved = player.save()
    for frames in STEP:
        player.back_to(saved)
        player.hold("up", 6)
        player.hold("", frames)
        player.press("start", 20)
        if player.happened(*ENGAGED) and player.menu():
            return
    raise RuntimeError(f"nobody saw the player at {player.place}")


def call_a_stranger(player: Walker) -> None:
    """A battle in the grass of the HIGH ROAD writes its number where the trainer stood; closing the menu calls it."""
    player.leave(19, 10, "down")
    while not player.read(BATTLE):
        meet_somebody(player)
    player.finish()
    player.press("start", 20)
    player.press("b", 60)
    if player.read(ENEMY) not in strangers():
        raise Lost(f"species {player.read(ENEMY)} is none that is worth calling")
    player.finish()


def meet_somebody(player: Walker) -> None:
    """To and fro in the grass."""
    for goal in ((4, 14), (4, 17)):
        while player.place[1:] != goal and not player.read(BATTLE):
            player.hold(player.path(goal)[0], 16)
            player.hold("", 4)


def strangers() -> set[int]:
    """Numbers of the glims that do not live on the HIGH ROAD."""
    tables = tomllib.loads((HERE / "data" / "wild.toml").read_text(encoding="utf-8"))
    residents = {name for _, name in tables["high_road"]["slots"]}
    return {row["index"] for row in exported("species") if row["name"] not in residents}


def on_to_sunspire(player: Walker) -> None:
    """Down the HIGH ROAD, out of everybody's sight."""
    player.flee = True
    for square in ((9, 13), (12, 8), (18, 5), (21, 8)):
        player.walk(*square)
    player.leave(23, 10, "down")


def in_sunspire(console: PyBoy) -> bool:
    """SUNSPIRE, without a badge."""
    return bool(console.memory[MAP] == SUNSPIRE and not console.memory[BADGES])


LEDGE = Recording(
    HERE / "sequence_break.json",
    tuple((name, over_the_ledge if name == "STAR ROAD" else deed) for name, deed in story("")),
    won_without_a_badge,
    "Hall of Fame without a badge",
)
THREAD = Recording(
    HERE / "sequence_break_thread.json",
    (
        *story("HIGH ROAD"),
        ("WIND THREAD", out_of_sight),
        ("a stranger", call_a_stranger),
        ("SUNSPIRE", on_to_sunspire),
    ),
    in_sunspire,
    "SUNSPIRE after a glim from elsewhere",
)


if __name__ == "__main__":
    sys.exit(main(LEDGE, THREAD))
