"""The world: ledges, trainers who see you, things on the ground, shops, the box, dark caves, ways around a trainer."""

from __future__ import annotations

from typing import Any

import pytest
from demo_game.console import STEPS, Creature, Game, number_of, table

STRONG = Creature("FERNIT", level=60, moves=("BUMP",), hp=600, most=600, stats=(900, 600, 600, 600))
NAMES = {f"{row['id']:02X}": row["name"] for row in table("maps")}
SIDES = {"up": "down", "down": "up", "left": "right", "right": "left"}


def find(key: str, wanted: object = None) -> tuple[str, dict[str, Any]]:
    """The first person (or sign) of the world that has a property."""
    for number, entry in table("people").items():
        for one in [*entry["people"], *entry["signs"]]:
            if key in one and (wanted is None or one[key] == wanted):
                return NAMES[number], one
    raise AssertionError(f"nobody has {key} {wanted}")


def in_sight(where: str = "") -> tuple[str, dict[str, Any], int, int]:
    """A trainer who sees far, and a square two steps in front."""
    for number, entry in table("people").items():
        rows = table("collision")[number]
        for one in entry["people"]:
            if one.get("sight", 0) < 2 or where not in ("", NAMES[number]):
                continue
            down, right = STEPS[one["facing"]]
            squares = [(one["y"] + down * step, one["x"] + right * step) for step in (1, 2)]
            if all(rows[y][x] in ".:" for y, x in squares):
                return NAMES[number], one, *squares[1]
    raise AssertionError("no trainer sees two squares of free ground")


def stand_before(game: Game, name: str, one: dict[str, Any]) -> None:
    """In front of a person or a sign, looking at it, over the counter if there is one."""
    down, right = STEPS[one.get("facing", "down")]
    far = 2 if one.get("counter") else 1
    game.go(name, one["y"] + down * far, one["x"] + right * far, SIDES[one.get("facing", "down")])


def test_a_ledge_is_hopped_down_but_not_up(game: Game) -> None:
    rows = table("collision")[f"{number_of('maps', 'MILL_LANE'):02X}"]
    y, x = next(
        (y, x)
        for y in range(2, len(rows) - 2)
        for x in range(len(rows[0]))
        if rows[y][x] == "v" and rows[y - 1][x] == rows[y + 1][x] == "."
    )
    game.go("MILL_LANE", y - 1, x)
    game.step("down")
    assert game.place[1:] == (y + 1, x)
    game.step("up")
    assert game.place[1:] == (y + 1, x)


def test_a_trainer_sees_comes_and_is_beaten_once(game: Game) -> None:
    name, one, y, x = in_sight()
    game.team(STRONG)
    address, bit = next((int(row["address"], 16), row["bit"]) for row in table("events") if row["name"] == one["event"])
    game.go(name, y, x)
    game.until(lambda: game[0xD057] == 2, "a")
    assert game[0xD059] == 200 + game[0xD031]
    game.until(lambda: not game[0xD057], "a", 12000)
    game.dismiss()
    assert game[address] >> bit & 1
    game.step("down")
    game.go(name, y, x)
    game.run(120)
    assert not game[0xD057] and game[0xFFB0] == 144


def test_a_thing_on_the_ground_is_taken_once(game: Game) -> None:
    name, one = find("item")
    item = number_of("items", one["item"][0].replace(" ", "_"))
    stand_before(game, name, one | {"facing": "down"})
    if game.place[1:] != (one["y"] + 1, one["x"]):
        pytest.skip("there is something in front of it")
    game.team(STRONG)
    game.press("a", wait=60)
    game.dismiss()
    assert list(game.boy.memory[0xD31D:0xD320]) == [1, item, one["item"][1]]
    game.press("a", wait=60)
    assert game[0xFFB0] == 144


def test_buying_and_selling(game: Game) -> None:
    name, one = find("script", "shop_mistmere")
    stand_before(game, name, one)
    game[0xD347] = bytes([0x00, 0x30, 0x00])
    game.press("a")
    game.see("QUIT")
    game.run(20)
    game.press("a", wait=30)
    assert game[0xCF94] == 2
    game.press("a", wait=30)
    game.press("up", "up")
    assert "600" in game.rows()[10] and game[0xCF96] == 3
    game.press("a")
    game.see("YES", "")
    game.press("a", wait=60)
    assert list(game.boy.memory[0xD347:0xD34A]) == [0x00, 0x24, 0x00]
    assert list(game.boy.memory[0xD31D:0xD321]) == [1, number_of("items", "GLIM_ORB"), 3, 0xFF]
    game.until(lambda: "▶BUY" in game.text(), "b")
    game.press("down", "a", wait=30)
    game.press("a", wait=30)
    game.press("a")
    game.see("YES")
    game.press("a", wait=60)
    assert list(game.boy.memory[0xD347:0xD34A]) == [0x00, 0x25, 0x00]
    assert game[0xD31F] == 2


def test_the_box_keeps_one_and_gives_it_back(game: Game) -> None:
    name, one = find("text", "storage")
    game.team(STRONG, Creature("PUDDLOP", 9))
    stand_before(game, name, one)
    game.press("a")
    game.see("DEPOSIT")
    game.run(20)
    game.press("down", "a", wait=40)
    game.press("down", "a", wait=60)
    assert (game[0xD163], game[0xDA80], game[0xDA81]) == (1, 1, number_of("species", "PUDDLOP"))
    game.until(lambda: "WITHDRAW" in game.text(), "a")
    game.run(20)
    game.until(lambda: "CANCEL" in game.text(), "a")
    game.run(20)
    game.press("a", wait=60)
    assert (game[0xD163], game[0xDA80], game[0xD165]) == (2, 0, number_of("species", "PUDDLOP"))
    assert game[0xD16B + 44 + 0x21] == 9


def test_a_lamp_lights_the_dark_cave(game: Game) -> None:
    rows = table("collision")[f"{number_of('maps', 'HOLLOW_B1F'):02X}"]
    y, x = next((y, x) for y in range(2, len(rows)) for x in range(len(rows[0])) if rows[y][x] == rows[y - 1][x] == ".")
    game.team(STRONG)
    game.bag(LAMP=1)
    game.kept[0xD13C] = b"\x09"  # nothing wild appears for nine steps
    game.go("HOLLOW_B1F", y, x)
    if not game[0xD35D]:
        pytest.skip("this floor is not dark")
    game.press("start", wait=30)
    game.until(lambda: "▶BAG" in game.text(), "down")
    game.press("a", "a", "a", wait=30)
    game.dismiss()
    assert game[0xD35D] == 0


def test_the_menu_on_the_frame_of_being_seen_is_a_way_around_a_trainer(game: Game) -> None:
    name, one, y, x = in_sight("WHISPER_WOOD")
    game.team(STRONG)
    game.bag(WIND_THREAD=1)
    button = "right" if one["facing"] in ("up", "down") else "down"
    down, right = STEPS[button]
    game.go(name, y - down, x - right, button)
    game[0xCD38] = 1
    before = game.save()
    for wait in range(8, 40):
        game.load(before)
        game.boy.button_press(button)
        game.run(wait)
        game.press("start", wait=30)
        game.boy.button_release(button)
        game.run(20)
        if game[0xD733] & 8 and game[0xFFB0] == 0:
            break
    else:
        raise AssertionError("there was no such frame")
    game[0xCD38] = 0
    game.until(lambda: "▶BAG" in game.text(), "down")
    game.press("a", "a", "a", wait=30)
    game.until(lambda: game.place[0] == game[0xD719], "a")
    game.dismiss()
    assert game[0xD733] & 8
    game[0xCD2D], game[0xCD2E] = number_of("species", "DRAKESTAR"), 7
    game.press("start", wait=30)
    game.press("b")
    game.until(lambda: game[0xD057] == 1)
    assert game[0xCFE5] == number_of("species", "DRAKESTAR") and game[0xCFF3] == 7


def test_a_league_door_opens_when_its_guardian_is_beaten(game: Game) -> None:
    name, one = next((NAMES["F5"], one) for one in table("people")["F5"]["people"] if "trainer" in one)
    game.team(STRONG)
    stand_before(game, name, one)
    game.press("a")
    game.until(lambda: game[0xD863] & 2, "a", 12000)
    game.dismiss()
    for _ in range(4):
        game.step("right")
        game.step("up")
        game.step("up")
        game.step("left")
    assert game.place[0] == number_of("maps", "LEAGUE_ROOM_2") or game.place[1] <= 2


@pytest.mark.parametrize(
    ("column", "taken", "answer"),
    [(7, "FERNIT", "CINDERLING"), (8, "CINDERLING", "PUDDLOP"), (9, "PUDDLOP", "FERNIT")],
)
def test_the_rival_takes_the_glim_that_is_strong_against_yours(game: Game, column, taken, answer) -> None:
    game.go("LABORATORY", 4, column, "up")
    game.see(f"got {taken}", "a")
    game.see(f"Then {answer}", "a")
    game.until(lambda: game[0xD057] == 2 and game[0xCFE5], "a")
    assert game[0xCFE5] == number_of("species", answer)
