"""The command line: what is wrong is a sentence with its remedy, an exit code, and nothing left behind."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from pokerl.cli import main
from pokerl.commands.playing import play_once
from pokerl.commands.settings import for_one_attempt, settings_for
from pokerl.commands.tables import interfaces_list
from pokerl.design.opening import model_names
from pokerl.design.settings import load_settings
from pokerl.display import plain
from pokerl.play.interface import load_interface
from tests.play.stage import FINISH, write_interface, write_script


@dataclass
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """What a program would read: all of standard output."""
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture
def pokerl(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Run a command in an empty folder, without a key, on a terminal 80 wide."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "POKERL_ROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")

    def run(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["pokerl", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    write_script(tmp_path / "script", "designer", "game.wait(1)", FINISH)
    write_script(tmp_path / "script", "player-starter", "game.wait(9)", FINISH)
    file = tmp_path / "mini.toml"
    file.write_text('name = "mini"\ncartridge = "demo"\nscripted = "script"\n')
    return file


def is_an_error(said: Said, *parts: str, code: int = 2) -> None:
    """One sentence and a remedy, no traceback, nothing on standard output, nothing left in the folder."""
    words = " ".join(said.err.split())
    assert said.code == code, words
    assert words.startswith("error: ")
    assert "Traceback" not in words
    assert said.out == ""
    for part in parts:
        assert part in words
    assert list(Path.cwd().iterdir()) == []


class TestWhatCannotWork:
    def test_no_rom(self, pokerl, tmp_path):
        (tmp_path / "red.toml").write_text('cartridge = "red"\n')
        is_an_error(
            pokerl("run", tmp_path / "red.toml", "--model", "m"), "No ROM of", "POKERL_ROM", "ea9bcae617fdf159b045"
        )

    def test_a_rom_that_is_not_there(self, pokerl, experiment):
        is_an_error(pokerl("run", experiment, "--rom", "nothing.gb"), "There is no file nothing.gb")

    def test_a_rom_that_nobody_knows(self, pokerl, tmp_path, demo_rom):
        content = bytearray(demo_rom.read_bytes())
        content[0x4000] ^= 1
        content[0x134:0x144] = b"ANOTHER GAME".ljust(16, b"\0")
        content[0x14D] = -sum(each + 1 for each in content[0x134:0x14D]) & 0xFF  # the header's checksum
        (tmp_path / "other.gb").write_bytes(content)
        (tmp_path / "any.toml").write_text(f'scripted = "{tmp_path}"\n')

        digest = hashlib.sha1(content).hexdigest()
        said = pokerl("run", tmp_path / "any.toml", "--rom", tmp_path / "other.gb")
        is_an_error(said, digest, "ea9bcae617fdf159b045185467ae58b2e4a48b9a", "Red")

    def test_a_rom_that_is_none(self, pokerl, tmp_path, experiment):
        (tmp_path / "text.gb").write_text("hello")
        is_an_error(pokerl("run", experiment, "--rom", tmp_path / "text.gb"), "is not a Game Boy ROM")

    def test_no_key(self, pokerl, experiment):
        is_an_error(pokerl("run", experiment, "--model", "m"), "OPENAI_API_KEY is not set.", ".env")
        is_an_error(pokerl("play", experiment, "--model", "m"), "OPENAI_API_KEY is not set.")

    def test_no_endpoint(self, pokerl, experiment, monkeypatch):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        monkeypatch.setenv("OPENAI_API_KEY", "key")
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        is_an_error(
            pokerl("run", experiment, "--model", "m"), f"No model endpoint answers at {address}", "OPENAI_BASE_URL"
        )

    def test_no_model(self, pokerl, tmp_path):
        (tmp_path / "real.toml").write_text('cartridge = "demo"\n')
        is_an_error(pokerl("run", tmp_path / "real.toml"), "No model is named.", "--model NAME")

    def test_no_experiment(self, pokerl):
        is_an_error(pokerl("run", "nothing.toml"), "There is no experiment file nothing.toml.", "baseline, red, story")

    def test_a_script_that_does_not_know_the_interface(self, pokerl):
        said = pokerl("play", "story", "--interface", "pixels")
        assert said.code == 2
        assert "no turns with the interface 'pixels'" in said.err
        assert not list(Path.cwd().glob("runs/*"))

    def test_an_experiment_with_an_unknown_field(self, pokerl, tmp_path):
        (tmp_path / "wrong.toml").write_text('moed = "fair"\n')
        is_an_error(pokerl("run", tmp_path / "wrong.toml"), "`moed`", "docs/experiments.md")

    @pytest.mark.parametrize("mode", ["cheat", "FAIR", "Open"])
    def test_an_unknown_mode(self, pokerl, experiment, mode):
        is_an_error(pokerl("run", experiment, "--mode", mode), repr(mode), "pixels")

    def test_an_unknown_sandbox(self, pokerl, experiment):
        is_an_error(pokerl("run", experiment, "--sandbox", "castle"), "castle", "bubblewrap")

    def test_a_place_for_runs_that_cannot_be(self, pokerl, experiment):
        is_an_error(pokerl("run", experiment, "--runs", "/proc/nothing"), "No run folder can be made", "--runs")

    @pytest.mark.parametrize("minutes", [0, -3, "nan", "inf"])
    def test_minutes_that_are_none(self, pokerl, experiment, minutes):
        is_an_error(pokerl("play", experiment, "--minutes", minutes), "are no minutes to play in")

    def test_an_interface_that_is_not_there(self, pokerl, experiment):
        is_an_error(pokerl("play", experiment, "--interface", "nothing"), "There is no interface 'nothing'", "starter")

    def test_an_interface_that_breaks_the_contract(self, pokerl, experiment, tmp_path):
        folder = write_interface(tmp_path / "mine", "def go(x): ...")
        is_an_error(pokerl("play", experiment, "--interface", folder), "does not take `game`")

    def test_an_interface_that_does_not_import(self, pokerl, experiment, tmp_path):
        folder = write_interface(tmp_path / "mine", "import nothing_of_the_kind", name="starter")
        said = pokerl("play", experiment, "--interface", folder)
        assert said.code == 2
        assert "No module named 'nothing_of_the_kind'" in said.err
        assert not list(Path.cwd().glob("runs/*"))

    @pytest.mark.parametrize("verb", ["replay", "audit", "states", "interfaces"])
    def test_a_run_that_is_none(self, pokerl, verb):
        is_an_error(pokerl(verb, "nowhere"), "There is no run in nowhere", "pokerl run")

    def test_a_run_to_resume_that_is_none(self, pokerl):
        is_an_error(pokerl("run", "--resume", "nowhere"), "There is no run in nowhere")

    def test_a_single_attempt_to_resume_as_an_experiment(self, pokerl, played):
        is_an_error(pokerl("run", "--resume", played), "is a single attempt", "pokerl play --resume")

    def test_an_attempt_to_resume_that_came_to_its_end(self, pokerl, played):
        is_an_error(pokerl("play", "--resume", played), "There is no attempt to go on with")

    def test_a_word_too_many_is_usage(self, pokerl):
        for words in (("audit",), ("run", "--nothing"), ("nothing",), ("replay", "x", "--speed", "0")):
            said = pokerl(*words)
            assert said.code == 2
            assert "Usage: " in said.err


def test_a_model_on_the_command_line_is_for_those_who_have_none(tmp_path: Path) -> None:
    file = tmp_path / "two.toml"
    options = dict.fromkeys(("mode", "rom", "runs", "sandbox"), "")
    for player, expected in (
        ("", {"designer": "m", "player": "m", "scout": "m"}),
        ("p", {"designer": "m", "player": "p", "scout": "p"}),
    ):
        file.write_text(f'[player]\nmodel = "{player}"\n')
        assert model_names(settings_for(file, model="m", **options)) == expected


def test_a_run_goes_on_with_another_model_for_everybody(played: Path) -> None:
    options = dict.fromkeys(("mode", "rom", "runs", "sandbox"), "")
    settings = settings_for(None, played, model="m", **options)
    assert model_names(settings) == {"designer": "m", "player": "m", "scout": "m"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run made by `pokerl play`."""
    base = tmp_path_factory.mktemp("played")
    write_script(
        base / "script", "player-starter",
        'game.wait(9); a = game.checkpoint("[bold]one[/] \\x1b[31m[/x]"); game.wait(4); print(look())', FINISH,
    )  # fmt: skip
    (base / "play.toml").write_text('cartridge = "demo"\nscripted = "script"\n')

    settings = for_one_attempt(load_settings(base / "play.toml"), 1.5)
    settings = msgspec.structs.replace(settings, runs=str(base / "runs"))
    return Path(play_once(settings, "starter", unsafe=False, console=Console(stderr=True)).folder)


@pytest.fixture
def run_copy(played: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(played, tmp_path / "copy"))


class TestARunCutShort:
    def test_a_torn_last_line_is_left_out(self, pokerl, run_copy):
        log = run_copy / "events.jsonl"
        log.write_bytes(log.read_bytes()[:-7])
        assert pokerl("states", run_copy).code == 0

    def test_a_damaged_log_is_told(self, pokerl, run_copy):
        log = run_copy / "events.jsonl"
        lines = log.read_bytes().splitlines(keepends=True)
        log.write_bytes(lines[0] + lines[1][: len(lines[1]) // 2] + b"\n" + b"".join(lines[2:]))
        is_an_error(pokerl("states", run_copy), "Line 2 of", "restore it from a copy")

    def test_a_missing_log_is_told(self, pokerl, run_copy):
        (run_copy / "events.jsonl").unlink()
        is_an_error(pokerl("states", run_copy), "cannot be read")

    def test_a_damaged_manifest_is_told(self, pokerl, run_copy):
        content = (run_copy / "manifest.json").read_text()
        (run_copy / "manifest.json").write_text(content[:50])
        assert pokerl("audit", run_copy).code == pokerl("check", run_copy).code == 4
        is_an_error(pokerl("run", "--resume", run_copy), "is damaged")

    def test_settings_that_are_none_are_told(self, pokerl, run_copy):
        manifest = json.loads((run_copy / "manifest.json").read_text())
        manifest["settings"] = {"colour": "red"}
        (run_copy / "manifest.json").write_text(json.dumps(manifest))
        is_an_error(pokerl("run", "--resume", run_copy), "colour", "Begin another run.")

    def test_a_run_goes_on_in_its_own_mode(self, pokerl, run_copy):
        is_an_error(pokerl("run", "--resume", run_copy, "--mode", "fair"), "goes on with", "open")

    def test_a_missing_state_is_told(self, pokerl, run_copy):
        digest = pokerl("states", run_copy, "--json").json[0]["digest"]
        for state in (run_copy / "states").iterdir():
            state.unlink()
        is_an_error(pokerl("states", run_copy, "--picture", digest[:8]), digest[:12])

    def test_a_checkpoint_that_is_none_is_told(self, pokerl, run_copy):
        is_an_error(pokerl("states", run_copy, "--picture", "zzz"), "0 checkpoints of the run begin with 'zzz'")


class TestJson:
    """With --json standard output holds one JSON value and nothing else."""

    def test_of_doctor(self, pokerl):
        said = pokerl("doctor", "--json")
        assert {check["standing"] for check in said.json} <= {"ok", "missing", "optional"}

    def test_of_interfaces(self, pokerl, played):
        assert [each["manifest"]["name"] for each in pokerl("interfaces", "--json").json] == [
            "baseline",
            "pixels",
            "starter",
        ]
        assert pokerl("interfaces", played, "--json").json[0]["digest"]

    def test_of_states(self, pokerl, played, tmp_path):
        rows = pokerl("states", played, "--json").json
        assert [row["frame"] for row in rows] == [9, 13]
        picture = tmp_path / "a.png"
        said = pokerl("states", played, "--picture", rows[0]["digest"][:10], "--out", picture, "--json")
        assert said.json == {"picture": str(picture)}
        assert picture.read_bytes().startswith(b"\x89PNG")

    def test_of_play(self, pokerl, experiment):
        said = pokerl("play", experiment, "--json", "--runs", "r", "--minutes", "0.5")
        assert said.code == 0
        assert said.json["attempt"]["trunk_frames"] == 9
        assert (Path(said.json["folder"]) / "events.jsonl").is_file()

    def test_of_run(self, pokerl, experiment):
        said = pokerl("run", experiment, "--json", "--runs", "r")
        assert said.code == 0
        assert (said.json["stop"], said.json["attempts"], said.json["answer"]) == ("answered", [], "done")


class TestTables:
    """Readable in 80 columns, and what models wrote is text: no markup, no escape sequences."""

    def test_of_states(self, pokerl, played):
        said = pokerl("states", played)
        assert said.code == 0
        assert "\x1b" not in said.out
        assert "[bold]" in said.out
        assert max(map(len, said.out.splitlines())) <= 80

    def test_of_interfaces(self, pokerl, played):
        for words in (("interfaces",), ("interfaces", played)):
            said = pokerl(*words)
            assert "starter" in said.out
            assert max(map(len, said.out.splitlines())) <= 80

    def test_of_interfaces_keep_brackets(self, pokerl, run_copy, tmp_path):

        folder = write_interface(tmp_path / "i", "def go(game, path: list[str]) -> dict[str, int]: ...")
        console = Console(width=120, record=True, file=io.StringIO())
        console.print(interfaces_list([load_interface(folder)]), plain("[/x]"))
        assert "go(path: list[str])" in console.export_text()

    def test_of_doctor(self, pokerl):
        said = pokerl("doctor")
        assert said.code in (0, 1)
        assert max(map(len, said.out.splitlines())) <= 80
        assert "POKERL_ROM" in said.out


def test_a_failed_attempt_is_exit_code_1_and_its_folder_is_kept(pokerl, experiment, tmp_path):
    folder = write_interface(tmp_path / "mine", name="wordless")
    turn = experiment.parent / "script" / "player-wordless" / "01.md"
    turn.parent.mkdir()
    turn.write_text("+++\nnonsense\n+++\n")
    said = pokerl("play", experiment, "--interface", folder, "--runs", "r")
    assert said.code == 1
    assert "The front matter of turn 1" in said.err
    assert len(list(Path("r").iterdir())) == 1


def test_a_spent_budget_is_exit_code_3(pokerl, experiment):
    experiment.write_text(experiment.read_text() + "[player]\ntokens = 10\n[designer]\ntokens = 10\n")
    for verb in ("play", "run"):
        said = pokerl(verb, experiment, "--runs", "r")
        assert said.code == 3
        assert "tokens" in said.err


def test_version_and_help(pokerl):
    assert pokerl("version").out.strip()[0].isdigit()
    said = pokerl("--help")
    for verb in ("run", "play", "replay", "audit", "doctor", "interfaces", "states"):
        assert f"\n  {verb} " in said.out
