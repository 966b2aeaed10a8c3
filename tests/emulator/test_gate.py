"""The gate: what a socket may do depends on the socket, and all that happens is recorded."""

from __future__ import annotations

import time

import pytest

from pokerl.emulator import Gate, Machine, MachineSettings
from pokerl.emulator.capability import CAPABILITIES, MODES
from pokerl.emulator.gate import refused
from pokerl.emulator.journal import COUNTED_TOOLS, OTHER_TOOLS, RECORDED_REFUSALS
from pokerl.emulator.protocol import (
    BUTTONS,
    MAXIMUM_ACT_FRAMES,
    Act,
    Acted,
    Checkpoint,
    Commit,
    Condition,
    Hold,
    Node,
    Poke,
    Poked,
    ReadRom,
    Refused,
    Restore,
    RomRead,
    Span,
    Standing,
    Status,
    Until,
)
from pokerl.emulator.rights import HOST, Rights
from pokerl.errors import CapabilityDenied, StateRejected, UsageProblem
from pokerl.timeline import Recorder, StateStore, Tree, read_events

A, UP = BUTTONS["a"], BUTTONS["up"]

REQUESTS = {
    "press": [Act([Hold(A, 1)])],
    "screen": [Act(screen=True)],
    "ram.read": [Act(reads=[Span(0xD000, 4)])],
    "rom.read": [ReadRom(1, 0x4000, 8), Act(reads=[Span(0x0100, 4)])],
    "branch": [Checkpoint()],
    "ram.write": [Poke(0xC800, b"\x01")],
}


@pytest.fixture(scope="module")
def machine(rom):
    machine = Machine(rom.path, rom.cartridge)
    yield machine
    machine.close()


@pytest.fixture
def open_gate(machine, rom, run_folder):
    """A gate on one machine in this process, switched on again for each."""
    power_on = Machine(rom.path, rom.cartridge)
    saved = power_on.save()
    power_on.close()
    recorder = Recorder(run_folder)

    def open_gate(capabilities=CAPABILITIES, **given):
        machine.load(saved)
        settings = {"rom": str(rom.path), "cartridge": rom.cartridge.identifier, "attempt": "a001"}
        settings |= {"capabilities": list(capabilities), "run_folder": str(run_folder)} | given
        gate = Gate(machine, recorder, MachineSettings(**settings), store=StateStore(run_folder))
        gate.open()
        return gate

    yield open_gate
    recorder.close()


@pytest.fixture
def events(run_folder):
    def events(kind):
        return [event for event in read_events(run_folder) if event.kind == kind]

    return events


def ask(gate, request):
    return gate.handle(request, gate.client_rights)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_each_request_needs_its_capability_and_no_other(open_gate, capability):
    alone, without = open_gate([capability]), open_gate([one for one in CAPABILITIES if one != capability])
    for request in REQUESTS[capability]:
        assert not isinstance(ask(alone, request), Refused)
        answer = ask(without, request)
        assert isinstance(answer, Refused)
        assert answer.error == "CapabilityDenied"
        assert capability in answer.message


def test_waiting_for_a_byte_needs_ram_read_and_waiting_for_a_still_picture_needs_screen(open_gate):
    byte, still = Act([Until([Condition(0xC000)], 2)]), Act([Until([], 2)])
    for request, capability in ((byte, "ram.read"), (still, "screen")):
        assert not isinstance(ask(open_gate(["press", capability]), request), Refused)
        assert isinstance(ask(open_gate(["press"]), request), Refused)


def test_a_span_across_the_end_of_the_rom_needs_both_reads(open_gate):
    across = Act(reads=[Span(0x7FFF, 2)])
    assert isinstance(ask(open_gate(["rom.read"]), across), Refused)
    assert isinstance(ask(open_gate(["ram.read"]), across), Refused)
    assert isinstance(ask(open_gate(["ram.read", "rom.read"]), across), Acted)


def test_the_named_modes_differ_as_they_say(open_gate):
    poke, read = Poke(0xC800, b"\x01"), Act(reads=[Span(0xD000, 1)])
    assert isinstance(ask(open_gate(MODES["open"]), poke), Poked)
    assert isinstance(ask(open_gate(MODES["fair"]), poke), Refused)
    assert isinstance(ask(open_gate(MODES["fair"]), read), Acted)
    assert isinstance(ask(open_gate(MODES["pixels"]), read), Refused)


def test_an_unknown_capability_is_a_mistake_of_the_host(open_gate):
    with pytest.raises(UsageProblem, match="walk"):
        open_gate(["walk"])


def test_what_was_held_is_recorded_frame_by_frame_before_it_is_answered(open_gate, events):
    gate = open_gate()
    answer = ask(gate, Act([Hold(A, 3), Hold(A, 2), Hold(0, 4)], tool="walk"))
    assert (answer.ran, answer.frame) == (9, 9)
    (event,) = events("input")
    assert event.data == {"runs": [[A, 5], [0, 4]], "tool": "walk"}
    assert (event.frame, event.segment, event.attempt) == (9, "m0001-0001", "a001")


def test_a_wait_is_recorded_as_the_frames_that_really_ran(open_gate, events):
    answer = ask(open_gate(), Act([Until([Condition(0xFF44, "<", 0)], 33, buttons=UP)]))
    assert (answer.met, answer.ran) == ([False], 33)
    assert events("input")[0].data["runs"] == [[UP, 33]]


def test_a_condition_that_holds_already_takes_no_frames(open_gate, events):
    answer = ask(open_gate(), Act([Until([Condition(0xC800, "==", 0)], 100)]))
    assert (answer.met, answer.ran) == ([True], 0)
    assert events("input") == []


def test_a_condition_must_hold_on_as_many_frames_as_asked(open_gate):
    answer = ask(open_gate(), Act([Until([Condition(0xC800, "==", 0)], 100, stable=5)]))
    assert (answer.met, answer.ran) == ([True], 4)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (Condition(0xC800, "==", 0x5A), True),
        (Condition(0xC800, "!=", 0x5A), False),
        (Condition(0xC800, "<", 0x5B), True),
        (Condition(0xC800, ">", 0x5A), False),
        (Condition(0xC800, "==", 0x0A, mask=0x0F), True),
        (Condition(0xC800, "changed"), False),
    ],
)
def test_conditions_compare_one_byte(open_gate, condition, met):
    gate = open_gate()
    gate.handle(Poke(0xC800, b"\x5a"), HOST)
    assert ask(gate, Act([Until([condition], 1)])).met == [met]


def test_a_still_picture_ends_a_wait_for_one(open_gate):
    gate = open_gate()
    ask(gate, Act([Hold(0, 4)]))
    answer = ask(gate, Act([Until([], 3000, stable=3)]))
    assert answer.met == [True]
    assert 3 <= answer.ran < 3000


def test_reads_and_picture_are_of_the_moment_after_the_steps(open_gate, machine):
    answer = ask(open_gate(), Act([Hold(0, 120)], [Span(0xC000, 16), Span(0xFF80, 8)], screen=True))
    assert answer.reads == [machine.read(0xC000, 16), machine.read(0xFF80, 8)]
    assert answer.screen == machine.screen().tobytes()


@pytest.mark.parametrize(
    "act",
    [
        Act([Hold(0, MAXIMUM_ACT_FRAMES), Hold(0, 1)]),
        Act([Until([], 100_000)] * 3),
        Act(reads=[Span(0xC000, 0x4000)] * 65),
    ],
)
def test_an_act_out_of_all_proportion_is_refused_before_it_begins(open_gate, machine, act):
    assert ask(open_gate(), act).error == "UsageProblem"
    assert machine.frame == 0


def test_a_poke_is_recorded_with_what_stood_there_and_why(open_gate, events):
    gate = open_gate()
    ask(gate, Poke(0xC800, b"\x01\x02"))
    assert ask(gate, Poke(0xC800, b"\x03\x04", tool="cheat", why="to win")) == Poked(b"\x01\x02")
    data = events("poke")[-1].data
    assert data == {"address": 0xC800, "before": "0102", "after": "0304", "tool": "cheat", "why": "to win"}


def test_a_refusal_is_recorded_with_the_capability_that_was_missing(open_gate, events):
    ask(open_gate(["press"]), Poke(0xC800, b"\x01", tool="cheat"))
    (event,) = events("refusal")
    assert event.data["request"] == "poke"
    assert event.data["capability"] == "ram.write"
    assert event.data["tool"] == "cheat"


def test_asking_in_vain_cannot_fill_the_disk(open_gate, events):
    gate = open_gate(["press"])
    for _ in range(RECORDED_REFUSALS + 50):
        ask(gate, Checkpoint())
    gate.close("stopped")
    assert len(events("refusal")) == RECORDED_REFUSALS
    assert events("machine_ended")[0].data["refusals"] == RECORDED_REFUSALS + 50


def test_capabilities_used_are_counted_by_tool_from_one_checkpoint_to_the_next(open_gate, events):
    gate = open_gate()
    ask(gate, Act([Hold(0, 1)], [Span(0xC000, 1)], tool="walk"))
    ask(gate, Act([Hold(0, 1)], tool="walk"))
    ask(gate, Checkpoint(tool="save"))
    ask(gate, Act(reads=[Span(0xC000, 1)], tool="look"))
    gate.close("stopped")
    counts = [event.data["counts"] for event in events("capabilities_used")]
    assert counts == [{"walk": {"press": 2, "ram.read": 1}, "save": {"branch": 1}}, {"look": {"ram.read": 1}}]


def test_thousands_of_tool_names_are_counted_together(open_gate, events):
    gate = open_gate()
    for number in range(COUNTED_TOOLS + 10):
        ask(gate, Act(reads=[Span(0xC000, 1)], tool=f"tool {number}"))
    gate.close("stopped")
    assert events("capabilities_used")[0].data["counts"][OTHER_TOOLS] == {"ram.read": 10}


def test_a_checkpoint_closes_the_segment_and_a_restore_goes_on_from_it(open_gate, run_folder):
    gate = open_gate()
    ask(gate, Act([Hold(A, 30)]))
    first = ask(gate, Checkpoint(label="here"))
    ask(gate, Act([Hold(UP, 20)]))
    assert ask(gate, Restore(first.checkpoint)) == first
    ask(gate, Act([Hold(0, 5)]))
    one, two, three = Tree.from_events(read_events(run_folder)).segments
    assert (one.checkpoint, one.ram, one.end_frame) == (first.checkpoint, first.ram, 30)
    assert (two.parent, two.checkpoint, two.end_frame) == (one.identifier, "", 50)
    assert (three.parent, three.start, three.start_frame) == (one.identifier, first.checkpoint, 30)
    status = ask(gate, Status())
    assert (status.frame, status.total_frames, status.segment) == (35, 55, three.identifier)


def test_a_commit_is_a_checkpoint_that_ends_the_trunk(open_gate, run_folder):
    gate = open_gate()
    ask(gate, Act([Hold(A, 30)]))
    assert isinstance(ask(gate, Commit(label="done")), Node)
    ask(gate, Act([Hold(A, 30)]))
    (segment,) = Tree.from_events(read_events(run_folder)).trunk("a001")
    assert segment.committed
    assert segment.end_frame == 30


@pytest.mark.parametrize(
    ("capabilities", "commits", "allowed"),
    [(["press"], True, True), (["branch"], True, True), (["ram.read"], True, False), (["press"], False, False)],
)
def test_only_the_players_own_machine_commits(open_gate, capabilities, commits, allowed):
    answer = ask(open_gate(capabilities, commits=commits), Commit())
    assert isinstance(answer, Node if allowed else Refused)


def test_states_of_another_attempt_are_for_the_host_and_as_a_start(open_gate):
    theirs = ask(open_gate(attempt="a000"), Checkpoint()).checkpoint
    ours = open_gate(attempt="a001")
    assert ask(ours, Restore(theirs)).error == "StateRejected"
    assert isinstance(ours.handle(Restore(theirs), HOST), Node)
    assert isinstance(ask(open_gate(attempt="a001", start=theirs), Restore(theirs)), Node)


def test_a_start_state_that_is_missing_stops_the_machine_from_starting(open_gate):
    with pytest.raises(StateRejected):
        open_gate(start="0" * 64)


def test_after_the_deadline_only_the_host_acts(open_gate):
    gate = open_gate(deadline=time.monotonic() - 1)
    for request in (Act([Hold(0, 1)]), Act(reads=[Span(0xC000, 1)]), Checkpoint(), Commit(), Poke(0xC800, b"\x01")):
        assert ask(gate, request).error == "BudgetSpent"
    assert isinstance(ask(gate, Status()), Standing)
    assert isinstance(gate.handle(Commit(), HOST), Node)


def test_the_frame_limit_is_met_exactly_and_what_ran_until_then_is_recorded(open_gate, machine, events):
    gate = open_gate(frame_limit=1000)
    assert ask(gate, Act([Hold(0, 400)])).ran == 400
    assert ask(gate, Act([Hold(A, 300), Until([Condition(0xC800, "==", 1)], 5000)])).error == "BudgetSpent"
    assert machine.frame == 1000
    assert events("input")[-1].data["runs"] == [[A, 300], [0, 300]]
    assert ask(gate, Act(reads=[Span(0xC000, 1)])).error == "BudgetSpent"
    assert gate.handle(Act([Hold(0, 7)]), HOST).frame == 1007


def test_a_wait_that_ends_early_costs_only_what_it_ran(open_gate):
    gate = open_gate(frame_limit=1000)
    ask(gate, Act([Until([Condition(0xC800, "==", 0)], 900, stable=3)]))
    assert ask(gate, Status()).total_frames == 2


def test_a_rom_read_gives_the_file_and_no_more(open_gate, rom):
    gate = open_gate()
    assert ask(gate, ReadRom(0, 0x134, 4)) == RomRead(rom.path.read_bytes()[0x134:0x138])
    assert ask(gate, ReadRom(400, 0x4000, 4)).error == "UsageProblem"


def test_an_error_is_named_after_the_public_tree():
    assert refused(StateRejected("Damaged.", "Again.")) == Refused("StateRejected", "Damaged.", "Again.")
    with pytest.raises(CapabilityDenied) as caught:
        Rights(frozenset()).require({"press"})
    assert refused(caught.value).error == "CapabilityDenied"


def test_pokes_and_nodes_of_an_attempt_are_recorded_up_to_a_number(open_gate, monkeypatch, events):
    monkeypatch.setattr("pokerl.emulator.meter.MAXIMUM_RECORDS", 4)
    gate = open_gate()
    node = ask(gate, Checkpoint())
    for request in (Restore(node.checkpoint), Poke(0xC800, b"\1"), Commit()):
        assert not isinstance(ask(gate, request), Refused)
    for request in (Restore(node.checkpoint), Poke(0xC800, b"\1"), Commit(), Checkpoint()):
        assert ask(gate, request).error == "BudgetSpent"
    assert isinstance(ask(gate, Act([Hold(0, 1)])), Acted)
    assert isinstance(gate.handle(Commit(), HOST), Node)
    assert len(events("poke")) == 1


def test_nothing_is_done_that_would_fill_the_last_of_the_disk(open_gate, monkeypatch):
    gate = open_gate()
    monkeypatch.setattr("pokerl.emulator.gate.free_bytes", lambda _: 1000)
    for request in (Act([Hold(0, 1)]), Poke(0xC800, b"\1"), Checkpoint()):
        assert "of the disk are free" in ask(gate, request).message
    assert isinstance(gate.handle(Commit(), HOST), Node)
    monkeypatch.undo()
    assert isinstance(ask(gate, Act([Hold(0, 1)])), Acted)
