"""A replay shows what the record says, and notices when it does not."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from pokerl.errors import RomProblem, RunFolderProblem, StateRejected
from pokerl.replay import open_record, replay
from pokerl.replay.shots import shots
from pokerl.replay.verify import open_machine
from pokerl.timeline import Run, read_events
from pokerl.timeline.states import StateStore
from tests.replay.runs import RunFolder, downstairs, new_game, tamper, wander


def replayed(run, rom, attempt="a001", **options):
    record = open_record(run)
    return replay(record, record.tree.trunk(attempt), rom, **options)


def test_a_fresh_machine_agrees_with_every_checkpoint_of_the_trunk(played_run, demo_rom):
    shown = replayed(played_run, demo_rom)
    assert shown.agrees and shown.disagreement is None
    assert shown.checks == 2 and shown.last_check == shown.end == shown.frames
    assert [one.name for one in shown.reached] == ["bedroom_left"]


def test_it_agrees_across_branches_that_other_machines_explored(demo_rom, nursery, tmp_path):
    run = RunFolder(tmp_path / "run", demo_rom, nursery)

    def play(handle):
        new_game(handle.control)
        start = handle.control.checkpoint().checkpoint
        with run.machine("a001", start) as scout:
            wander(scout.control, 7, seed=9)
            found = scout.control.checkpoint().checkpoint
        handle.control.restore(found)
        wander(handle.control, 9, seed=10)
        handle.control.commit()

    run.attempt("a001", play)
    record = open_record(run.folder)
    trunk = record.tree.trunk("a001")
    assert len({segment.machine for segment in trunk}) == 2
    assert replay(record, trunk, demo_rom).agrees


def test_a_record_has_every_event_but_the_inputs_which_are_in_its_tree(played_run):
    record = open_record(played_run)
    written = list(read_events(played_run))
    assert list(record.events) == [event for event in written if event.kind != "input"]
    held = [run for event in written if event.kind == "input" for run in event.data["runs"]]
    acts = [act for segment in record.tree.segments for act in segment.acts if isinstance(act, Run)]
    assert held and sorted(held) == sorted([act.mask, act.frames] for act in acts)


def test_the_milestones_come_at_the_recorded_frames(played_run, demo_rom):
    record = open_record(played_run)
    recorded = [one for segment in record.tree.trunk("a002") for one in segment.milestones]
    shown = replayed(played_run, demo_rom, "a002")
    assert [(one.name, one.frame) for one in shown.reached] == recorded
    assert [name for name, _ in recorded] == ["bedroom_left", "starter"]


def test_without_pokes_only_what_was_played_is_reached(played_run, demo_rom):
    shown = replayed(played_run, demo_rom, "a002", without_pokes=True)
    assert shown.pokes == 2 and shown.agrees
    assert [one.name for one in shown.reached] == ["bedroom_left"]


def test_the_machine_is_sampled_along_the_way_without_changing_anything(played_run, demo_rom):
    frames = []
    shown = replayed(played_run, demo_rom, sample=lambda machine: frames.append(machine.frame))
    assert shown.agrees
    assert frames == list(range(0, shown.end + 1, 16))


def longer_input(event):
    event["data"]["runs"][0][1] += 1


def other_button(event):
    event["data"]["runs"][0][0] ^= 0x10


def other_hash(event):
    event["data"]["ram"] = "0" * 64


def other_poke(event):
    event["data"]["after"] = "ff"


def other_ground(event):
    event["data"]["before"] = "7f"


def other_frame(event):
    event["frame"] -= 1


def other_name(event):
    event["data"]["name"] = "won"


@pytest.mark.parametrize(
    ("kind", "change", "what"),
    [
        ("input", longer_input, "frame"),
        ("checkpoint", other_hash, "ram"),
        ("poke", other_poke, "ram"),
        ("poke", other_ground, "poke"),
        ("milestone", other_frame, "milestone"),
        ("milestone", other_name, "milestone"),
    ],
)
def test_tampering_is_noticed(copied_run, demo_rom, kind, change, what):
    tamper(copied_run, kind, change, "a002")
    shown = replayed(copied_run, demo_rom, "a002")
    assert not shown.agrees and shown.disagreement.what == what


def test_another_button_is_noticed(copied_run, demo_rom):
    def turn_back(event):
        event["data"] = {"runs": [[0x20, 16], [0, 4]], "tool": "walk"}

    log = copied_run / "events.jsonl"
    assert '"runs":[[16,16],[0,4]]' in log.read_text()
    log.write_text(log.read_text().replace('"runs":[[16,16],[0,4]]', '"runs":[[32,16],[0,4]]'))
    assert not replayed(copied_run, demo_rom).agrees


def test_a_milestone_left_out_of_the_record_is_noticed(copied_run, demo_rom):
    log = copied_run / "events.jsonl"
    log.write_text("".join(line for line in log.read_text().splitlines(keepends=True) if '"milestone"' not in line))
    shown = replayed(copied_run, demo_rom)
    assert shown.disagreement.what == "milestone" and "bedroom_left at" in shown.disagreement.replayed


def test_a_segment_must_begin_where_its_parent_ended(copied_run, demo_rom):
    record = open_record(copied_run)
    last = record.tree.trunk("a001")[-1]
    log = copied_run / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    started = next(n for n, line in enumerate(lines) if '"segment_started"' in line and last.identifier in line)
    lines[started] = lines[started].replace(last.start, "1" * 64)
    log.write_text("".join(lines))
    assert replayed(copied_run, demo_rom).disagreement.what == "start"


def test_a_path_can_begin_at_a_trusted_state(played_run, demo_rom, nursery, tmp_path):
    record = open_record(played_run)
    bedroom = StateStore(played_run).get(record.tree.trunk("a001")[0].checkpoint)
    run = RunFolder(tmp_path / "run", demo_rom, nursery)
    start = StateStore(run.folder).put(msgspec.structs.replace(bedroom, attempt="", machine="", segment=""))
    with run.machine("a001", start) as handle:
        downstairs(handle.control)
        handle.control.commit()
    shown = replayed(run.folder, demo_rom)
    assert shown.agrees and shown.origin == start and shown.frames < shown.end
    assert [one.name for one in shown.reached] == ["bedroom_left"]
    path = StateStore(run.folder).path(start)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(StateRejected):
        replayed(run.folder, demo_rom)


def test_another_rom_is_refused(played_run, demo_rom, tmp_path):
    content = bytearray(demo_rom.read_bytes())
    content[-1] ^= 1
    other = tmp_path / "other.gb"
    other.write_bytes(content)
    with pytest.raises(RomProblem):
        replayed(played_run, other)


@pytest.mark.parametrize("runs", [[["a", 1]], [[1, -1]], [[300, 1]], [[1, "1"]], 5])
def test_an_input_that_no_machine_records_is_a_damaged_run(copied_run, demo_rom, runs):
    tamper(copied_run, "input", lambda event: event["data"].update(runs=runs))
    with pytest.raises(RunFolderProblem):
        replayed(copied_run, demo_rom)


@pytest.mark.parametrize("manifest", [None, "", "{", "{}", '{"format": 99, "cartridge": "demo", "rom_sha1": ""}'])
def test_a_run_folder_without_a_usable_manifest_is_refused(copied_run, manifest):
    path = copied_run / "manifest.json"
    path.unlink() if manifest is None else path.write_text(manifest)
    with pytest.raises(RunFolderProblem):
        open_record(copied_run)


def test_a_log_cut_short_in_its_last_line_is_replayed_up_to_there(copied_run, demo_rom):
    log = copied_run / "events.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 3 + 7])
    assert replayed(copied_run, demo_rom).agrees


def test_the_replayed_screen_is_the_machines(demo_rom, nursery, tmp_path):
    run = RunFolder(tmp_path / "run", demo_rom, nursery)
    screens = []

    def play(handle):
        new_game(handle.control)
        downstairs(handle.control)
        handle.control.wait(30)
        screens.append(handle.control.act(screen=True).screen)

    run.attempt("a001", play)
    record = open_record(run.folder)
    machine = open_machine(record, demo_rom)
    *_, last = shots(machine, record.tree.trunk("a001"), 1000)
    machine.close()
    assert np.array_equal(last.picture.tobytes(), screens[0])
