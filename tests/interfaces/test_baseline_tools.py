"""The baseline's tools for creatures, things and money: each succeeds, and names why it stopped when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pokerl import shipped
from pokerl.cartridge import STANDING, STEADY, load
from pokerl.play.game import Game
from pokerl.play.tools import bind, load_tools
from tests.conftest import Start

Tools = dict[str, Callable[..., Any]]
ITEMS = {name: number for number, name in load("demo").items.items()}
MOVES = {name: number for number, name in load("demo").moves.items()}
FIRST_HP, FIRST_STATUS, FIRST_MOVES, FIRST_POINTS, CATCH_RATE = 0xD16C, 0xD16F, 0xD173, 0xD188, 0xCFEC


@pytest.fixture
def game(start: Start, client_of: Callable[..., Any]) -> Game:
    return Game(client_of(start()), load("demo"))


@pytest.fixture
def tools(game: Game) -> Tools:
    """The tools, on the morning of the adventure."""
    tools = bind(load_tools(shipped.path("interfaces/baseline"), "baseline_tools_under_test"), game)
    tools["begin"]()
    return tools


@pytest.fixture
def started(tools: Tools) -> Tools:
    """The tools, with a first creature that lost its first battle, and five balls, in the laboratory."""
    tools["talk_to"](x=9, y=3, map="LABORATORY")
    tools["reply"]("YES")
    assert tools["fight"](move="WAG").startswith("lost")
    return tools


def put_in_bag(game: Game, **items: int) -> None:
    pairs = [byte for name, count in items.items() for byte in (ITEMS[name], count)]
    game.poke("wNumBagItems", bytes([len(items), *pairs, 0xFF]))


def purse(game: Game, money: int) -> None:
    game.poke("wPlayerMoney", bytes.fromhex(f"{money:06}"))


def test_a_wild_creature_is_found_weakened_and_caught_and_can_lead_the_party(game, started):
    assert started["go_to"]("MILL_LANE").startswith("arrived")
    found = started["find_wild"]()
    assert found.split("\n")[-1].startswith("a wild ") and "the battle goes on after 0 turns" in found
    assert started["catch"]().startswith("caught wild ")
    first, second = game.state().party
    assert started["lead"](second.nickname).startswith(f"Party: {second.species} ")
    assert started["lead"]("NOBODY").startswith("not changed: no entry 'NOBODY'")
    started["find_wild"]()
    assert f": {first.nickname} " in started["battle_turn"]("switch", first.nickname)
    assert "no kind of turn 'dance'" in started["battle_turn"]("dance")


def test_the_player_stands_except_in_menus_texts_and_battles(game, started):
    assert game.until(*STANDING, limit=STEADY, stable=STEADY)
    game.press("start", wait=60)
    assert not game.until(*STANDING, limit=300, stable=STEADY)
    game.press("b", wait=1)
    assert game.until(*STANDING, stable=STEADY)
    before = (game.state().player.x, game.state().player.y)
    started["go_to"]("MILL_LANE")
    assert game.until(*STANDING, limit=STEADY, stable=STEADY)
    assert (game.state().player.x, game.state().player.y) != before
    started["find_wild"]()
    assert not game.until(*STANDING, limit=300, stable=STEADY)


def test_creatures_are_put_into_the_box_and_taken_out_by_replies(game, started):
    started["go_to"]("MILL_LANE")
    started["find_wild"]()
    started["catch"]()
    caught = game.state().party[1].nickname
    assert started["talk_to"](x=9, y=3, map="STONEBROOK_CENTRE").endswith(
        "[asks: WITHDRAW / DEPOSIT / RELEASE / LEAVE]"
    )
    assert f" / {caught} L" in started["reply"]("DEPOSIT")
    assert f"{caught} went to the box." in started["reply"](caught)
    assert [one.nickname for one in game.state().party] == ["PUDDLOP"]
    started["reply"]("WITHDRAW")
    assert f"{caught} joined the team." in started["reply"](caught)
    assert started["close_menus"]() == "free"


def test_why_nothing_is_caught_is_told(game, tools):
    assert tools["catch"]() == "not caught: there is no battle"
    tools["talk_to"](x=9, y=3, map="LABORATORY")
    tools["reply"]("YES")
    assert tools["catch"]() == "not caught: a trainer's creature cannot be caught"
    tools["fight"]()
    tools["go_to"]("MILL_LANE")
    tools["find_wild"]()
    assert tools["catch"]("SUPER ORB") == "not caught: there is no SUPER ORB in the bag"
    put_in_bag(game, GLIM_ORB=1)
    game.poke(CATCH_RATE, 0)
    assert tools["catch"](weaken_to=1.0).startswith("the battle goes on after 1 turns")
    assert tools["catch"]() == "not caught: there is no ball in the bag"


def test_medicine_is_used_and_what_it_changed_is_told(game, started):
    put_in_bag(game, DEW_DROP=2, MINT_LEAF=1)
    assert started["use"]("DEW DROP") == "not used: It would have no use now."
    game.poke(FIRST_HP, bytes([0, 5]))
    assert started["use"]("DEW DROP").startswith("used DEW DROP: PUDDLOP feels better! (PUDDLOP hp 5 -> 19")
    game.poke(FIRST_HP, bytes([0, 5]))
    game.poke(FIRST_STATUS, 8)
    assert started["mend"]().count("used ") == 2
    assert (game.state().party[0].hp, game.state().party[0].status, game.state().bag) == (19, "", ())
    assert started["mend"]() == "nobody needs anything that is in the bag"


def test_why_a_thing_is_not_used_is_told(game, started):
    put_in_bag(game, DEW_DROP=1, LAMP=1, WIND_THREAD=1)
    assert started["use"]("GOLD ACORN") == "not used: there is no GOLD ACORN in the bag"
    assert started["use"]("LAMP") == "not used: It would have no use now."
    assert "no entry 'NOBODY'" in started["use"]("DEW DROP", "NOBODY")
    assert not game.state().menu
    started["go_to"]("MILL_LANE")
    started["find_wild"]()
    assert started["use"]("DEW DROP") == "not used: battle comes first"


def test_a_scent_is_used_up_and_keeps_the_wild_away(game, started):
    put_in_bag(game, BITTER_SCENT=1)
    assert "Wild glims will keep away" in started["use"]("BITTER SCENT")
    assert game.byte("wRepelRemainingSteps") == 100


def test_a_new_move_takes_the_place_of_the_weakest(game, started):
    put_in_bag(game, STAR_CANDY=3)
    game.poke(FIRST_MOVES, bytes(MOVES[name] for name in ("BUMP", "WAG", "CLAW", "CHOMP")))
    game.poke(FIRST_POINTS, bytes([20] * 4))
    told = [started["use"]("STAR CANDY") for _ in range(3)]
    assert "forgot WAG" in told[-1] and "learned SPLASH JET" in told[-1]
    assert [move.name for move in game.state().party[0].moves] == ["BUMP", "SPLASH_JET", "CLAW", "CHOMP"]


def test_a_new_move_that_is_no_better_is_not_learned(game, started):
    put_in_bag(game, STAR_CANDY=3)
    game.poke(FIRST_MOVES, bytes(MOVES[name] for name in ("TORRENT", "CRUSH", "BLAZE", "CHOMP")))
    game.poke(FIRST_POINTS, bytes([20] * 4))
    told = [started["use"]("STAR CANDY") for _ in range(3)]
    assert "did not learn SPLASH JET" in told[-1]


def test_a_creature_grows_into_another(game, started):
    put_in_bag(game, STAR_CANDY=9)
    told = [started["use"]("STAR CANDY") for _ in range(9)]
    assert "grew into BROOKARD" in told[-1]
    assert game.state().party[0].species == "BROOKARD"


def test_the_nearest_clerk_is_gone_to_and_bought_from(game, started):
    assert started["shop"]().startswith("the clerk sells nothing now: You come from FERNHOLM?")
    listed = started["shop"]()
    assert "DEW DROP ¥ 300" in listed and "CANCEL" not in listed
    assert started["buy"]("DEW DROP", 3) == "bought 3 DEW DROP for 900; money 2100"
    assert started["sell"]("DEW DROP", 2) == "sold 2 DEW DROP for 300; money 2400"
    assert started["buy"]("MINT LEAF") == "bought 1 MINT LEAF for 100; money 2300"
    assert {item.name: item.quantity for item in game.state().bag if item.name != "PARCEL"} == {
        "GLIM_ORB": 5,
        "DEW_DROP": 1,
        "MINT_LEAF": 1,
    }


def test_why_nothing_is_bought_is_told(game, started):
    started["shop"]()
    purse(game, 250)
    assert "There is not enough money" in started["buy"]("DEW DROP")
    assert "no entry 'SUPER ORB'; there are GLIM ORB" in started["buy"]("SUPER ORB")
    purse(game, 9000)
    game.poke("wNumBagItems", bytes([20, *(ITEMS["LAMP"], 1) * 20, 0xFF]))
    assert "the bag is full" in started["buy"]("DEW DROP")
    assert "could never take that" in started["sell"]("LAMP")
    assert started["buy"]("DEW DROP", map="ATLANTIS") == "no clerk can be reached: there is none"
    assert not game.state().menu and not game.state().dialogue


def test_the_party_is_healed_at_the_nearest_nurse(game, started):
    game.poke(FIRST_HP, bytes([0, 3]))
    game.poke(FIRST_STATUS, 8)
    told = started["heal"]()
    assert told.endswith("everyone is healed; now at STONEBROOK_CENTRE (4, 4)")
    assert game.state().party[0].hp == 19


def test_why_nobody_is_healed_is_told(tools):
    assert "stopped on the way to STONEBROOK_CENTRE: the same is said again and again" in tools["heal"]()


def test_a_lost_battle_is_told_and_where_one_wakes_up(game, started):
    started["go_to"]("MILL_LANE")
    started["find_wild"]()
    game.poke(FIRST_HP, bytes([0, 0]))
    game.poke("wBattleMonHP", bytes([0, 1]))
    told = started["fight"](move="WAG")
    assert told.startswith("lost against wild ")
    assert game.state().player.map_name == "FERNHOLM"


def test_a_gate_that_is_shut_is_seen_and_named_and_a_switch_is_pressed(started):
    told = started["walk_to"](4, 6, "STONEBROOK_GYM")
    assert "There is no way unless what shuts STONEBROOK_GYM (" in told
    assert "\n  8 ##########" in started["observe"]()
    for x in (3, 6):
        assert started["talk_to"](x=x, y=10).endswith("[asks: YES / NO]")
        assert "Somewhere stones are rolling" in started["reply"]("YES")
    assert started["walk_to"](4, 6) == "arrived at STONEBROOK_GYM (4, 6)"


def test_what_cannot_be_done_is_told_in_a_sentence(tools):
    assert "no direction 'north'; there are down, up, left, right" in tools["step"]("north")
    assert "there is no map 'STONEBROK'; there are STONEBROOK" in tools["go_to"]("STONEBROK")
    assert "nobody has slot 9" in tools["talk_to"](slot=9)
    assert "give a slot or a square" in tools["talk_to"]()
    assert "no wild creatures live on HERO_HOUSE_2F" in tools["find_wild"]()
    assert tools["read_on"]() == "nothing is said"
