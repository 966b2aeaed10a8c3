"""A full disk and a folder that cannot be written: a clear stop, and nothing corrupted."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pokerl.emulator.protocol import Hold
from pokerl.errors import MachineLost, PokerlError
from pokerl.timeline import StateStore, Tree, read_events
from pokerl.timeline.check import check_run
from tests.replay.runs import RunFolder


@pytest.fixture
def run(tmp_path, nursery, rom):
    run = RunFolder(tmp_path / "run", rom.path, nursery)
    yield run
    run.recorder.close()


def play_until_it_stops(handle):
    """Acts and checkpoints until one is refused; the error, and how many frames were acknowledged."""
    acknowledged = 0
    for number in range(2000):
        try:
            acknowledged = handle.control.act([Hold(number % 3, 7), Hold(0, 3)], tool="fill").frame
            if number % 5 == 4:
                handle.control.checkpoint(label="x" * 300)
        except PokerlError as error:
            return error, acknowledged
    raise AssertionError("the disk was never full")


@pytest.mark.parametrize("left", [900, 3000, 7777, 20_000])
def test_when_no_more_can_be_written_a_machine_stops_and_the_record_is_whole(run, left):
    """The limit on the size of a file stands for a full disk: of the log, or of a state."""
    with run.machine("a001") as handle:
        resource.prlimit(handle.process.pid, resource.RLIMIT_FSIZE, (left, left))
        error, acknowledged = play_until_it_stops(handle)
        assert "cannot be written" in error.message
        assert "space" in error.remedy
    found = check_run(run.folder)
    assert found.ok, found.findings
    assert len(found.notes) <= 1  # the state whose checkpoint could not be recorded any more
    assert Tree.from_events(read_events(run.folder)).segments[-1].end_frame == acknowledged


def with_mount(mount, code, *words):
    """Run Python after mounting something that only it sees."""
    script = f"{mount} && exec {sys.executable} -W ignore -c '{code}' {' '.join(map(str, words))}"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=120)
    if "unshare:" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no file system can be mounted here")
    return done


FULL = """
import json, sys
from pathlib import Path
from tests.timeline.test_full_disk import play_until_it_stops
from tests.replay.runs import RunFolder
from pokerl.emulator import Nursery
from pokerl.timeline.check import check_run
folder = Path(sys.argv[1]) / "run"
with Nursery() as nursery:
    run = RunFolder(folder, Path(sys.argv[2]), nursery)
    with run.machine("a001") as handle:
        error, acknowledged = play_until_it_stops(handle)
    handle.kill()
found = check_run(folder)
print(json.dumps([error.message, error.remedy, acknowledged, found.ok, found.events, found.wrong]))
"""


def test_a_full_file_system_stops_an_attempt_and_corrupts_nothing(tmp_path, rom):
    """On a file system of its own, 200 KiB large."""
    done = with_mount(f"mount -t tmpfs -o size=200k none {tmp_path}", FULL, tmp_path, rom.path)
    assert not done.returncode, done.stderr
    message, remedy, acknowledged, whole, events, wrong = json.loads(done.stdout.splitlines()[-1])
    assert "cannot be written" in message
    assert "space" in remedy
    assert acknowledged > 0 and events > 5
    assert (whole, wrong) == (True, 0)


READ_ONLY = """
import sys
from pathlib import Path
from pokerl.timeline import Event, Recorder, StateStore
from pokerl.errors import PokerlError
from tests.timeline.test_states import stored
for write in (lambda: Recorder(sys.argv[1]).append(Event("note", 1.0)), lambda: StateStore(sys.argv[1]).put(stored())):
    try:
        write()
    except PokerlError as error:
        print(error)
    else:
        print("written")
"""


def test_a_folder_that_may_only_be_read_is_told_so_and_stays_as_it_was(run):
    with run.machine("a001") as handle:
        handle.control.wait(20)
        handle.control.checkpoint()
    before = sorted((path.name, path.stat().st_size) for path in run.folder.rglob("*"))
    mount = f"mount --bind {run.folder} {run.folder} && mount -o remount,bind,ro {run.folder}"
    done = with_mount(mount, READ_ONLY, run.folder)
    lines = done.stdout.splitlines()
    assert len(lines) == 2, done.stderr
    assert all("cannot be written" in line and "writable" in line for line in lines)
    assert sorted((path.name, path.stat().st_size) for path in run.folder.rglob("*")) == before
    assert check_run(run.folder).ok


def test_a_machine_does_not_start_where_it_cannot_write(run, nursery):
    (run.folder / "events.jsonl").unlink()
    (run.folder / "events.jsonl").mkdir()
    with pytest.raises(PokerlError, match="cannot be written"):
        run.machine("a001")


def test_after_a_full_disk_the_run_goes_on_when_there_is_space_again(run):
    with run.machine("a001") as handle:
        resource.prlimit(handle.process.pid, resource.RLIMIT_FSIZE, (4000, 4000))
        play_until_it_stops(handle)
        with pytest.raises(MachineLost):
            handle.control.status()
    last = [one for one in Tree.from_events(read_events(run.folder)).segments if one.checkpoint][-1]
    with run.machine("a001", last.checkpoint) as handle:
        handle.control.wait(10)
        handle.control.commit()
    assert check_run(run.folder).ok
    assert StateStore(run.folder).get(last.checkpoint).frame == last.end_frame
