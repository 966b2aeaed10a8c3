"""Every milestone on the real game: its maps are entered over the bedroom's stairs, its bits are set in memory."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from pokerl.cartridge import Cartridge, Milestone, MilestoneWatch, progress
from pokerl.cartridge.milestone import CounterRises, EventRises, ItemGained, MapEntered

pytestmark = pytest.mark.rom

WHERE_THE_STAIRS_LEAD = 0xD3B1
BAG = 0xD31D


@pytest.fixture
def again(console, real_game) -> Callable[[], None]:
    """Put the game back to its beginning in the bedroom."""
    console.new_game(real_game)
    bedroom = io.BytesIO()
    console.boy.save_state(bedroom)

    def again() -> None:
        bedroom.seek(0)
        console.boy.load_state(bedroom)

    return again


def bring_about(console, milestone: Milestone) -> None:
    """What the milestone waits for, one frame of the game or more later."""
    memory, when = console.boy.memory, milestone.when
    if isinstance(when, MapEntered):
        memory[WHERE_THE_STAIRS_LEAD : WHERE_THE_STAIRS_LEAD + 2] = [0, when.maps[0]]
        console.walk_downstairs()
    elif isinstance(when, EventRises):
        address, bit = when.bits[0]
        memory[address] |= 1 << bit
    elif isinstance(when, ItemGained):
        memory[BAG : BAG + 4] = [1, when.item, 1, 0xFF]
    elif isinstance(when, CounterRises):
        memory[when.address] += 1
    else:
        console.walk_downstairs()
    console.run(16)


def watching(console, game: Cartridge) -> MilestoneWatch:
    watch = MilestoneWatch(game.milestones)
    console.after_chunk = lambda: watch.update(console.image(watch.spans))
    console.run(16)
    return watch


def test_each_milestone_is_reached_on_the_real_game_and_progress_rises(console, real_game, again):
    reached: list[str] = []
    for milestone in real_game.milestones:
        again()
        watch = watching(console, real_game)
        for needed in milestone.after:
            bring_about(console, real_game.milestone(needed))
            again()
        before = progress(real_game.milestones, reached)
        bring_about(console, milestone)
        assert milestone.name in watch.reached, milestone
        reached.append(milestone.name)
        assert progress(real_game.milestones, reached) > before
    assert len(reached) >= 60 and progress(real_game.milestones, reached) == pytest.approx(1)


def test_every_bit_that_a_milestone_waits_for_is_an_event_of_the_game(real_game):
    for milestone in real_game.milestones:
        if isinstance(milestone.when, EventRises):
            for address, bit in milestone.when.bits:
                assert real_game.event_names[address][bit].startswith("EVENT_"), milestone.name
