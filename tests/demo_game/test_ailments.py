"""Ailments, stages and what items do about them."""

from __future__ import annotations

from demo_game.console import Creature, Game, number_of

TOUGH = Creature("FERNIT", level=30, moves=("BUMP",), hp=300, most=300, stats=(20, 250, 250, 250))
SLEEP, POISON, BURN, PARALYSIS = 0x03, 0x08, 0x10, 0x40


def turn(game: Game) -> str:
    """One whole turn with the first move; all that was said."""
    said = ""
    game.press("a", wait=8)
    game.press("a", wait=2)
    for _ in range(600):
        game.run(2)
        said += game.text() + "\n"
        if "FIGHT" in game.text() or not game[0xD057]:
            break
        game.press("b", wait=0)
    game.run(8)
    return said


def test_a_sleeping_one_sleeps_and_wakes_up(game: Game) -> None:
    game.team(Creature("FERNIT", 30, hp=300, most=300, stats=(20, 250, 250, 250), status=SLEEP))
    game.wild("NIBBIN", 5)
    assert "fast asleep" in turn(game)
    assert game[0xD16B + 4] == SLEEP - 1
    turn(game)
    assert "woke up" in turn(game)
    assert game[0xD16B + 4] == 0 and game[0xD018] == 0


def test_poison_and_burns_take_a_sixteenth_after_each_move(game: Game) -> None:
    for status, word in ((POISON, "poison"), (BURN, "burn")):
        game.team(Creature("FERNIT", 30, hp=160, most=160, stats=(20, 999, 250, 999), status=status))
        game.wild("NIBBIN", 2)
        before = game.word(0xD015)
        assert f"hurt by {word}" in turn(game).replace("the ", "")
        assert 10 <= before - game.word(0xD015) <= 16


def test_paralysis_quarters_the_speed_and_burns_halve_the_attack(game: Game) -> None:
    game.team(Creature("FERNIT", 30, stats=(100, 100, 100, 100), status=PARALYSIS))
    game.wild("NIBBIN", 2)
    assert (game.word(0xD025), game.word(0xD029)) == (100, 25)
    game.team(Creature("FERNIT", 30, stats=(100, 100, 100, 100), status=BURN))
    game.wild("NIBBIN", 2)
    assert (game.word(0xD025), game.word(0xD029)) == (50, 100)


def test_stages_fall_and_change_the_values(game: Game) -> None:
    game.team(Creature("FERNIT", 30, ("HUM",), hp=300, most=300, stats=(20, 250, 250, 250)))
    game.wild("BOULDOG", 40)
    attack = game.word(0xCFE5 + 0x11)
    assert "ATTACK fell" in turn(game)
    assert game[0xCD2E] == 6
    assert game.word(0xCFE5 + 0x11) == attack * 66 // 100


def test_poison_works_in_the_field_too(game: Game) -> None:
    game.team(Creature("FERNIT", 30, hp=50, most=160, status=POISON), TOUGH)
    game.go("FERNHOLM", 9, 8)
    for button in ("left", "right") * 4:
        game.step(button)
    assert game.word(0xD16C) == 48


def test_a_potion_and_a_ball_in_battle(game: Game) -> None:
    game.team(Creature("FERNIT", 30, hp=50, most=160, stats=(20, 999, 250, 999)))
    game.bag(DEW_DROP=2, GLIM_ORB=1)
    game.wild("NIBBIN", 2)
    game.press("down", "a", wait=20)
    game.press("a", wait=20)
    game.see("Choose a glim")
    game.press("a")
    game.see("FIGHT", "b")
    assert 65 <= game.word(0xD015) <= 70 and game.word(0xD015) == game.word(0xD16C)
    assert list(game.boy.memory[0xD31D:0xD323]) == [
        2,
        number_of("items", "DEW_DROP"),
        1,
        number_of("items", "GLIM_ORB"),
        1,
        0xFF,
    ]
