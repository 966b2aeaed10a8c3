"""Go-Explore finds its way through the demo game, and waiting re-rolls a battle's luck."""

from __future__ import annotations

import ast

import pytest

from pokerl.errors import UsageProblem
from pokerl.play.checkpoint import Checkpoint
from pokerl.play.exploration import Cell, ask, frozen
from pokerl.shipped import path as shipped
from tests.play.stage import FINISH

TOOLS = (
    (shipped("interfaces/starter") / "tools.py").read_text()
    + '''

def start_game(game):
    """From power-on until the player stands in the bedroom."""
    for turn in range(300):
        game.press("start" if turn % 4 == 0 else "a", hold=4, wait=16)
        state = game.state()
        if state.running and not state.dialogue and not state.menu:
            return state.player.map_name
    raise RuntimeError("no game began")


def press_until(game, holds):
    """Press A until something holds."""
    for _ in range(100):
        if holds(game.state()):
            return
        game.press("a", hold=4, wait=12)
    raise RuntimeError("it never held")
'''
)

SAY = "def say(name, value): print('SAY', name, repr(value))\nfrom pokerl.play.exploration import *\n"


@pytest.fixture
def said(play):
    def said(*blocks: str) -> dict:
        played = play(*[SAY + block for block in blocks], FINISH, tools=TOOLS)
        assert not played.result.errors, played.result.errors
        lines = [line.split(" ", 2) for line in played.told.splitlines() if line.startswith("SAY")]
        return {name: ast.literal_eval(value) for _, name, value in lines} | {"played": played}

    return said


LABORATORY = """
say("bedroom", start_game())
search = GoExplore(game, seed=3)
found = search.run(rounds=40, steps=48, goal=lambda g: g.byte("wCurMap") == 0x28)
say("mine", game.state().player.map_name)
game.restore(found.checkpoint)
say("found", game.state().player.map_name)
say("maps", sorted({cell.key[0] for cell in search.cells.values()}))
say("errors", search.errors)
say("cells", all(cell.key == key for key, cell in search.cells.items()))
some = min(search.cells.values(), key=lambda cell: cell.seen)
game.restore(some.checkpoint)
say("returns", place(game) == some.key)
"""


def test_go_explore_finds_the_laboratory_from_the_bedroom(said):
    found = said(LABORATORY)
    assert (found["bedroom"], found["mine"], found["found"]) == ("HERO_HOUSE_2F", "HERO_HOUSE_2F", "LABORATORY")
    assert {0x26, 0x25, 0x00, 0x28} <= set(found["maps"])
    assert found["errors"] == []
    assert found["cells"]
    assert found["returns"]


def test_the_same_seed_finds_the_same_cells(said):
    found = said(
        "start_game()\nhere = game.checkpoint()\n"
        "def cells():\n    game.restore(here)\n    search = GoExplore(game, seed=5)\n"
        "    search.run(rounds=2, branches=4, steps=8)\n"
        "    found = search.cells.values()\n"
        "    return sorted((cell.key, cell.checkpoint.frame, cell.seen, cell.chosen) for cell in found)\n"
        "first = cells(); say('same', first == cells()); say('some', len(first) > 3)"
    )
    assert (found["same"], found["some"]) == (True, True)


def test_what_a_branch_found_before_it_failed_or_ran_out_counts(said):
    found = said(
        "start_game()\nsearch = GoExplore(game)\n"
        "def policy(g, random):\n    g.hold(random.choice(['up', 'down', 'left', 'right']), 32)\n"
        "    if random.random() < 0.1: raise ValueError('enough')\n"
        "search.run(policy, rounds=2, branches=4, steps=40, frames=640)\n"
        "say('cells', len(search.cells)); say('errors', sorted({each.split(':')[0] for each in search.errors}))"
    )
    assert found["cells"] > 3
    assert set(found["errors"]) <= {"ValueError", "pokerl.errors.BudgetSpent"}
    assert found["errors"]


def test_a_model_chooses_where_to_go_on(said):
    found = said(
        "start_game()\nasked = []\n"
        "def query(prompt):\n    asked.append(prompt)\n    return 'I would take 0, then 99999.'\n"
        "search = GoExplore(game, choose=ask(query, 'find the stairs'))\n"
        "search.run(rounds=2, branches=2, steps=6)\n"
        "say('asked', len(asked)); say('goal', 'find the stairs' in asked[0]); say('listed', asked[1].count('seen'))\n"
        "say('cells', len(search.cells))"
    )
    assert (found["asked"], found["goal"]) == (2, True)
    assert found["listed"] > 1
    assert found["cells"] >= found["listed"]


class TestTheChoice:
    cells = [Cell(number, Checkpoint("0" * 64, 10 * number), seen=number, chosen=number) for number in range(5)]  # noqa: RUF012

    def test_takes_what_the_model_names_and_fills_up_with_the_least_explored(self):
        choose = ask(lambda _: "[3, 1]", "the end")
        assert [cell.key for cell in choose(self.cells, 4)] == [3, 1, 0, 1]

    @pytest.mark.parametrize("reply", ["", "none of them", "-", "99 100", "9" * 10_000])
    def test_nonsense_is_no_choice(self, reply):
        chosen = ask(lambda _: reply, "the end")(self.cells, 3)
        assert [cell.key for cell in chosen] == [0, 1, 2]

    def test_a_key_survives_its_way_between_processes(self):
        assert frozen([38, [3, 5], "door"]) == (38, (3, 5), "door")
        with pytest.raises(UsageProblem):
            frozen({"x": 3})


BATTLE = """
start_game()
walk_to(7, 1); walk_to(3, 7); step("down", 2); walk_to(13, 12); game.until(limit=120); walk_to(7, 4); step("up")
press_until(lambda state: state.battle and state.menu and any("FIGHT" in entry for entry in state.menu.entries))
full = game.state().battle.enemy.hp
"""

TURN = """
def turn(g):
    g.press("a", wait=20); g.press("a", wait=20)
    press_until(g, lambda s: not s.battle or (s.menu and any("FIGHT" in entry for entry in s.menu.entries)))
def damage(g):
    return full - g.state().battle.enemy.hp
def fight(g):
    turn(g)
    return damage(g)
"""

REROLL = """
first = explore([fight], keep=0)[0].answer
before = game.frame
won = reroll(game, turn, lambda g: damage(g) > first, tries=48)
say("first", first); say("then", damage(game)); say("waited", won.answer["waited"])
say("moved", game.frame == before + won.frames)
stood = game.frame
say("never", reroll(game, turn, lambda g: False, tries=3, step=2)); say("stays", game.frame == stood)
"""


def test_a_battle_turn_is_rerolled_until_it_hits_harder(said):
    found = said(BATTLE, TURN + REROLL)
    assert found["then"] > found["first"] >= 0
    assert found["waited"] > 0
    assert found["moved"]
    assert found["never"] is None
    assert found["stays"]
