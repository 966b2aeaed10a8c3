"""The baseline interface: its scripted player wins the demo game, and it plays the real one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pokerl import shipped
from pokerl.cartridge import load
from pokerl.commands.playing import PlayReport, play_once
from pokerl.design.settings import load_settings
from pokerl.play.game import Game
from pokerl.play.interface import load_interface
from pokerl.play.tools import bind, load_tools
from tests.conftest import Start

FOLDER = shipped.path("interfaces/baseline")
EXPERIMENT = shipped.path("experiments/baseline.toml")
Tools = dict[str, Callable[..., Any]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayReport:
    import msgspec
    from rich.console import Console

    settings = msgspec.structs.replace(load_settings(EXPERIMENT), runs=str(tmp_path_factory.mktemp("runs")))
    return play_once(settings, "baseline", unsafe=False, console=Console(quiet=True))


def tools_of(game: Game) -> Tools:
    return bind(load_tools(FOLDER, "baseline_under_test"), game)


@pytest.fixture
def demo(start: Start, client_of: Callable) -> Game:
    return Game(client_of(start(capabilities=["branch", "press", "ram.read", "rom.read", "screen"])), load("demo"))


def test_it_asks_for_what_the_fair_mode_grants():
    interface = load_interface(FOLDER)
    assert "ram.write" not in interface.manifest.capabilities
    assert {tool.name for tool in interface.tools} >= {"observe", "go_to", "talk_to", "fight", "heal", "buy", "catch"}
    assert all(tool.doc for tool in interface.tools)


def test_the_scripted_player_wins_the_demo_game_from_power_on_by_the_rules(played):
    attempt = played.attempt
    assert attempt.outcome == "won" and not attempt.errors, attempt
    reached = {split.name for split in attempt.milestones}
    assert reached >= {"leader", "second_leader", "third_leader", "badge_check", "champion", "won"}
    assert attempt.from_power_on and not attempt.refusals


def test_it_begins_a_game_and_tells_what_is_to_be_seen(demo):
    tools = tools_of(demo)
    assert tools["begin"]().startswith("the game began")
    seen = tools["observe"]()
    assert "HERO_HOUSE_2F" in seen and "Exits: (7, 1) HERO_HOUSE_1F" in seen and "P" in seen


def test_it_walks_over_maps_and_says_what_is_in_the_way(demo):
    tools = tools_of(demo)
    tools["begin"]()
    assert tools["go_to"]("FERNHOLM").startswith("arrived at FERNHOLM")
    assert tools["walk_to"](5, 10) == "arrived at FERNHOLM (5, 10)"
    assert "no map 'ATLANTIS'" in tools["walk_to"](1, 1, "ATLANTIS")
    before = demo.frame
    assert tools["walk_to"](0, 0).startswith("stopped at FERNHOLM (5, 10)")
    assert demo.frame - before < 300


def test_what_is_asked_is_told_with_its_choices_and_answered_by_text(demo):
    tools = tools_of(demo)
    tools["begin"]()
    tools["go_to"]("LABORATORY")
    tools["talk_to"](slot=1)
    assert tools["talk_to"](x=7, y=3).endswith("[asks: YES / NO]")
    assert "no entry 'PERHAPS'; there are YES, NO" in tools["reply"]("PERHAPS")
    assert "FERNIT" in tools["reply"]("YES")
    assert demo.state().party[0].species == "FERNIT"


def test_nothing_to_talk_to_is_told_soon(demo):
    tools = tools_of(demo)
    tools["begin"]()
    assert tools["talk"]() == "nobody answered"
    assert "there is no battle" in tools["fight"]()


@pytest.mark.rom
def test_it_plays_the_real_game_from_power_on_through_the_first_cave(start: Start, client_of: Callable, red_rom: Path):
    granted = ["branch", "press", "ram.read", "rom.read", "screen"]
    game = Game(client_of(start(rom=str(red_rom), cartridge="red", capabilities=granted)), load("red"))
    tools = tools_of(game)
    _to_the_dex(game, tools)
    assert "everyone is healed" in tools["heal"](), "the nurse of VIRIDIAN_CITY"
    assert tools["buy"]("POKé BALL", 3).split("\n")[-1].startswith("bought 3")
    _grow_and_catch(game, tools)
    _beat_brock(game, tools)
    _through_mount_moon(game, tools)
    wanted = ("rival_lab", "route_1", "viridian", "parcel", "parcel_delivered", "pokedex", "pewter", "brock", "mt_moon")
    assert [name for name in game.milestones if name in wanted] == list(wanted)
    assert game.state().player.badges == ("Boulder",)
    assert not game.state().oddities


def _again(game: Game, part: Callable[[], str]) -> str:
    """Play a part of the way until no battle of it is lost."""
    here = game.checkpoint("before a part of the way")
    for number in range(20):
        game.wait(1 + 7 * number)
        told = part()
        if not any(line.startswith("lost against") or "the battle was lost" in line for line in told.split("\n")):
            return told.split("\n")[-1]
        game.restore(here)
    raise AssertionError(told)


def _to_the_dex(game: Game, tools: Tools) -> None:
    tools["begin"]()
    tools["walk_to"](10, 0, "PALLET_TOWN")
    assert tools["talk_to"](slot=4).endswith("[asks: YES / NO]")
    tools["reply"]("YES")
    tools["reply"]("NO")
    assert [one.species for one in game.state().party] == ["BULBASAUR"]
    tools["go_to"]("PALLET_TOWN")
    tools["go_to"]("VIRIDIAN_MART", battles="run")
    tools["talk_to"](slot=5, map="OAKS_LAB", battles="run")


def _grow_and_catch(game: Game, tools: Tools) -> None:
    tools["go_to"]("ROUTE_2", battles="run")
    assert "has level 8" in _again(game, lambda: tools["train"](8))
    assert "appeared" in tools["find_wild"]("PIDGEY")
    assert tools["catch"]().startswith("caught wild PIDGEY")
    assert tools["lead"]("PIDGEY").startswith("Party: PIDGEY")
    assert tools["lead"]("BULBASAUR").startswith("Party: BULBASAUR")
    assert "has level 13" in _again(game, lambda: tools["train"](13))


def _beat_brock(game: Game, tools: Tools) -> None:
    assert _again(game, lambda: tools["go_to"]("PEWTER_CITY")).startswith("arrived at PEWTER_CITY")
    tools["heal"]()
    assert "ESCAPE ROPE ¥550" in tools["shop"]()
    assert tools["buy"]("POTION", 4).startswith("bought 4 POTION for 1200")
    assert _again(game, lambda: tools["talk_to"](slot=1, map="PEWTER_GYM") + "\n" + tools["fight"]()).startswith("won")


def _through_mount_moon(game: Game, tools: Tools) -> None:
    _again(game, lambda: tools["go_to"]("ROUTE_3") + tools["train"](19))
    assert "IVYSAUR" in [one.species for one in game.state().party]
    assert _again(game, lambda: tools["go_to"]("MT_MOON_1F")).startswith("arrived at MT_MOON_1F")
    tools["heal"]()
    assert "person 6 leaves MT_MOON_B2F (12, 6)" in tools["path_to"]("CERULEAN_CITY")
    assert "[asks: YES / NO]" in _again(game, lambda: tools["talk_to"](slot=6, map="MT_MOON_B2F"))
    assert "got the DOME FOSSIL" in tools["reply"]("YES")
    assert _again(game, lambda: tools["go_to"]("CERULEAN_CITY")).startswith("arrived at CERULEAN_CITY")
