"""The reader and the watch on the demo game, from power-on to the ground floor."""

from __future__ import annotations

import pytest

from pokerl.cartridge import MilestoneWatch, load


@pytest.fixture
def demo():
    return load("demo")


def test_a_new_game_begins_in_the_bedroom(demo_console, demo):
    assert not demo_console.state(demo).running
    state = demo_console.new_game(demo)
    assert state.running and not state.oddities
    assert (state.player.map_id, state.player.money, state.party) == (0x26, 3000, ())
    assert [warp.destination for warp in state.warps] == [0x25]
    demo_console.press("start", wait=64)
    menu = demo_console.state(demo).menu
    assert menu is not None and "SAVE" in menu.entries


def test_a_game_is_running_some_frames_before_its_first_picture(demo_console, demo):
    white: list[bool] = []

    def look() -> None:
        picture = demo_console.boy.screen.ndarray[:, :, :3]
        white.append(bool((picture == picture[0, 0]).all()))

    def draw(frames: int) -> None:
        for _ in range(frames):
            demo_console.boy.tick(1, True, False)
            if demo_console.state(demo).running:
                look()

    demo_console.run = draw
    demo_console.new_game(demo)
    assert white[0]
    assert not white[10]
    assert not white[-1]


def test_nothing_counts_until_the_bedroom_is_left(demo_console, demo):
    watch = MilestoneWatch(demo.milestones)
    demo_console.after_chunk = lambda: watch.update(demo_console.image(watch.spans))
    demo_console.new_game(demo)
    assert watch.reached == ()
    demo_console.walk_downstairs()
    assert demo_console.state(demo).player.map_id == 0x25
    assert watch.reached == ("bedroom_left",)


def test_the_demo_has_the_milestones_of_the_whole_way(demo):
    assert [milestone.name for milestone in demo.milestones] == [
        "bedroom_left",
        "lab",
        "starter",
        "rival_lab",
        "route",
        "second_town",
        "parcel",
        "delivered",
        "almanac",
        "gym",
        "leader",
        "forest",
        "cave",
        "shell",
        "third_town",
        "second_leader",
        "fourth_town",
        "third_leader",
        "badge_check",
        "road_rival",
        "plateau",
        "lobby",
        "league_1",
        "league_2",
        "league_3",
        "league_4",
        "champion_room",
        "champion",
        "hall_of_fame",
        "won",
    ]
