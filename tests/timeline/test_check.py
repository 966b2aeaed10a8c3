"""`pokerl check`: a whole record is found whole, and whatever is changed in it is found."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import msgspec
import pytest

from pokerl.cli import main
from pokerl.commands.checking import check_folder, require_whole
from pokerl.emulator.protocol import Hold
from pokerl.errors import AuditFailed, RunFolderProblem
from pokerl.timeline import StateStore
from pokerl.timeline.check import check_run
from tests.replay.runs import RunFolder


@pytest.fixture(scope="module")
def played(tmp_path_factory, nursery, rom) -> Path:
    """Two machines, a restore, a poke, a commit."""
    run = RunFolder(tmp_path_factory.mktemp("check") / "run", rom.path, nursery)
    with run.machine("a001") as handle:
        client = handle.control
        client.act([Hold(8, 20), Hold(0, 300)])
        node = client.checkpoint(label="first").checkpoint
        client.wait(30)
        client.poke(0xC800, b"\x01\x02", why="to see")
        with run.machine("a001", node) as scout:
            scout.control.press("a")
            scout.control.checkpoint()
        client.restore(node)
        client.wait(50)
        client.commit()
    run.recorder.close()
    return run.folder


@pytest.fixture
def run(played, tmp_path) -> Path:
    return Path(shutil.copytree(played, tmp_path / "copy"))


def change(run, first, fields):
    """Change the first line of a kind."""
    log = run / "events.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    event = next(one for one in lines if one["kind"] == first)
    for name, value in fields.items():
        (event if name in event else event["data"])[name] = value
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_whole_run_is_whole_and_its_states_are_loaded(run):
    found = check_folder(run)
    assert (found.ok, found.wrong, found.findings, found.notes) == (True, 0, (), ())
    assert (found.segments, found.checkpoints, found.states, found.loaded) == (6, 3, 3, 3)
    require_whole(found)


def test_what_is_no_run_folder_is_refused(tmp_path):
    with pytest.raises(RunFolderProblem):
        check_run(tmp_path)


@pytest.mark.parametrize(
    ("kind", "fields", "found"),
    [
        ("input", {"frame": 7}, "inputs"),
        ("input", {"runs": [[300, 1]]}, "no 'input'"),
        ("input", {"runs": [[8, -20]]}, "no 'input'"),
        ("input", {"segment": "m0009-0001"}, "never began"),
        ("machine_ended", {"segment": "m0009-0001"}, "never began"),
        ("input", {"machine": "m0007"}, "does not run"),
        ("poke", {"before": "00"}, "not as long"),
        ("poke", {"address": 0x100}, "no 'poke'"),
        ("checkpoint", {"ram": "0" * 64}, "RAM hash"),
        ("checkpoint", {"digest": "0" * 64}, "no savestate"),
        ("commit", {"digest": "0" * 64}, "does not end"),
        ("segment_started", {"segment": "m0001-0002"}, "second time"),
        ("segment_started", {"parent": "m0009-0001"}, "never began"),
        ("machine_started", {"kind": "machine_sterted"}, "no event"),
        ("machine_ended", {"machine": "m0001"}, "does not run"),
    ],
)
def test_a_changed_line_is_found(run, kind, fields, found):
    change(run, kind, fields)
    result = check_run(run)
    assert not result.ok
    assert any(found in finding.what for finding in result.findings), result.findings
    with pytest.raises(AuditFailed):
        require_whole(result)


def test_a_lost_line_that_others_build_on_is_found(run):
    log = run / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    kinds = [json.loads(line)["kind"] for line in lines]
    alone = {"poke", "commit", "capabilities_used", "machine_ended"}
    for place, kind in enumerate(kinds):
        if kind not in alone:
            log.write_text("".join(lines[:place] + lines[place + 1 :]))
            assert not check_run(run).ok, f"line {place + 1}, a {kind}, was not missed"


def test_a_torn_last_line_and_a_half_written_state_are_no_faults(run):
    with (run / "events.jsonl").open("a") as log:
        log.write('{"kind":"inp')
    (run / "states" / ".writing-abc").write_bytes(b"half")
    found = check_run(run)
    assert (found.ok, len(found.notes)) == (True, 2)


def test_a_state_of_which_nobody_told_is_a_note_if_it_is_whole(run):
    digest = StateStore(run).put(msgspec.structs.replace(_one_state(run), label="another"))
    assert [digest in note.where for note in check_run(run).notes] == [True]
    (run / "states" / f"{'0' * 64}.zst").write_bytes(b"nothing")
    assert not check_run(run).ok


def test_every_state_must_be_there_and_whole(run):
    for path in sorted((run / "states").iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert any("damaged" in finding.what for finding in check_run(run).findings)
        path.unlink()
        assert any("no savestate" in finding.what for finding in check_run(run).findings)
        path.write_bytes(content)
    assert check_run(run).ok


def test_a_state_whose_memory_is_not_what_it_says_is_found_where_it_can_be_loaded(run):
    """Forged from end to end: the file is whole and the log agrees, but the memory in it is another."""
    first = _one_state(run)
    forged = msgspec.structs.replace(first, ram="1" * 64)
    old = next(path.stem for path in (run / "states").iterdir() if StateStore(run).get(path.stem) == first)
    new = StateStore(run).put(forged)
    StateStore(run).path(old).unlink()
    log = run / "events.jsonl"
    log.write_text(log.read_text().replace(old, new).replace(first.ram, forged.ram))
    assert check_run(run).ok
    assert any("memory" in finding.what for finding in check_folder(run).findings)


def test_another_layout_is_told(run):
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    assert any("layout 99" in finding.what for finding in check_folder(run).findings)


def _one_state(run):
    store = StateStore(run)
    states = [store.get(path.stem) for path in (run / "states").iterdir()]
    return min(states, key=lambda state: (state.frame, state.segment))


@pytest.mark.parametrize(("damage", "code"), [(False, 0), (True, 4)])
def test_the_verb_ends_with_a_code_and_prints_json(run, monkeypatch, capsys, damage, code):
    if damage:
        change(run, "input", {"frame": 7})
    monkeypatch.setattr(sys, "argv", ["pokerl", "check", str(run), "--json"])
    try:
        main()
        ended = 0
    except SystemExit as end:
        ended = end.code or 0
    said = capsys.readouterr()
    assert ended == code
    assert json.loads(said.out)["ok"] is not damage
    assert ("damaged" in said.err) is damage
