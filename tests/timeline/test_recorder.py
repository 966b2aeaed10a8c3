"""The log: what was acknowledged is there, whoever wrote and however they died."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerl.errors import PokerlError, RunFolderProblem
from pokerl.timeline import LOG_NAME, Event, Recorder, read_events


def event(number=0, text=""):
    return Event("note", at=1.5, attempt="a001", machine="m0001", frame=number, data={"text": text})


def test_events_come_back_as_they_were_written(run_folder):
    with Recorder(run_folder) as recorder:
        for number in range(3):
            recorder.append(event(number, "é\n☃"))
        recorder.sync()
    assert list(read_events(run_folder)) == [event(number, "é\n☃") for number in range(3)]


def test_a_line_is_plain_json(run_folder):
    with Recorder(run_folder) as recorder:
        recorder.append(event(7, "x"))
    line = json.loads((run_folder / LOG_NAME).read_text())
    assert (line["kind"], line["frame"], line["data"]) == ("note", 7, {"text": "x"})


def test_a_second_recorder_goes_on_where_the_first_stopped(run_folder):
    for number in range(2):
        with Recorder(run_folder) as recorder:
            recorder.append(event(number))
    assert [one.frame for one in read_events(run_folder)] == [0, 1]


WRITER = """
import sys
from pokerl.timeline import Event, Recorder
recorder = Recorder(sys.argv[1])
for number in range(int(sys.argv[3])):
    recorder.append(Event("note", 0.0, sys.argv[2], frame=number, data={"text": "x" * (number % 700)}))
    print(number, flush=True)
"""


def test_many_processes_and_threads_write_whole_lines_in_their_own_order(run_folder):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(run_folder), f"p{index}", "200"], stdout=subprocess.DEVNULL)
        for index in range(3)
    ]
    with Recorder(run_folder) as recorder:
        threads = [threading.Thread(target=lambda: [recorder.append(event(1)) for _ in range(200)]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    events = list(read_events(run_folder))
    assert len(events) == 1200
    for index in range(3):
        assert [one.frame for one in events if one.attempt == f"p{index}"] == list(range(200))


def test_an_acknowledged_event_survives_the_kill_of_its_writer(run_folder):
    command = [sys.executable, "-c", WRITER, str(run_folder), "p", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        acknowledged = [int(writer.stdout.readline()) for _ in range(50)][-1]
        time.sleep(0.05)
        writer.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) for line in writer.stdout.read().splitlines(True)[:-1])])
    frames = [one.frame for one in read_events(run_folder)]
    assert frames == list(range(len(frames)))
    assert frames[-1] >= acknowledged


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_torn_last_line_is_left_out_and_cut_off_by_the_next_writer(run_folder, cut):
    with Recorder(run_folder) as recorder:
        recorder.append(event(1))
        recorder.append(event(2, "torn"))
    log = run_folder / LOG_NAME
    os.truncate(log, log.stat().st_size - cut)
    assert [one.frame for one in read_events(run_folder)] == [1]
    with Recorder(run_folder) as recorder:
        recorder.append(event(3))
    assert [one.frame for one in read_events(run_folder)] == [1, 3]


def test_a_writer_that_is_open_already_cuts_off_the_torn_line_of_another(run_folder):
    with Recorder(run_folder) as recorder:
        recorder.append(event(1))
        with (run_folder / LOG_NAME).open("ab") as other:
            other.write(b'{"kind":"note","at":1')
        recorder.append(event(2))
    assert [one.frame for one in read_events(run_folder)] == [1, 2]


@pytest.mark.parametrize(
    "line", ["", "{}", "nonsense", '{"kind":"unheard","at":1}', '{"kind":"note","at":1,"x":2}', "[]"]
)
def test_a_damaged_line_is_named(run_folder, line):
    with Recorder(run_folder) as recorder:
        recorder.append(event(1))
    with (run_folder / LOG_NAME).open("a") as log:
        log.write(line + "\n")
    with pytest.raises(RunFolderProblem, match="Line 2"):
        list(read_events(run_folder))


def test_a_folder_without_a_log_is_no_run(tmp_path):
    with pytest.raises(RunFolderProblem, match="cannot be read"):
        list(read_events(tmp_path))


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    with pytest.raises(PokerlError, match="cannot be written"):
        Recorder(tmp_path / "missing")


def test_a_full_disk_leaves_the_log_as_it_was(run_folder):
    """The limit on the size of a file stands for the disk: it cuts a write short in the same way."""
    code = """
import resource, signal, sys
from pokerl.errors import PokerlError
from pokerl.timeline import Event, Recorder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
recorder = Recorder(sys.argv[1])
written = 0
try:
    while True:
        recorder.append(Event("note", 0.0, frame=written, data={"text": "x" * 100}))
        written += 1
except PokerlError as error:
    assert "space" in error.remedy
try:
    recorder.append(Event("note", 0.0, data={"text": "y" * 1000}))
except PokerlError:
    print(written)
"""
    done = subprocess.run([sys.executable, "-c", code, str(run_folder)], capture_output=True, text=True, check=True)
    events = list(read_events(run_folder))
    assert len(events) == int(done.stdout) > 3
    assert (run_folder / LOG_NAME).read_bytes().endswith(b"\n")
    with Recorder(run_folder) as recorder:
        recorder.append(event(99))
    assert list(read_events(run_folder))[-1].frame == 99


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=5))
def test_any_bytes_are_read_or_named_but_never_break_the_reader(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("run")
    (folder / LOG_NAME).write_bytes(b"\n".join(lines))
    try:
        assert all(isinstance(one, Event) for one in read_events(folder))
    except RunFolderProblem as problem:
        assert "Line" in problem.message
