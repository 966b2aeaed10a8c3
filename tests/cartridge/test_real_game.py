"""The reader and the watch on the real game, from power-on to the bedroom, a save and a reset."""

from __future__ import annotations

import pytest

from pokerl.cartridge import Milestone, MilestoneWatch, read_state
from pokerl.cartridge.milestone import MapEntered
from tests.cartridge.test_state import PONYTA, creature, encode

pytestmark = pytest.mark.rom

PARTY, FIRST_CREATURE, NICKNAME, OPPONENT, TRAINER_NUMBER = 0xD163, 0xD16B, 0xD2B5, 0xD059, 0xD05D
BROCK = 0xC8 + 34


def every_map(game) -> list[Milestone]:
    """Milestones that even the blank map 00h of the title screen would reach, were it not for the guards."""
    return [Milestone(f"map {number}", "", MapEntered((number,)), number, guards=game.guards) for number in range(256)]


def save(console) -> None:
    console.press("start", wait=64)
    for _ in range(3):
        console.press("down")
    for _ in range(8):
        console.press("a", wait=64)
    console.run(320)
    console.press("b", wait=64)


def reset(console) -> None:
    console.press("a", "b", "start", "select", hold=64, wait=0)
    console.run(1600)


def test_a_new_game_begins_in_the_bedroom(console, real_game):
    state = console.new_game(real_game)
    player = state.player
    assert state.running and not state.oddities
    assert (player.map_name, player.x, player.y, player.facing) == ("REDS_HOUSE_2F", 3, 6, "up")
    assert (player.name, player.money, player.badges) == ("AAAAAAA", 3000, ())
    assert state.party == () and state.battle is None
    assert [(warp.x, warp.y, warp.destination_name) for warp in state.warps] == [(7, 1, "REDS_HOUSE_1F")]
    assert [(item.name, item.quantity) for item in state.storage.items] == [("POTION", 1)]
    assert (state.storage.box, state.storage.creatures, state.storage.boxes_in_use) == (1, (), False)
    console.press("start", wait=64)
    menu = console.state(real_game).menu
    assert menu is not None
    assert menu.entries == ("POKéMON", "ITEM", "AAAAAAA", "SAVE", "OPTION", "EXIT") and menu.list == ""
    console.press("down")
    console.press("a", wait=64)
    bag = console.state(real_game).menu
    assert bag is not None and (bag.entries, bag.list, bag.scroll + bag.item) == (("CANCEL",), "bag", 0)


def test_the_introduction_speaks_in_words(console, real_game):
    console.run(1500)
    heard: set[str] = set()
    for press in range(30):
        console.press("start" if press < 4 else "a", wait=96)
        dialogue = console.state(real_game).dialogue
        heard.add(dialogue.text if dialogue else "")
        assert not console.state(real_game).running
    assert "Hello there! Welcome to the" in heard


def test_no_milestone_counts_from_power_on_to_the_bedroom(console, real_game):
    watch = MilestoneWatch([*real_game.milestones, *every_map(real_game)])
    console.after_chunk = lambda: watch.update(console.image(watch.spans))
    console.new_game(real_game)
    assert watch.reached == ()
    console.walk_downstairs()
    assert console.state(real_game).player.map_name == "REDS_HOUSE_1F"
    assert watch.reached == ("bedroom_left", "map 37")


def test_a_saved_game_that_is_loaded_again_counts_nothing_twice(console, real_game):
    console.new_game(real_game)
    console.walk_downstairs()
    save(console)
    fresh = MilestoneWatch([*real_game.milestones, *every_map(real_game)])
    console.after_chunk = lambda: fresh.update(console.image(fresh.spans))
    reset(console)
    assert not console.state(real_game).running
    for button in ("start", "start", "a", "a", "a"):
        console.press(button, wait=96)
    state = read_state(console.image(), real_game)
    assert state.running and state.player.map_name == "REDS_HOUSE_1F"
    assert fresh.reached == ()


def test_a_new_game_over_a_saved_one_counts_nothing(console, real_game):
    console.new_game(real_game)
    console.walk_downstairs()
    save(console)
    watch = MilestoneWatch([*real_game.milestones, *every_map(real_game)])
    console.after_chunk = lambda: watch.update(console.image(watch.spans))
    reset(console)
    for button in ("start", "start", "down"):
        console.press(button, wait=96)
    menu = console.state(real_game).menu
    assert menu is not None and menu.entries[menu.cursor] == "NEW GAME"
    for _ in range(120):
        console.press("a")
    assert console.state(real_game).player.map_name == "REDS_HOUSE_2F"
    assert watch.reached == ()


def test_a_trainers_whole_party_and_what_moves_do_to_it_are_read(console, real_game):
    console.new_game(real_game)
    memory = console.boy.memory
    for address, content in (
        (PARTY, bytes([1, PONYTA, 0xFF])),
        (FIRST_CREATURE, creature(PONYTA, hp=20)),
        (NICKNAME, encode("PONYTA")),
        (TRAINER_NUMBER, b"\x01"),
        (OPPONENT, bytes([BROCK])),
    ):
        memory[address : address + len(content)] = list(content)
    battle = None
    for _ in range(40):
        console.press("b", wait=64)
        state = console.state(real_game)
        assert not state.oddities
        battle = state.battle
        if state.menu is not None and "FIGHT" in state.menu.entries:
            break
    assert battle is not None
    assert (battle.kind, battle.trainer, battle.enemy_party) == ("trainer", "BROCK", 2)
    assert [(one.species, one.level) for one in battle.trainer_party] == [("GEODUDE", 12), ("ONIX", 14)]
    assert (battle.own_conditions, battle.enemy_stages.attack) == ((), 0)
    for _ in range(12):
        console.press("a", wait=96)
        console.press("down")
        now = console.state(real_game).battle
        if now is not None and now.enemy_stages.attack:
            break
    assert now is not None and now.enemy_stages.attack == -1
