"""Start states: named, shown, taken from elsewhere on request, and marked in what is played from them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from pokerl import audit as auditing
from pokerl.cartridge import load
from pokerl.commands.playing import PlayReport, play_once
from pokerl.design.settings import ExperimentSettings
from pokerl.emulator import Machine
from pokerl.emulator.core import PyBoy
from pokerl.errors import StateRejected, UsageProblem
from pokerl.states.checkpoints import list_checkpoints as checkpoints
from pokerl.states.foreign import import_state
from pokerl.states.hand import has_screen, make_state
from pokerl.states.naming import name_checkpoint
from pokerl.states.shelf import keep_state, list_states, picture_of_state, put_start, take_state
from pokerl.timeline import StateStore, read_events
from pokerl.timeline.manifest import read_manifest
from tests.conftest import Rom
from tests.play.stage import FINISH, write_interface, write_script
from tests.states.tiny import COUNTER, tiny_rom


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "savestates"


@pytest.fixture
def foreign(demo_rom: Path, tmp_path: Path) -> Path:
    """A state that PyBoy itself saved, in the demo game's first room."""
    console = PyBoy(io.BytesIO(demo_rom.read_bytes()), ram_file=io.BytesIO(bytes(0x8000)), window="null")
    console.set_emulation_speed(0)
    for turn in range(120):
        console.button("start" if turn % 4 == 0 else "a", 4)
        console.tick(20, False, False)
    path = tmp_path / "room.state"
    with path.open("wb") as file:
        console.save_state(file)
    console.stop(save=False)
    return path


def test_a_state_from_elsewhere_is_taken_only_on_request(foreign, shelf):
    with pytest.raises(StateRejected, match="made elsewhere") as refused:
        import_state(foreign, load("demo"), "", trust=False, folder=shelf)
    assert "--trust" in str(refused.value)
    assert list_states(shelf) == []


def test_it_is_saved_again_by_this_pyboy_belongs_to_no_attempt_and_says_where_from(foreign, shelf):
    kept, said = import_state(foreign, load("demo"), "", trust=True, folder=shelf)
    assert list_states(shelf) == [kept]
    assert (kept.name, kept.cartridge, kept.frame) == ("room", "demo", 0)
    assert "imported from room.state" in kept.label and "trusted on request" in kept.label
    assert "HERO_HOUSE_2F" in said
    stored = take_state("room", shelf)
    assert (stored.attempt, stored.segment, stored.milestones) == ("", "", {})


def test_what_is_no_state_is_told(foreign, shelf, tmp_path):
    cut, other = tmp_path / "cut.state", tmp_path / "other.state"
    cut.write_bytes(foreign.read_bytes()[:5000])
    other.write_bytes(b"\x89PNG of something else")
    for path in (cut, other, tmp_path / "missing.state"):
        with pytest.raises(StateRejected):
            import_state(path, load("demo"), "", trust=True, folder=shelf)
    assert list_states(shelf) == []


def test_a_name_is_given_once(foreign, shelf):
    import_state(foreign, load("demo"), "", trust=True, folder=shelf)
    with pytest.raises(UsageProblem, match="already"):
        import_state(foreign, load("demo"), "", trust=True, folder=shelf)
    with pytest.raises(UsageProblem, match="no name"):
        import_state(foreign, load("demo"), "", trust=True, name="../room", folder=shelf)


def test_a_state_is_shown_as_a_picture(foreign, shelf, demo_rom, tmp_path):
    import_state(foreign, load("demo"), "", trust=True, folder=shelf)
    said = picture_of_state(take_state("room", shelf), demo_rom, load("demo"), tmp_path / "room.png")
    assert (tmp_path / "room.png").read_bytes().startswith(b"\x89PNG")
    assert "HERO_HOUSE_2F" in said


def test_a_state_that_belongs_to_a_run_is_no_start(shelf, rom: Rom):
    machine = Machine(rom.path, rom.cartridge)
    keep_state(machine.stored(attempt="a001", segment="m0001-0001"), "part", shelf)
    machine.close()
    with pytest.raises(StateRejected, match="belongs to a run"):
        take_state("part", shelf)
    with pytest.raises(StateRejected, match="no start state 'nothing'"):
        take_state("nothing", shelf)


def test_without_a_screen_making_one_by_hand_says_so(monkeypatch, shelf):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    if has_screen():
        pytest.skip("this system always has a screen")
    with pytest.raises(UsageProblem, match="no screen"):
        make_state(load("demo"), "", "mine", shelf)


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., PlayReport]:
    """Play one attempt of one turn."""

    def play(turn: str, start: str = "") -> PlayReport:
        script = tmp_path / "script"
        write_script(script, "player-v1", turn + "\n" + FINISH)
        interface = write_interface(tmp_path / "interface")
        settings = ExperimentSettings(cartridge="demo", runs=str(tmp_path / "runs"), scripted=str(script), start=start)
        return play_once(settings, str(interface), unsafe=False, console=Console(quiet=True))

    return play


def test_an_attempt_from_a_start_state_is_marked_and_can_be_audited(foreign, shelf, play, demo_rom):
    kept, _ = import_state(foreign, load("demo"), "", trust=True, folder=shelf)
    report = play("print(game.frame, game.state().player.map_name)\nassert game.frame == 0\ngame.wait(40)", kept.path)
    folder = Path(report.folder)
    assert report.attempt.outcome == "answered" and not report.attempt.errors
    assert not report.attempt.from_power_on
    assert read_manifest(folder).settings["start"] == kept.path
    digest = next(event.data["start"] for event in read_events(folder) if event.kind == "attempt_started")
    assert "trusted on request" in StateStore(folder).get(digest).label
    found = auditing.audit_run(folder, demo_rom)
    assert found.attempts


def test_a_checkpoint_of_a_run_is_named_and_played_on_from(play, shelf):
    folder = Path(play("game.wait(100)\ngame.checkpoint('here')").folder)
    digest = checkpoints(folder)[0].digest
    kept = name_checkpoint(folder, digest[:10], "from-here", shelf)
    assert kept.frame == 100 and folder.name in kept.label and "here" in kept.label
    assert play("assert game.frame == 100", kept.path).attempt.errors == []
    with pytest.raises(UsageProblem, match="0 checkpoints"):
        name_checkpoint(folder, "zzz", "other", shelf)


def test_power_on_is_no_start_state(tmp_path):
    assert put_start(StateStore(tmp_path), "") == ""


def test_a_game_that_pokerl_does_not_know_is_played_recorded_and_audited(tmp_path):
    (tmp_path / "tiny.gb").write_bytes(tiny_rom())
    turn = f"game.wait(300)\nassert game.byte({COUNTER}) > 0 and not game.milestones"
    write_script(tmp_path / "script", "player-v1", turn + "\n" + FINISH)
    settings = ExperimentSettings(
        cartridge="generic",
        rom=str(tmp_path / "tiny.gb"),
        runs=str(tmp_path / "runs"),
        scripted=str(tmp_path / "script"),
    )
    interface = write_interface(tmp_path / "interface")
    report = play_once(settings, str(interface), unsafe=False, console=Console(quiet=True))
    assert report.attempt.outcome == "answered" and not report.attempt.errors
    (attempt,) = auditing.audit_run(Path(report.folder), tmp_path / "tiny.gb").attempts
    assert attempt.replay is not None and attempt.replay.agrees
