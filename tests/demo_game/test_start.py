"""Power-on: names, and that nothing depends on anything but the buttons."""

from __future__ import annotations

import random

from demo_game.console import Game


def test_a_name_of_ones_own() -> None:
    fresh = Game()
    try:
        fresh.run(90)
        fresh.until(lambda: "NEW NAME" in fresh.text(), "a")
        fresh.press("down", "down", "down", "a", wait=30)
        fresh.press("right", "a", "right", "select", "a", "start", wait=12)
        fresh.run(30)
        assert bytes(fresh.boy.memory[0xD158:0xD15B]) == fresh.encode("Bc")
    finally:
        fresh.boy.stop(save=False)


def test_the_same_buttons_make_the_same_memory() -> None:
    memories = []
    for _ in range(2):
        fresh, luck = Game(), random.Random(7)
        for _ in range(600):
            fresh.hold(luck.choice(("a", "a", "up", "down", "left", "right", "start", "b")), luck.choice((2, 9, 17)))
            fresh.run(3)
        memories.append(bytes(fresh.boy.memory[0xC000:0xE000]))
        fresh.boy.stop(save=False)
    assert memories[0] == memories[1]
