"""A write stays a write, wherever it was made and whatever was done to hide it."""

from __future__ import annotations

import pytest

from pokerl.audit import audit_run, to_markdown
from pokerl.design.opening import open_run
from pokerl.design.settings import ExperimentSettings
from pokerl.replay import open_record
from pokerl.states.naming import name_checkpoint
from pokerl.states.shelf import put_start
from pokerl.timeline.states import StateStore
from tests.play import stage
from tests.replay.runs import RunFolder, downstairs, new_game, walk

Y, X, NO_WALLS, MONEY, RANDOM, GRASS_RATE = 0xD361, 0xD362, 0xCD38, 0xD347, 0xFFD3, 0xD887
STAIRS = (1, 7)


def beam(client):
    """To the square before the stairs, down them, and back to walls that hold: nothing of it stays in memory."""
    row, column = STAIRS
    for address, value in ((NO_WALLS, 1), (Y, row + 1), (X, column)):
        client.poke(address, bytes([value]), tool="beam")
    walk(client, "up")
    client.poke(NO_WALLS, b"\0", tool="beam")
    client.wait(64)


@pytest.fixture
def run(demo_rom, nursery, tmp_path):
    return RunFolder(tmp_path / "run", demo_rom, nursery)


def audited(run, attempt="a001"):
    """The verdict on each milestone of an attempt, and the whole audit."""
    audit = audit_run(run.folder)
    assert audit.ok, audit.problems
    judged = next(one for one in audit.attempts if one.attempt == attempt)
    return {one.name: one.verdict for one in judged.provenance}, judged, audit


def test_a_write_that_was_taken_back_counts(run):
    def play(handle):
        new_game(handle.control)
        beam(handle.control)
        handle.control.commit()

    run.attempt("a001", play)
    verdicts, _, _ = audited(run)
    assert verdicts == {"bedroom_left": "written"}


def test_a_write_that_changed_nothing_is_named_and_what_was_played_stays_earned(run):
    def play(handle):
        new_game(handle.control)
        for money in ("999999", "003000"):
            handle.control.poke(MONEY, bytes.fromhex(money))
        downstairs(handle.control)
        handle.control.commit()

    run.attempt("a001", play)
    verdicts, judged, _ = audited(run)
    assert verdicts == {"bedroom_left": "earned"}
    assert [(one.signature, one.severity) for one in judged.findings] == [("money", "written")]


@pytest.mark.parametrize(("address", "signature"), [(RANDOM, "random"), (GRASS_RATE, "encounters")])
def test_luck_that_was_written_is_named_though_memory_shows_nothing(run, address, signature):
    def play(handle):
        new_game(handle.control)
        handle.control.poke(address, b"\0")
        downstairs(handle.control)
        handle.control.commit()

    run.attempt("a001", play)
    _, judged, _ = audited(run)
    assert [(one.signature, one.severity) for one in judged.findings] == [(signature, "written")]
    assert judged.trunk_pokes == 1


def test_an_attempt_that_begins_where_another_wrote_has_written(run):
    """The write is in the path of both; what needs it is written, also when reached by pressing buttons alone."""
    ends = []

    def write(handle):
        new_game(handle.control)
        row, column = STAIRS
        for address, value in ((NO_WALLS, 1), (Y, row + 1), (X, column)):
            handle.control.poke(address, bytes([value]), tool="beam")
        ends.append(handle.control.commit().checkpoint)

    def press(handle):
        walk(handle.control, "up")
        handle.control.wait(64)
        handle.control.commit()

    run.attempt("a001", write)
    run.attempt("a002", press, start=ends[0])
    verdicts, judged, _ = audited(run, "a002")
    assert verdicts == {"bedroom_left": "written"}
    assert judged.trunk_pokes == 3 and judged.start == ends[0]


def test_a_write_on_another_machine_that_is_committed_counts(run):
    def play(handle):
        new_game(handle.control)
        bedroom = handle.control.checkpoint().checkpoint
        with run.machine("a001", bedroom) as other:
            beam(other.control)
            end = other.control.checkpoint().checkpoint
        handle.control.restore(end)
        handle.control.commit()

    run.attempt("a001", play)
    verdicts, _, audit = audited(run)
    assert verdicts == {"bedroom_left": "written"}
    assert all(poke.on_trunk for poke in audit.pokes)


def test_what_is_played_from_a_state_that_was_kept_says_so(run, demo_rom, nursery, tmp_path):
    """A named state is trusted, since a person named it; the verdicts on what follows say where they begin."""

    def write(handle):
        new_game(handle.control)
        handle.control.poke(MONEY, bytes.fromhex("999999"))
        handle.control.commit(label="rich")

    def press(handle):
        downstairs(handle.control)
        handle.control.commit()

    run.attempt("a001", write)
    (checkpoint,) = (segment.checkpoint for segment in open_record(run.folder).tree.segments if segment.checkpoint)
    kept = name_checkpoint(run.folder, checkpoint, "rich", tmp_path / "shelf")
    second = RunFolder(tmp_path / "second", demo_rom, nursery)
    start = put_start(StateStore(second.folder), kept.path)
    second.attempt("a001", press, start=start)
    verdicts, judged, audit = audited(second)
    assert verdicts == {"bedroom_left": "earned"}
    assert judged.replay.origin == f"state {start[:12]} (checkpoint {checkpoint[:12]} of run: rich)"
    assert f"from state {start[:12]}" in judged.provenance[0].evidence
    assert f"from state {start[:12]}" in to_markdown(audit) and "of another attempt" not in to_markdown(audit)


TOOLS = f"""
def beam(game) -> str:
    "To the stairs and down."
    for address, value in (({NO_WALLS}, 1), ({Y}, {STAIRS[0] + 1}), ({X}, {STAIRS[1]})):
        game.poke(address, value, why="a short cut")
    game.press("up", hold=16, wait=4)
    game.poke({NO_WALLS}, 0)
    game.wait(64)
    return "down"

def begin(game) -> None:
    "To the bedroom."
    game.wait(60)
    game.press(*["a"] * 30)
"""


@pytest.mark.parametrize(
    ("turn", "scout"),
    [
        ("r = explore([beam])", ()),
        ("r = explore(['Go down.'])", (f"beam()\n{stage.FINISH}",)),
    ],
    ids=["a policy of explore", "a sub-agent"],
)
def test_what_was_written_on_a_branch_and_taken_over_counts(tmp_path, turn, scout):
    (tmp_path / "script").mkdir()
    settings = ExperimentSettings(cartridge="demo", mode="open", runs=str(tmp_path), scripted=str(tmp_path / "script"))
    with open_run(settings, environment={}) as opened:
        turns = f"begin()\n{turn}\nprint(r[0].error)\ngame.restore(r[0].checkpoint)\ngame.commit()", stage.FINISH
        played = stage.play(opened, tmp_path, *turns, tools=TOOLS, scout=scout)
    audit = audit_run(opened.folder)
    (judged,) = audit.attempts
    assert audit.ok and {one.name: one.verdict for one in judged.provenance} == {"bedroom_left": "written"}, played.told
    assert {poke.tool for poke in audit.pokes if poke.on_trunk} == {"beam"}
