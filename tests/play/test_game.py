"""The game handle: each method does what the table in the agents' prompts says, and the prompts name nothing else."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import numpy as np
import pytest

from pokerl.design.attempts import Attempt, Running, evaluator
from pokerl.design.worker import Workspace
from pokerl.emulator.protocol import Acted
from pokerl.errors import CapabilityDenied, StateRejected, UsageProblem
from pokerl.play.explored import Explored
from pokerl.play.game import Checkpoint, Game
from pokerl.play.result import AttemptResult
from pokerl.play.worker import _explorer
from pokerl.shipped import path as shipped
from pokerl.timeline import Poke, Run, Tree, read_events
from tests.conftest import Rom, Start


def prompt(name: str) -> str:
    return (shipped("agents") / name).read_text()


def acts(run_folder) -> list[tuple[int, int]]:
    """All that was held, as (mask, frames), neighbours of one mask together."""
    found: list[tuple[int, int]] = []
    for segment in Tree.from_events(read_events(run_folder)).segments:
        for act in segment.acts:
            assert isinstance(act, Run)
            if found and found[-1][0] == act.mask:
                found[-1] = (act.mask, found[-1][1] + act.frames)
            else:
                found.append((act.mask, act.frames))
    return found


A, START, RIGHT, UP = 0x01, 0x08, 0x10, 0x40


class TestInput:
    def test_press_holds_one_after_another_and_waits(self, game, run_folder):
        game.press("up", "up+b", "a", hold=3, wait=2)
        assert acts(run_folder) == [(UP, 3), (0, 2), (UP | 0x02, 3), (0, 2), (A, 3), (0, 2)]
        assert game.frame == 15

    def test_hold_and_wait(self, game, run_folder):
        game.hold("right", 7)
        game.wait(30)
        game.wait()
        assert acts(run_folder) == [(RIGHT, 7), (0, 31)]

    @pytest.mark.parametrize("buttons", ["x", "up+", "up up", "", "A", " up + b "])
    def test_a_button_is_known_or_a_problem(self, game, buttons):
        try:
            game.press(buttons)
        except UsageProblem as problem:
            assert "The buttons are" in problem.remedy

    def test_an_unknown_button_names_those_there_are(self, game):
        with pytest.raises(UsageProblem, match=r"There is no button 'jump'\. The buttons are a, b, "):
            game.press("jump")

    def test_until_waits_on_the_machines_side_and_says_whether(self, game):
        game.poke(0xC800, 5)
        assert game.until((0xC800, "==", 5)) is True
        assert game.frame == 0
        assert game.until((0xC800, ">", 5), limit=9) is False
        assert game.frame == 9
        assert game.until((0xC800, "changed"), limit=3, stable=2, hold="a") is False

    def test_until_without_conditions_waits_for_a_still_picture(self, game):
        game.wait(240)
        assert game.until(stable=1, limit=100) is True

    def test_a_picture_stands_still_when_it_did_not_change_for_a_while(self, game):
        game.wait(240)
        before = game.frame
        assert game.until(limit=100) is True
        assert game.frame - before >= 15

    def test_an_unknown_symbol_is_answered_with_those_like_it(self, game):
        with pytest.raises(UsageProblem, match="Did you mean wXCoord"):
            game.read("wXCord")

    def test_until_takes_symbols(self, game):
        assert game.until(("wIsInBattle", "==", 0), limit=600, stable=1, hold="") is True

    def test_act_does_much_in_one_round_trip(self, game):
        steps = game.step("up", 8), game.waiting(("wWalkCounter", "==", 0)), game.step("", 4)
        done = game.act(*steps, read=[("wXCoord", 1), (0xC800, 3)], screen=True)
        assert isinstance(done, Acted)
        assert done.met == [True]
        assert [len(each) for each in done.reads] == [1, 3]
        assert (done.frame, done.ran) == (12, 12)
        assert done.milestones == []
        assert len(done.screen) == 144 * 160 * 3


class TestSeeing:
    def test_the_picture(self, game):
        game.wait(200)
        picture = game.screen()
        assert (picture.shape, picture.dtype) == ((144, 160, 3), np.uint8)
        assert len(np.unique(picture)) > 1

    def test_memory_by_address_and_by_symbol(self, game):
        game.poke("wPlayerMoney", [1, 2, 3])
        assert game.read("wPlayerMoney", 3) == game.read(game.address("wPlayerMoney"), 3) == b"\x01\x02\x03"
        assert game.byte("wPlayerMoney") == 1

    def test_an_unknown_symbol_is_told(self, game):
        with pytest.raises(UsageProblem, match="no symbol 'wNothing'"):
            game.read("wNothing")

    def test_text_is_eighteen_rows_of_twenty(self, game):
        rows = game.text().split("\n")
        assert len(rows) == 18
        assert {len(row) for row in rows} == {20}

    def test_state_is_decoded_memory_that_tells_what_changed(self, game):
        before = game.state()
        assert before.summary()
        game.poke("wPlayerMoney", b"\x12\x34\x56")
        after = game.state()
        assert after.player.money == 123456
        assert any("123456" in line.replace(",", "") for line in after.diff(before) + before.diff(after))
        for name in ("player", "party", "bag", "battle", "events"):
            assert hasattr(after, name)

    def test_the_rom(self, game, rom: Rom):
        content = rom.path.read_bytes()
        assert game.read_rom(0, 0x134, 16) == content[0x134:0x144]
        assert game.read_rom(1, 0x4000, 16) == content[0x4000:0x4010]


class TestCheckpoints:
    def test_restore_goes_back_to_a_checkpoint(self, game):
        game.wait(20)
        game.poke(0xC800, 5)
        here = game.checkpoint("here")
        assert (here.frame, here.label) == (20, "here")
        game.poke(0xC800, 6)
        game.wait(50)
        assert game.restore(here).frame == game.frame == 20
        assert game.byte(0xC800) == 5
        game.restore(here.digest)

    @pytest.mark.parametrize("digest", ["", "abc", "0" * 64, "../" * 20, "z" * 64, None, 5])
    def test_a_checkpoint_that_is_none_is_refused(self, game, digest):
        with pytest.raises((StateRejected, UsageProblem)):
            game.restore(digest)
        game.wait(1)

    def test_commit_makes_the_present_state_the_end_of_the_trunk(self, game, run_folder):
        game.wait(12)
        committed = game.commit("done")
        game.wait(100)
        trunk = Tree.from_events(read_events(run_folder)).trunk("a001")
        assert (trunk[-1].checkpoint, trunk[-1].end_frame) == (committed.digest, 12)

    def test_a_handle_without_branches_says_so(self, game):
        with pytest.raises(UsageProblem, match="cannot branch"):
            game.branch()

    def test_closing_the_own_machine_leaves_it_running(self, game):
        game.close()
        game.wait(1)


class TestPokes:
    def test_a_poke_is_recorded_with_what_stood_there_and_why(self, game, run_folder):
        game.poke(0xC800, 7, why="to see")
        game.poke("wPlayerMoney", bytearray(b"\x09\x09"))
        pokes = [p for s in Tree.from_events(read_events(run_folder)).segments for p in s.acts if isinstance(p, Poke)]
        assert (pokes[0].address, pokes[0].before, pokes[0].after, pokes[0].why) == (0xC800, b"\0", b"\7", "to see")
        assert pokes[1].after == b"\x09\x09"

    @pytest.mark.parametrize("data", [256, -1, [1, 300], "text"])
    def test_what_is_no_bytes_is_an_error_of_the_caller(self, game, data):
        with pytest.raises(UsageProblem, match="not to be written"):
            game.poke(0xC800, data)
        assert game.byte(0xC800) == 0

    def test_the_rom_cannot_be_written(self, game):
        with pytest.raises(UsageProblem, match="Address 0100 is in the ROM"):
            game.poke(0x0100, 1)
        with pytest.raises(UsageProblem):
            game.poke(0xC800, b"")
        game.wait(1)


NEEDS: list[tuple[str, Callable[[Game], object]]] = [
    ("press", lambda game: game.press("a")),
    ("press", lambda game: game.hold("a", 3)),
    ("press", lambda game: game.wait(3)),
    ("press", lambda game: game.until((0xC800, "==", 0))),
    ("ram.read", lambda game: game.until((0xC800, "==", 0))),
    ("screen", lambda game: game.until()),
    ("screen", lambda game: game.screen()),
    ("ram.read", lambda game: game.read(0xC800)),
    ("ram.read", lambda game: game.byte(0xC800)),
    ("ram.read", lambda game: game.text()),
    ("ram.read", lambda game: game.state()),
    ("rom.read", lambda game: game.read_rom(0, 0, 1)),
    ("rom.read", lambda game: game.read(0x0100)),
    ("branch", lambda game: game.checkpoint()),
    ("branch", lambda game: game.restore("0" * 64)),
    ("ram.write", lambda game: game.poke(0xC800, 1)),
]
ALL = ("press", "screen", "ram.read", "rom.read", "branch", "ram.write")


def test_each_call_needs_the_capability_that_the_table_names(start: Start, client_of, rom: Rom):
    for missing in ALL:
        handle = start(capabilities=[name for name in ALL if name != missing])
        game = Game(client_of(handle), rom.cartridge)
        assert game.capabilities == frozenset(ALL) - {missing}
        for capability, call in NEEDS:
            if capability == missing:
                with pytest.raises(CapabilityDenied, match=f"'{missing}', which is not granted"):
                    call(game)
        handle.stop()


def test_standing(game):
    game.wait(3)
    assert game.frame == 3
    assert game.milestones == {}
    assert "m0001 frame=3" in repr(game)


def test_what_is_out_of_bounds_is_refused_and_the_machine_goes_on(game):
    for call, said in (
        (lambda: game.wait(-1), "frames"),
        (lambda: game.wait(10**7), "frames"),
        (lambda: game.wait(500_000), "frames"),
        (lambda: game.until((0xC800, "==", 1), limit=10**6), "limit"),
        (lambda: game.until((0xC800, "==", 300)), "value"),
        (lambda: game.until((0xC800, "=", 3)), "test"),
        (lambda: game.read(0xC800, 0), "length"),
        (lambda: game.read(0x12345), "address"),
        (lambda: game.act(read=[(0xC800, 0x10000)] * 100), "bytes"),
        (lambda: game.read_rom(9999, 0, 1), "bank"),
        (lambda: game.poke(0x12345, 1), "address"),
        (lambda: game.poke(0xC800, bytes(0x3000)), "data"),
        (lambda: game.wait(10**30), "sent"),
        (lambda: game.wait(None), "frames"),
        (lambda: game.hold("a", object()), "object"),
    ):
        with pytest.raises(UsageProblem, match=said):
            call()
    game.wait(1)
    assert game.frame == 1


def test_numbers_of_numpy_are_numbers(game):
    address, frames = np.uint16(0xC800), np.int64(3)
    game.press("a", hold=frames, wait=frames)
    assert game.frame == 6
    game.poke(address, np.uint8(7))
    game.poke(address + 1, np.array([8, 9]))
    assert game.read(address, frames) == bytes([7, 8, 9])
    assert game.until((address, "==", np.uint8(7)), limit=frames)


def test_labels_that_are_too_long_are_cut(game, run_folder):
    game.checkpoint("x" * 500)
    game.poke(0xC800, 1, why="y" * 500)
    with game.using("t" * 500):
        game.wait(1)
    game.commit("z" * 500)
    data = [event.data for event in read_events(run_folder) if event.kind in ("checkpoint", "poke", "input")]
    assert [len(data[0]["label"]), len(data[1]["why"]), len(data[2]["tool"])] == [400, 400, 120]


class TestThePromptsNameWhatIsThere:
    def test_of_the_game(self):
        used = {name for file in ("shared/game.md", "player/system.md", "designer/system.md") for name in
                re.findall(r"\bgame\.(\w+)", prompt(file))}  # fmt: skip
        assert {"press", "until", "act", "branch", "poke", "commit"} <= used
        assert [name for name in used if name != "cartridge" and not hasattr(Game, name)] == []

    def test_of_the_signatures(self):
        for name, given in re.findall(r"`game\.(\w+)\(([^`]*)\)`", prompt("shared/game.md")):
            known = inspect.signature(getattr(Game, name)).parameters
            named = re.findall(r"\b(\w+)=(?!=)", given)
            inner = {"read", "screen", "limit", "stable", "hold"}
            assert [word for word in named if word not in known and word not in inner] == []

    def test_of_what_act_and_the_state_and_the_cartridge_have(self, game, rom: Rom):
        table = prompt("shared/game.md")
        acted = re.search(r"returns `([^`]+)`", table)
        assert acted is not None
        assert set(acted[1].replace(".", "").split()) <= set(Acted.__struct_fields__)
        row = next(line for line in table.splitlines() if "`game.state()`" in line)
        fields = re.sub(r"\(`[^)]*\)", "", row).partition("each prints")[0]
        assert all(hasattr(game.state(), name) for name in re.findall(r"[`\s]\.(\w+)", fields))
        row = next(line for line in table.splitlines() if "`game.cartridge`" in line)
        assert all(hasattr(rom.cartridge, name) for name in re.findall(r"[`\s]\.(\w+)", row))

    def test_of_exploring(self):
        text = prompt("player/system.md")
        given = re.search(r"`explore\(([^`]+)\)`", text)
        assert given is not None

        explore = inspect.signature(_explorer(None))
        assert [part.split("=")[0].strip(" *") for part in given[1].split(",")] == list(explore.parameters)
        line = next(line for line in text.splitlines() if line.startswith("Each result has"))
        fields = re.findall(r"`\.(\w+)`", line)
        assert fields
        assert set(fields) == set(Explored.__struct_fields__)

    def test_of_the_workspace(self):
        text = prompt("designer/system.md")
        row = next(line for line in text.splitlines() if line.startswith("| `workspace.write"))
        used = {*re.findall(r"workspace\.(\w+)", text), *re.findall(r"`\.(\w+)\(", row)}
        assert used == {"write", "read", "copy", "files", "versions", "check", "tools"}
        assert all(hasattr(Workspace, name) for name in used)

    def test_of_attempts(self):
        text = prompt("designer/system.md")
        row = next(line for line in text.splitlines() if line.startswith("| `attempts`"))
        fields = re.findall(r"\.([a-z_]+)", row.partition(";")[0])
        assert len(fields) > 10
        for name in fields:
            assert name in AttemptResult.__struct_fields__ or hasattr(AttemptResult, name)
        for name in re.findall(r"\b(?:a)?\.(\w+)\(", row.partition(";")[2].replace("game.restore", "")):
            assert hasattr(Attempt, name)

    def test_of_evaluate(self):

        named = re.search(r"`evaluate\(([^`]+)\)`", prompt("designer/system.md"))
        assert named is not None
        known = inspect.signature(evaluator(None)).parameters
        assert set(re.findall(r"(\w+)=", named[1])) == set(known) - {"version"}

    def test_of_attempts_in_the_background(self):
        text = prompt("designer/system.md")
        row = next(line for line in text.splitlines() if line.startswith("| `running ="))
        named = {*re.findall(r"`\.(\w+)", row), *re.findall(r"running\.(\w+)\(", row)}
        assert named == {"transcript", "look", "done", "wait", "result", "stop"}
        assert all(hasattr(Running, name) for name in named)

    def test_checkpoints_print_short(self):
        assert "digest" in repr(Checkpoint("0" * 64, 5))
