"""Run folders that came from somebody else: verbs read them, say in a sentence what is wrong, and do nothing more."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from pokerl.audit import to_markdown, to_rich
from pokerl.commands import audits, checking, films, interfaces, output, settings
from pokerl.errors import InterfaceProblem, PokerlError, StateRejected
from pokerl.replay import VideoSettings
from pokerl.states import checkpoints
from tests.play import stage

DIGEST = "a" * 64
LURE = "\x1b[2J\x1b]0;owned\x07\u202e\x9b31m[bold red]"
VALUES = [None, -1, 2**70, 1.5, 1e300, "", LURE, "../..", "/etc/passwd", [], {}, [[1, 2]], [[1]], {"a": 1}, DIGEST]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run in which all kinds of things happened."""
    base = tmp_path_factory.mktemp("downloaded")
    with stage.opened(base) as run:
        played = stage.play(
            run,
            base,
            "c = game.checkpoint('x'); game.press('a'); game.restore(c); go(3); game.poke(0xD369, 8)\n"
            "game.commit('y')\ntry: game.read_rom(999, 0, 1)\nexcept Exception: pass",
            stage.FINISH,
            tools="def go(game, n: int):\n    game.wait(n)",
        )
        run.record("version_written", version="t1", hash=DIGEST, files=[], capabilities=[], tools=[{"name": "go"}])
        assert played.result.outcome == "answered"
        return run.folder


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "run"))


def terminal() -> tuple[output.Terminal, io.StringIO]:
    drawn = io.StringIO()
    return output.Terminal(file=drawn, force_terminal=True, width=200), drawn


def verbs(folder: Path) -> dict[str, Callable[[], object]]:
    console, _ = terminal()

    def audit() -> None:
        found = audits.audit_with_bar(folder, rom="", console=console)
        to_markdown(found)
        console.print(to_rich(found), audits.provenance_table(found))

    gif = folder.parent / "out.gif"
    return {
        "check": lambda: checking.show_checkup(checking.check_folder(folder), console),
        "audit": audit,
        "states": lambda: console.print(checkpoints.checkpoints_table(checkpoints.list_checkpoints(folder))),
        "replay": lambda: films.film(folder, "", gif, VideoSettings(), rom="", console=console),
        "interfaces": lambda: interfaces.list_interfaces(folder),
        "play": lambda: interfaces.find_interface(f"{folder}:t1"),
        "resume": lambda: settings.settings_for(
            None, resume=folder, mode="", model="", rom="", runs="", sandbox=""
        ),
    }  # fmt: skip


def change_one_place(tree: Any, chance: random.Random) -> None:
    def places(node: Any) -> Iterator[tuple[Any, Any]]:
        for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            yield node, key
            yield from places(node[key])

    node, key = chance.choice(list(places(tree)))
    if isinstance(node, dict) and chance.random() < 0.3:
        del node[key]
    else:
        node[key] = chance.choice(VALUES)


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_log_is_read_or_refused_in_a_sentence(copy, seed):
    chance = random.Random(seed)
    lines = [json.loads(line) for line in (copy / "events.jsonl").read_text().splitlines()]
    change_one_place(chance.choice(lines), chance)
    (copy / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for verb in verbs(copy).values():
        try:
            verb()
        except PokerlError as problem:
            assert problem.message.endswith((".", "?")), problem.message


@pytest.mark.parametrize("verb", ["check", "audit", "states", "replay"])
@pytest.mark.parametrize("name", ["events.jsonl", "manifest.json"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_in_place_of_a_file_is_refused(copy, verb, name, kind):
    (copy / name).unlink()
    if kind == "pipe":
        os.mkfifo(copy / name)
    else:
        (copy / name).symlink_to("/dev/zero")
    if (verb, name) == ("check", "manifest.json"):
        assert not checking.check_folder(copy).ok
        return
    with pytest.raises(PokerlError):
        verbs(copy)[verb]()


def test_states_that_are_pipes_devices_or_bombs_are_faults(copy):
    states = sorted((copy / "states").glob("*.zst"))
    states[0].unlink()
    os.mkfifo(states[0])
    (copy / "states" / f"{DIGEST}.zst").symlink_to("/dev/zero")
    with (copy / "states" / f"{'b' * 64}.zst").open("wb") as sparse:
        sparse.truncate(2**40)
    found = checking.check_folder(copy)
    assert found.wrong == 3


def test_a_state_over_which_the_emulator_dies_or_hangs_is_a_fault():
    with pytest.raises(StateRejected, match="dies or hangs"):
        checking._load_apart(lambda: os.kill(os.getpid(), 9))
    with pytest.raises(StateRejected, match=r"^Damaged\.$"):
        checking._load_apart(refuse)
    checking._load_apart(lambda: None)


def refuse() -> None:
    raise StateRejected("Damaged.")


def test_an_input_longer_than_any_act_is_refused(copy):
    text = (copy / "events.jsonl").read_text()
    (copy / "events.jsonl").write_text(text.replace('"runs":[[0,3]]', '"runs":[[0,300000000000]]'))
    with pytest.raises(PokerlError, match="is no event"):
        verbs(copy)["replay"]()


def test_a_version_must_be_what_its_hash_says(copy, tmp_path):
    stage.write_interface(copy / "interface" / DIGEST)
    for verb in ("interfaces", "play"):
        with pytest.raises(InterfaceProblem, match="not what its hash says"):
            verbs(copy)[verb]()
    text = (copy / "events.jsonl").read_text()
    (copy / "events.jsonl").write_text(text.replace(DIGEST, "../../elsewhere"))
    stage.write_interface(tmp_path / "elsewhere")
    for verb in ("interfaces", "play"):
        with pytest.raises(PokerlError, match="is no event"):
            verbs(copy)[verb]()


def test_to_repeat_a_run_does_not_reach_for_the_computers_that_it_names(copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["settings"]["executor"] = "ray:ray://elsewhere:10001"
    (copy / "manifest.json").write_text(json.dumps(manifest))
    repeated = settings.settings_for(None, None, copy, mode="", model="", rom="", runs="", sandbox="")
    assert (repeated.executor, repeated.cassette) == ("", str(copy))


def test_pictures_are_not_written_through_a_link(copy):
    own = copy.parent / "own"
    own.write_text("mine")
    digest = checkpoints.list_checkpoints(copy)[0].digest
    (copy / f"{digest[:12]}.png").symlink_to(own)
    checkpoints.draw_checkpoint(copy, digest, None, rom="")
    assert own.read_text() == "mine"


def test_nothing_that_is_printed_is_obeyed(copy, capsys):
    text = (copy / "events.jsonl").read_text()
    lure = json.dumps(LURE)[1:-1]
    (copy / "events.jsonl").write_text(text.replace('"a001"', f'"{lure}"').replace('"t1"', f'"{lure}"'))
    console, drawn = terminal()
    found = audits.audit_with_bar(copy, rom="", console=console)
    console.print(to_rich(found), audits.provenance_table(found), LURE, Text(LURE))
    console.print(checkpoints.checkpoints_table(checkpoints.list_checkpoints(copy)))
    output.print_error(PokerlError(LURE, LURE))
    said = drawn.getvalue() + capsys.readouterr().err
    assert [mark for mark in ("\x1b[2J", "\x1b]0;", "\x07", "\u202e", "\x9b") if mark in said] == []
    assert "[bold red]" in said
    assert "## Milestones of \x1b" not in to_markdown(found)
