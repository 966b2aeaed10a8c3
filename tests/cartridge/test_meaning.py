"""Names and meanings of the bytes of memory, as an audit needs them."""

from __future__ import annotations

import pytest

from pokerl.cartridge import load


@pytest.mark.parametrize(
    ("address", "symbol", "meaning"),
    [
        (0xD18C, "wPartyMon1Level", "level of party creature 1"),
        (0xD16C, "wPartyMon1HP", "HP of party creature 1"),
        (0xD16D, "wPartyMon1HP+0x1", "HP of party creature 1"),
        (0xD268, "wPartyMon6Level", "level of party creature 6"),
        (0xD163, "wPartyCount", "number of creatures in the party"),
        (0xD347, "wPlayerMoney", "money"),
        (0xD349, "wPlayerMoney+0x2", "money"),
        (0xD320, "wBagItems+0x2", "bag slot 2: item"),
        (0xD3BA, "wWarpEntries+0xB", "warp table entry 2: destination map"),
        (0xD42F, "wDestinationWarpID", "warp to arrive at"),
        (0xCFE6, "wEnemyMonHP", "HP of the enemy creature in battle"),
        (0xD887, "wGrassRate", "rate of encounters in the grass"),
        (0xFFD3, "hRandomAdd", "random state, first byte"),
        (0xD5A2, "wNumHoFTeams", "number of teams in the Hall of Fame"),
        (0xCD1A, "wPlayerMonAttackMod", "player mon attack mod"),
        (0xA600, "", "nameless byte A600 of the cartridge's battery RAM (saved game)"),
    ],
)
def test_every_byte_has_a_meaning(red, address, symbol, meaning):
    assert red.symbol_at(address) == symbol
    assert red.meaning(address) == meaning


@pytest.mark.parametrize(
    ("address", "bits", "meaning"),
    [
        (0xD755, 0x80, "event EVENT_BEAT_BROCK"),
        (0xD356, 0x05, "badges: Boulder, Thunder"),
        (0xD2F7 + 18, 0x40, "dex, owned: MEW"),
        (0xD30A, 0x01, "dex, seen: BULBASAUR"),
        (0xD749, 0xFF, "event flags without a name"),
    ],
)
def test_bits_that_mean_something_are_named_one_by_one(red, address, bits, meaning):
    assert red.meaning(address, bits) == meaning


def test_badges_have_the_names_of_their_own_game():
    demo = load("demo")
    assert demo.meaning(0xD356, 0x05) == "badges: Pebble, Spark" and demo.meaning(0xD356, 0x80) == "badges"
    assert demo.badge_names(0b1010) == ("Ripple", "badge 4")
    assert load("blue").badges == load("red").badges != demo.badges


@pytest.mark.parametrize("identifier", ["red", "blue", "demo", "generic"])
def test_no_address_lacks_a_meaning(identifier):
    cartridge = load(identifier)
    for address in range(0x10000):
        assert cartridge.meaning(address)


def test_a_game_of_which_nothing_is_known_has_no_names():
    assert load("generic").symbol_at(0xD347) == ""
    assert load("generic").meaning(0xD347) == "nameless byte D347 of work RAM"
