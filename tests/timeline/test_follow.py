"""A growing log is read once, whole lines only, and without its inputs where they are not needed."""

from __future__ import annotations

from pokerl.timeline import Event, Follower, History, Recorder, read_events


def _input(segment: str, frame: int) -> Event:
    return Event(kind="input", at=1.0, machine="m0001", segment=segment, frame=frame, data={"runs": [[1, frame]]})


def test_a_follower_gives_each_event_once_and_in_order(run_folder):
    follower = Follower(run_folder)
    assert follower.new_events() == []
    with Recorder(run_folder) as recorder:
        recorder.append(_input("m0001-0001", 8))
        assert [event.frame for event in follower.new_events()] == [8]
        recorder.append(_input("m0001-0001", 16))
        recorder.append(Event(kind="note", at=2.0))
        assert [event.kind for event in follower.new_events()] == ["input", "note"]
    assert follower.new_events() == []


def test_a_line_still_being_written_waits_for_its_end(run_folder):
    with Recorder(run_folder) as recorder:
        recorder.append(Event(kind="note", at=1.0))
        follower = Follower(run_folder)
        with recorder.path.open("ab") as log:
            log.write(b'{"kind":"note","at"')
            log.flush()
            assert len(follower.new_events()) == 1
            log.write(b":2.0}\n")
    assert [event.at for event in follower.new_events()] == [2.0]


def test_the_history_leaves_inputs_out_but_knows_how_far_each_segment_came(run_folder):
    with Recorder(run_folder) as recorder:
        recorder.append(
            Event(kind="segment_started", at=1.0, segment="m0001-0001", data={"parent": "", "checkpoint": ""})
        )
        for frame in (8, 24, 40):
            recorder.append(_input("m0001-0001", frame))
        recorder.append(_input("m0001-0002", 56))
        history = History(run_folder)
        assert [event.kind for event in history.events()] == ["segment_started"]
        assert (history.last_frame("m0001-0001"), history.last_frame("m0001-0002")) == (40, 56)
        recorder.append(_input("m0001-0001", 72))
        assert history.last_frame("m0001-0001") == 72
        assert history.last_frame("m0009-0001") == 0


def test_the_events_of_a_tool_that_imitates_an_input_are_still_events(run_folder):
    with Recorder(run_folder) as recorder:
        recorder.append(Event(kind="note", at=1.0, data={"text": '{"kind":"input"'}))
    assert len(History(run_folder).events()) == len(list(read_events(run_folder))) == 1
