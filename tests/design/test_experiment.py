"""A whole experiment: whatever dies in one attempt, the next one is played, and all of it is in the run folder."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec
import pytest

from pokerl.budget import RESOURCES, Budget, Limits
from pokerl.design.experiment import run_experiment
from pokerl.design.results import attempts_of, best_attempt, version_rows
from pokerl.design.settings import DesignerSettings, ExperimentSettings
from pokerl.errors import ConfigurationProblem, ModelProblem, RomProblem
from pokerl.play.result import AttemptResult
from pokerl.play.run import Run
from pokerl.play.spent import spent_by_experiment
from pokerl.timeline import Event, Tree, read_events
from pokerl.timeline.manifest import read_manifest
from tests.play.stage import FINISH, Meddling, write_script
from tests.play.test_attempt import kill_machine

WRITE = '''
TOOLS = """
def go(game, far: int = 1) -> str:
    \\"\\"\\"Go on.\\"\\"\\"
    game.wait(far)
    return "gone"

def cheat(game) -> None:
    \\"\\"\\"Be rich.\\"\\"\\"
    game.poke("wPlayerMoney", 153, why="to be rich")
"""

def write(version, tools=TOOLS):
    wanted = '["press", "ram.read", "branch", "ram.write"]'
    workspace.write(version, "interface.toml", f'name = "{version}"\\ncapabilities = {wanted}\\n')
    workspace.write(version, "player.md", "Go on, and on.")
    workspace.write(version, "tools.py", tools)
'''


def lose_the_model(run: Run) -> Callable[[], None]:
    def lose() -> None:
        raise ModelProblem("The endpoint is gone.", "Start it again.")

    del run
    return lose


def meddling(turn: int, happen: Callable[[Run], Callable[[], None]]) -> Callable[..., AbstractContextManager[object]]:
    """Something that happens once, before that turn of the first player."""

    def watch(run: Run, _: Budget) -> AbstractContextManager[object]:
        run.model["player"] = Meddling(run.model["player"], turn, happen(run))  # type: ignore[index]
        return nullcontext()

    return watch


EVALUATE_TWICE = (
    f'{WRITE}\nwrite("v1")\nfirst = evaluate("v1"); print("FIRST", first.outcome, "|", first.reason)',
    'second = evaluate("v1"); print("SECOND", second.outcome)\nprint(len(attempts), attempts[0].outcome)',
    FINISH,
)


def told(folder: str | Path) -> str:
    return (Path(folder) / "transcripts" / "designer.jsonl").read_text()


@pytest.mark.parametrize(
    ("happen", "outcome", "reason"),
    [
        (kill_machine, "failed", "The player's machine process died (exit status -9)."),
        (lose_the_model, "failed", "The endpoint is gone."),
    ],
    ids=["machine", "model"],
)
def test_what_dies_in_an_attempt_is_explained_and_the_next_one_is_played(experiment, happen, outcome, reason):
    player = "go(20)", "go(20)", FINISH
    result = experiment({"designer": EVALUATE_TWICE, "player-v1": player}, watch=meddling(2, happen))
    assert [attempt.outcome for attempt in result.attempts] == [outcome, "answered"]
    assert reason in result.attempts[0].reason
    assert result.stop == "answered"
    assert f"FIRST {outcome} | {reason}" in told(result.folder)
    assert "SECOND answered" in told(result.folder)
    ended = [event for event in read_events(result.folder) if event.kind == "attempt_ended"]
    assert [event.data["outcome"] for event in ended] == [outcome, "answered"]


def test_a_worker_that_dies_for_good_is_explained_and_the_next_attempt_is_played(experiment):
    dying = ("import os; os._exit(9)",) * 5
    turns = {"designer": EVALUATE_TWICE, "player-v1": dying, "player-v1-2": ("go(20)", FINISH)}
    result = experiment(turns)
    assert [attempt.outcome for attempt in result.attempts] == ["failed", "answered"]
    assert "The worker was lost 5 times in a row" in result.attempts[0].reason


@pytest.fixture(scope="module")
def fair(tmp_path_factory) -> tuple[Path, list[AttemptResult]]:
    """An experiment in fair mode: a version that does not import, one that cheats, one whose worker is killed."""
    base = tmp_path_factory.mktemp("fair")
    write_script(
        base / "script", "designer",
        f'{WRITE}\nprint(game.state().summary()); game.press("start")\n'
        'write("v0", "import nothing_of_the_kind")\nevaluate("v0")',
        'write("v1"); print(workspace.check("v1"))\na = evaluate("v1"); print(a, a.refusals, a.errors)',
        'print(workspace.tools("v1", game).go(5)); b = game.branch(a.end); print("THERE", b.frame); b.close()',
        'workspace.copy("v1", "v2"); print(evaluate("v2", start=a.end)); show(a.look()); print(repr(attempts))',
        'answer["content"] = {"best": attempts[0].version}; answer["ready"] = True',
    )  # fmt: skip
    write_script(base / "script", "player-v1", "go(20)", "cheat()", FINISH)
    write_script(base / "script", "player-v2", "go(20)", FINISH)
    settings = ExperimentSettings(
        name="fair", cartridge="demo", mode="fair", runs=str(base / "runs"), scripted=str(base / "script")
    )
    result = run_experiment(settings, environment={"POKERL_ROM": "/nothing/here"})
    assert result.stop == "answered", result.reason
    return Path(result.folder), result.attempts


class TestAnExperimentInFairMode:
    def test_the_designer_saw_the_traceback_and_the_refusal(self, fair):
        text = told(fair[0])
        assert "No module named 'nothing_of_the_kind'" in text
        assert "Not granted in mode 'fair': ram.write" in text
        assert "cheat: This needs the capability 'ram.write', which is not granted here." in text
        assert "THERE 20" in text

    def test_the_refused_poke_never_happened(self, fair):
        folder, attempts = fair
        assert "ram.write" not in attempts[0].capabilities
        assert not any(event.kind == "poke" for event in read_events(folder))

    def test_the_folder_holds_all_that_it_should_and_no_rom(self, fair, demo_rom):
        folder, _ = fair
        assert {path.name for path in folder.iterdir()} == {
            "manifest.json", "events.jsonl", "states", "workspace", "interface", "transcripts",
        }  # fmt: skip
        content = demo_rom.read_bytes()
        for path in folder.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                assert content[0x4000:0x4200] not in data
                assert len(data) < len(content)

    def test_the_manifest_says_what_it_was(self, fair, demo_rom):
        manifest = read_manifest(fair[0])
        assert (manifest.name, manifest.cartridge, manifest.mode) == ("fair", "demo", "fair")
        assert manifest.rom == demo_rom.name
        assert manifest.rom_sha1 == hashlib.sha1(demo_rom.read_bytes()).hexdigest()
        assert manifest.sandbox in ("bubblewrap", "landlock")
        assert set(manifest.models.values()) == {"scripted"}
        assert manifest.settings["player"]["wall"] == "5h"

    def test_the_log_makes_a_tree_with_a_trunk_for_each_attempt(self, fair):
        folder, attempts = fair
        events = list(read_events(folder))
        tree = Tree.from_events(events)
        first, second = (tree.trunk(attempt.identifier) for attempt in attempts)
        assert first[-1].end_frame == attempts[0].trunk_frames == 20
        assert [segment.attempt for segment in second][-1] == attempts[1].identifier
        assert second[: len(first)] == first  # it began where the first one ended
        assert {events[0].kind, events[-1].kind} == {"experiment_started", "experiment_ended"}
        assert attempts_of(events) == attempts

    def test_each_version_that_was_tried_is_kept_by_its_hash(self, fair):
        folder, _ = fair
        written = [event.data for event in read_events(folder) if event.kind == "version_written"]
        assert [data["version"] for data in written] == ["v1", "v2"]
        assert {path.name for path in (folder / "interface").iterdir()} >= {data["hash"] for data in written}
        assert [tool["name"] for tool in written[0]["tools"]] == ["go", "cheat"]

    def test_results_are_a_row_a_version_and_the_best_is_a_full_run(self, fair):
        _, attempts = fair
        assert [(row.version, row.attempts) for row in version_rows(attempts)] == [("v1", 1), ("v2", 1)]
        assert best_attempt(attempts) == attempts[0]
        assert not attempts[1].from_power_on

    def test_a_win_by_buttons_alone_goes_before_a_quicker_one_that_wrote_memory(self):
        slow = AttemptResult(identifier="a001", version="v1", outcome="won", seconds=900)
        poked = AttemptResult(identifier="a002", version="v2", outcome="won", seconds=2, trunk_pokes=7)
        beaten = AttemptResult(identifier="a003", version="v3", outcome="answered", progress=0.9, seconds=1)
        assert best_attempt([beaten, poked, slow]) == slow
        assert best_attempt([beaten, poked]) == poked

    def test_what_was_spent_can_be_read_off_the_log(self, fair):
        folder, attempts = fair
        spent = spent_by_experiment(read_events(folder))
        frames = sum(attempt.frames for attempt in attempts)
        assert spent["frames"] > frames
        assert spent["tokens"] > sum(attempt.tokens for attempt in attempts)
        assert 0 < spent["wall_seconds"] < 600


def test_time_in_which_nobody_worked_does_not_count():
    def event(kind: str, at: float, **data: object) -> Event:
        return Event(kind, at, data=data)

    call = {"input_tokens": 5, "output_tokens": 2, "agent": "designer", "dollars": None, "waited": 4.0}
    query = call | {"agent": "designer/query", "dollars": 0.5, "waited": 0.0}
    scout = call | {"agent": "player-v1/scout-1", "waited": 0.0}
    events = [
        event("experiment_started", 100.0),
        event("model_call", 110.0, **call),
        event("experiment_resumed", 5000.0),
        event("input", 5002.0, runs=[[0, 5], [1, 7]]),
        event("experiment_resumed", 9000.0),
        event("model_call", 9001.0, **scout),
        event("model_call", 9002.0, **scout),
        event("model_call", 9003.0, **query),
    ]
    spent = {"wall_seconds": 15.0, "working_seconds": 11.0, "tokens": 28, "dollars": 0.5, "frames": 12, "sub_calls": 2}
    assert spent_by_experiment(events) == spent
    assert spent_by_experiment([]) == dict.fromkeys(RESOURCES, 0.0)


def test_the_budget_of_the_experiment_ends_it(experiment):
    turns = {"designer": ("game.wait(1)", FINISH)}
    result = experiment(turns, designer=DesignerSettings(tokens=10))
    assert result.stop == "budget"
    assert "tokens" in result.reason


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"rom": "/nothing/here.gb"}, RomProblem),
        ({"cartridge": "red"}, RomProblem),
        ({"scripted": ""}, ConfigurationProblem),
        ({"scripted": "no-such-folder"}, ConfigurationProblem),
        ({"sandbox": "castle"}, ConfigurationProblem),
        ({"runs": "/proc/nothing"}, ConfigurationProblem),
        ({"scout": {"agent": "nobody"}}, ConfigurationProblem),
    ],
)
def test_settings_that_cannot_work_leave_nothing_behind(experiment, tmp_path, given, problem):
    fields = {name: getattr(msgspec.convert(given, ExperimentSettings), name) for name in given}
    with pytest.raises(problem):
        experiment({"designer": (FINISH,)}, **fields)
    assert not (tmp_path / "runs").exists()


def test_a_designer_without_its_prompt_leaves_nothing_behind(experiment, tmp_path):
    agent = tmp_path / "mine"
    agent.mkdir()
    (agent / "agent.toml").write_text('name = "mine"\n')
    with pytest.raises(ConfigurationProblem, match=r"has no system\.md"):
        experiment({"designer": (FINISH,)}, designer=DesignerSettings(agent=str(agent)))
    assert not list((tmp_path / "runs").glob("*"))


def test_limits_of_a_budget_child_draw_on_the_experiment():
    budget = Budget(Limits(frames=100), name="experiment")
    attempt = budget.child(Limits(frames=1000), name="attempt")
    attempt.charge("frames", 60)
    assert (attempt.remaining("frames"), budget.remaining("frames")) == (40, 40)


def test_no_process_is_left_of_it(experiment):
    before = set(Path("/proc").glob("[0-9]*"))
    result = experiment({"designer": ("b = game.branch(); game.wait(3)", FINISH)})
    pids = [event.data["pid"] for event in read_events(result.folder) if event.kind == "machine_started"]
    assert len(pids) == 2
    assert not [pid for pid in pids if Path(f"/proc/{pid}") in set(Path("/proc").glob("[0-9]*")) - before]
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], signal.SIG_DFL)


def test_a_designers_helper_has_the_workspace_and_a_machine_of_its_own_where_the_designers_stood(experiment):
    turns = {
        "designer": (
            f'{WRITE}\nwrite("v1"); game.wait(120)\n'
            'r = rlm_query("Try it.", [7])\n'
            'print("REPORT", r.content, "MINE", game.frame, "ITS", game.branch(r.data["checkpoint"]).frame)',
            FINISH,
        ),
        "designer/sub": (
            'before = game.frame; workspace.tools("v1", game).go(30)\n'
            'workspace.write("v1", "player.md", "Mended.")\n'
            'answer["content"] = [before, game.frame, context, "evaluate" in globals()]\n'
            'answer["ready"] = True',
        ),
    }
    result = experiment(turns)
    text = told(Path(result.folder))
    assert "REPORT [120, 150, [7], False] MINE 120 ITS 150" in text
