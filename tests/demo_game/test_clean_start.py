"""Power-on finds any memory: nothing of what was there before matters."""

from __future__ import annotations

import random

import pytest
from demo_game.console import Game

RAM = ((0x8000, 0xA000), (0xC000, 0xE000), (0xFE00, 0xFEA0), (0xFF80, 0xFFFF))


def played(seed: int) -> list[bytes]:
    """All memory after some seconds of play, begun with garbage in RAM and, behind it, in the battery's."""
    chance = random.Random(seed)
    game = Game(battery=chance.randbytes(0x8000) if seed else bytes(0x8000))
    if seed:
        for start, end in RAM:
            game[start] = chance.randbytes(end - start)
    luck = random.Random(3)
    for _ in range(120):
        game.press(luck.choice(("a", "a", "a", "up", "left", "start")), wait=luck.choice((4, 9, 16)))
    memory = [bytes(game.boy.memory[start:end]) for start, end in RAM]
    game.boy.stop(save=False)
    return memory


@pytest.mark.parametrize("seed", [1, 2])
def test_garbage_in_memory_at_power_on_changes_nothing(seed: int) -> None:
    assert played(seed) == played(0)
