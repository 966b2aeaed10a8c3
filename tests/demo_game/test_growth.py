"""Levels, evolution, the team's order, saving."""

from __future__ import annotations

import tomllib

from demo_game.console import ROOT, Creature, Game, number_of

CREATURES = tomllib.loads((ROOT / "cartridges/demo/data/creatures.toml").read_text(encoding="utf-8"))


def test_a_new_level_changes_the_shape_unless_it_is_stopped(game: Game) -> None:
    name, (level, shape) = next((name, entry["evolution"]) for name, entry in CREATURES.items() if "evolution" in entry)
    for button, wanted in (("a", shape), ("b", name)):
        game.team(
            Creature(name, level - 1, hp=100, most=100, stats=(400, 300, 300, 300), experience=level**3 * 5 // 4 - 1)
        )
        game.wild("NIBBIN", 2)
        game.press("a", "a")
        game.see("is changing", "a")
        game.until(lambda: game[0xFFB0] == 144 and not game[0xD057], button)
        assert game[0xD16B] == number_of("species", wanted) == game[0xD164]
        assert bytes(game.boy.memory[0xD2B5 : 0xD2B5 + len(wanted) + 1]) == game.encode(wanted)
        assert game[0xD16B + 0x21] >= level


def test_the_team_changes_its_order(game: Game) -> None:
    game.team(Creature("FERNIT"), Creature("PUDDLOP"), Creature("NIBBIN"))
    before = [bytes(game.boy.memory[0xD16B + 44 * slot : 0xD16B + 44 * slot + 44]) for slot in range(3)]
    game.press("start", "a", wait=30)
    game.see("Choose a glim")
    game.press("a")
    game.see("SWITCH")
    game.press("down", "a", wait=30)
    game.press("down", "down", "a", wait=30)
    game.dismiss()
    after = [bytes(game.boy.memory[0xD16B + 44 * slot : 0xD16B + 44 * slot + 44]) for slot in range(3)]
    assert after == before[::-1]
    assert list(game.boy.memory[0xD164:0xD167]) == [
        number_of("species", name) for name in ("NIBBIN", "PUDDLOP", "FERNIT")
    ]


def test_a_saved_game_goes_on_after_power_on(game: Game) -> None:
    game.team(Creature("FERNIT"))
    game.step("right")
    place = game.place
    game.press("start", wait=30)
    game.until(lambda: "▶SAVE" in game.text(), "down")
    game.press("a")
    game.see("YES")
    game.press("a")
    game.see("saved the game")
    later = Game(game.battery())
    try:
        later.run(120)
        later.press("start", wait=30)
        later.see("CONTINUE")
        later.press("a", wait=60)
        assert later.place == place and later[0xD163] == 1
    finally:
        later.boy.stop(save=False)
