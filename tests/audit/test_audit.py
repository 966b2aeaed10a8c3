"""The audit of a real run: what was earned, what was written, what was only claimed."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from pokerl.audit import audit_run, require_ok, to_json, to_markdown, to_rich
from pokerl.commands.checking import check_folder, require_whole
from pokerl.errors import AuditFailed, RomProblem, RunFolderProblem
from tests.replay.runs import RunFolder, downstairs, new_game, tamper


@pytest.fixture(scope="module")
def audit(played_run):
    return audit_run(played_run)


def attempt(audit, name):
    return next(one for one in audit.attempts if one.attempt == name)


def verdicts(audit, name):
    return {one.name: one.verdict for one in attempt(audit, name).provenance}


def test_what_was_played_is_earned_and_what_was_poked_is_written(audit):
    assert audit.ok and audit.problems == ()
    assert verdicts(audit, "a001") == {"bedroom_left": "earned"}
    assert verdicts(audit, "a002") == {"bedroom_left": "earned", "starter": "written"}


def test_the_evidence_is_in_words(audit):
    earned, written = attempt(audit, "a002").provenance
    assert earned.evidence == f"input-only replay of {earned_frames(audit)} frames reached it at frame {earned.frame:,}"
    assert "did not reach it" in written.evidence and "finish_story" in written.evidence


def earned_frames(audit):
    return f"{attempt(audit, 'a002').replay.frames:,}"


def test_honest_play_gives_no_finding(audit):
    assert attempt(audit, "a001").findings == ()


def test_each_write_is_decoded_and_matched(audit):
    story, money = audit.pokes
    assert (story.tool, story.why, story.signatures, story.on_trunk) == (
        "finish_story",
        "skip the lab",
        ("event",),
        True,
    )
    assert (money.changes[0].before, money.changes[0].after) == ("$3,000", "$999,999")
    found = {finding.signature: finding for finding in attempt(audit, "a002").findings}
    assert set(found) == {"event", "money"}
    assert all(finding.severity == "written" and finding.explained for finding in found.values())


def test_writes_on_discarded_branches_are_listed_as_such(demo_rom, nursery, tmp_path):
    run = RunFolder(tmp_path / "run", demo_rom, nursery)

    def play(handle):
        new_game(handle.control)
        bedroom = handle.control.checkpoint().checkpoint
        handle.control.poke(0xD74B, b"\x04")
        handle.control.wait(40)
        handle.control.restore(bedroom)
        downstairs(handle.control)
        handle.control.commit()

    run.attempt("a001", play)
    audit = audit_run(run.folder)
    assert [poke.on_trunk for poke in audit.pokes] == [False]
    assert verdicts(audit, "a001") == {"bedroom_left": "earned"}
    assert attempt(audit, "a001").findings == ()
    assert attempt(audit, "a001").exploration.found_elsewhere == ("starter",)


def test_what_was_tried_and_discarded_is_counted(audit):
    tried = attempt(audit, "a001").exploration
    assert tried.branches == 3 and tried.discarded_frames == (20 + 5 + 10 + 3) * 20
    assert tried.trunk_frames + tried.discarded_frames == attempt(audit, "a001").resources.frames
    assert [(one.times, one.in_battle) for one in tried.rerolls] == [(3, False)]


def test_costs_are_added_up_and_the_unknown_stays_unknown(audit):
    known, unknown = attempt(audit, "a001").resources, attempt(audit, "a002").resources
    assert (known.tokens, known.dollars, known.model_calls, known.wall_seconds) == (15, 0.25, 1, 1.5)
    assert (unknown.tokens, unknown.dollars, unknown.model_calls) == (17, None, 2)


def test_tools_are_listed_with_what_was_declared_and_what_was_measured(audit):
    first, second = audit.versions
    assert first.declared == ("press", "ram.read") and second.declared == ("press", "ram.write")
    assert "ram.write" not in first.used and second.used["ram.write"] == 2
    (walk,) = second.tools
    assert (walk.signature, walk.doc, walk.hint, walk.used) == ("walk(path)", "Walk a path.", ("press",), {"press": 8})
    assert second.unnamed["get_rich"] == {"ram.write": 1}


def test_refused_acts_are_counted(demo_rom, nursery, tmp_path, client_of):
    run = RunFolder(tmp_path / "run", demo_rom, nursery, mode="fair")

    def play(handle):
        with client_of(handle) as client:
            for _ in range(3):
                with pytest.raises(Exception, match=r"ram\.write"):
                    client.poke(0xD347, b"\x99", tool="get_rich")
            client.press("a")

    run.attempt("a001", play)
    (refusal,) = audit_run(run.folder).refusals
    assert (refusal.tool, refusal.capability, refusal.times) == ("get_rich", "ram.write", 3)


def test_a_changed_record_fails_the_audit(copied_run):
    tamper(copied_run, "milestone", lambda event: event["data"].update(name="won", title="Won the game"))
    audit = audit_run(copied_run)
    assert not audit.ok and verdicts(audit, "a001") == {"won": "claimed"}
    with pytest.raises(AuditFailed) as failure:
        require_ok(audit)
    assert failure.value.exit_code == 4


def test_a_changed_hash_fails_the_audit(copied_run):
    tamper(copied_run, "checkpoint", lambda event: event["data"].update(ram="0" * 64), "a002")
    audit = audit_run(copied_run)
    assert audit.problems[0].startswith("a002: at frame")
    assert attempt(audit, "a001").replay.agrees and not attempt(audit, "a002").replay.agrees


def test_a_poke_taken_out_of_the_record_fails_the_audit(copied_run):
    log = copied_run / "events.jsonl"
    log.write_text("".join(line for line in log.read_text().splitlines(keepends=True) if '"poke"' not in line))
    audit = audit_run(copied_run)
    assert not audit.ok and verdicts(audit, "a002") == {"bedroom_left": "earned", "starter": "claimed"}


def test_writes_in_a_mode_without_them_fail_the_audit(copied_run):
    tamper(copied_run, "attempt_started", lambda event: event["data"].update(mode="fair"), "a002")
    assert "although its mode is fair" in audit_run(copied_run).problems[0]


def test_a_path_whose_beginning_was_cut_away_fails_the_audit(copied_run):
    log = copied_run / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for line in lines if '"segment":"m0001-0001"' not in line))
    audit = audit_run(copied_run)
    assert not audit.ok and "whose path is not in the log" in audit.problems[0]


def test_an_attempt_that_never_played_is_audited_too(copied_run, demo_rom, nursery):
    RunFolder(copied_run, demo_rom, nursery).note("attempt_started", "a003", version="v3", interface="", mode="open")
    audit = audit_run(copied_run)
    assert audit.ok and attempt(audit, "a003").replay is None


def test_without_its_rom_nothing_is_audited(copied_run, tmp_path):
    with pytest.raises(RomProblem, match=r"gone\.gb"):
        audit_run(copied_run, tmp_path / "gone.gb")


DAMAGES = {
    "no event": lambda line: line[: len(line) // 2],
    "an act that no machine records": lambda line: line.replace('"address":', '"address":-'),
    "another type": lambda line: line.replace('"tool":"finish_story"', '"tool":[]'),
    "something that replays all the same": lambda line: line.replace("a002", "a009"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_fails_the_check_fails_the_audit_with_the_same_exit_code(copied_run, damage):
    log = copied_run / "events.jsonl"
    lines = log.read_text().splitlines()
    place = next(number for number, line in enumerate(lines) if "finish_story" in line and '"poke"' in line)
    log.write_text("".join(f"{damage(line) if number == place else line}\n" for number, line in enumerate(lines)))
    codes = []
    for examine in (lambda: require_whole(check_folder(copied_run)), lambda: require_ok(audit_run(copied_run))):
        with pytest.raises(AuditFailed) as failure:
            examine()
        codes.append(failure.value.exit_code)
    assert codes == [4, 4]


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunFolderProblem):
        audit_run(tmp_path)


def test_the_renderers_say_the_same(audit):
    plain = json.loads(to_json(audit))
    assert plain["ok"] is True and plain["attempts"][1]["provenance"][1]["verdict"] == "written"
    console = Console(width=400, record=True, file=io.StringIO())
    console.print(to_rich(audit))
    shown = console.export_text()
    for text in (shown, to_markdown(audit)):
        for words in ("earned", "written", "$999,999", "skip the lab", "reported by untrusted code", "unknown"):
            assert words in text


def test_untrusted_text_cannot_draw_in_a_report(demo_rom, nursery, tmp_path):
    run = RunFolder(tmp_path / "run", demo_rom, nursery)

    def play(handle):
        new_game(handle.control)
        handle.control.poke(0xD74B, b"\x04", tool="[red]x[/red]", why="a | b\n# earned\x1b[2J `c`")
        handle.control.wait(40)

    run.attempt("a001", play)
    audit = audit_run(run.folder)
    page = to_markdown(audit)
    assert "\x1b" not in page and "\n# earned" not in page and "a \\| b" in page
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(to_rich(audit))
    assert "[red]x[/red]" in console.export_text()
