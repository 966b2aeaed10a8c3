"""Battles: ailments, stages, items, switching, catching, growing."""

from __future__ import annotations

from demo_game.console import Creature, Game, number_of

STRONG = Creature("FERNIT", level=30, moves=("BUMP",), stats=(300, 200, 200, 200))
MENU = ("FIGHT", "RUN")


def fight(game: Game, move: int = 0) -> None:
    """Chooses a move; the battle's cursor must stand on FIGHT."""
    game.press("a")
    game.see("20", frames=200)
    game.press(*("down",) * move, "a")


def test_the_stronger_one_wins_and_grows(game: Game) -> None:
    game.team(STRONG)
    game.wild("NIBBIN", 5)
    before = game.word(0xD16B + 0x0F)
    fight(game)
    game.see("gained", "b")
    game.dismiss()
    assert game.word(0xD16B + 0x0F) > before and not game[0xD057]


def test_a_level_changes_the_values_and_the_fifth_move_replaces_one(game: Game) -> None:
    fernit = Creature(
        "FERNIT", level=12, moves=("BUMP", "HUM", "LEAF_LASH", "WAG"), experience=13**3 - 1, stats=(300, 200, 200, 200)
    )
    game.team(fernit)
    game.wild("NIBBIN", 5)
    fight(game)
    game.see("level 13", "b")
    game.see("wants to learn", "b")
    game.see("YES", "b")
    game.press("a")
    game.see("Which move")
    game.run(40)
    game.press("down", "a")
    game.see("learned DASH", "b")
    game.dismiss()
    assert game[0xD16B + 0x21] == 13
    assert list(game.boy.memory[0xD173:0xD177]).count(number_of("moves", "DASH")) == 1
    assert game[0xD174] == number_of("moves", "DASH")


def test_switching_takes_the_turn_and_both_share_the_experience(game: Game) -> None:
    game.team(STRONG, Creature("PUDDLOP", level=10, stats=(300, 200, 200, 200)))
    game.wild("NIBBIN", 5)
    game.press("right", "a")
    game.see("Choose a glim")
    game.press("down", "a")
    game.see("Go! PUDDLOP", frames=400)
    game.see("FIGHT", "b")
    assert game[0xCC2F] == 1 and game[0xD014] == number_of("species", "PUDDLOP")
    first, second = game.word(0xD16B + 0x0F), game.word(0xD16B + 44 + 0x0F)
    game.press("left")
    fight(game)
    game.dismiss()
    assert game.word(0xD16B + 0x0F) > first and game.word(0xD16B + 44 + 0x0F) > second


def test_catching_with_room_and_with_a_full_team(game: Game) -> None:
    for members, box in ((1, 0), (6, 1)):
        game.team(*(STRONG,) * members)
        game.bag(GLIM_ORB=99)
        game[0xDA80] = 0
        game.wild("NIBBIN", 3)
        for _ in range(30):
            game.press("down", "a")
            game.see("CANCEL")
            game.press("a")
            game.until(lambda: "Gotcha" in game.text() or "FIGHT" in game.text(), "b")
            if "Gotcha" in game.text():
                break
        game.dismiss()
        assert game[0xD163] == min(members + 1, 6)
        assert game[0xDA80] == box
        assert game[0xD31F] < 99
    assert game[0xDA81] == number_of("species", "NIBBIN") and game[0xDA82] == 0xFF


def test_losing_leads_home_at_half_the_money(game: Game) -> None:
    game.team(Creature("FERNIT", level=2, hp=1, most=10, stats=(5, 5, 1, 5)))
    game[0xD347] = bytes([0x00, 0x30, 0x01])
    game.wild("NIBBIN", 30)
    game.see("hurried back", "a", 6000)
    game.dismiss()
    assert game.place[0] == game[0xD719]
    assert bytes(game.boy.memory[0xD347:0xD34A]) == bytes([0x00, 0x15, 0x00])
    assert game.word(0xD16C) == 10
