"""Branches and whole attempts on the nodes of a Ray cluster; run with ``make test-ray`` (needs the extra ``ray``)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from pokerl.design.experiment import run_experiment
from pokerl.design.settings import ExperimentSettings
from pokerl.play.executors import Ray
from pokerl.timeline import read_events
from tests.design.test_attempts_elsewhere import PLAY, check_attempts
from tests.design.test_experiment import WRITE
from tests.play.stage import FINISH, write_script
from tests.play.test_executors import EXPLORE, TOOLS, check_exploring

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head that computes nothing and two nodes of one core each, all on this computer."""
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    cluster.nodes = [cluster.add_node(num_cpus=1), cluster.add_node(num_cpus=1)]
    yield cluster
    cluster.shutdown()


@pytest.fixture(scope="module")
def executor(cluster: Any) -> Iterator[Ray]:
    with Ray(cluster.address) as executor:
        yield executor


def test_branches_run_on_two_nodes_and_come_back_as_they_would_from_here(play, run, executor):
    import ray

    assert executor.cores == 2
    check_exploring(play(EXPLORE, FINISH, run=replace(run, executor=executor), tools=TOOLS))
    assert sum(node["Alive"] and node["Resources"].get("CPU", 0) == 1 for node in ray.nodes()) == 2


def test_whole_attempts_run_on_two_nodes_and_ask_their_models_here(cluster, executor, tmp_path, demo_rom):
    script = tmp_path / "script"
    write_script(script, "designer", f'{WRITE}\nwrite("v1")\nevaluate("v1", attempts=2)', FINISH)
    write_script(script, "player-v1", PLAY, FINISH)
    (script / "player-v1" / "query.md").write_text("left")
    settings = ExperimentSettings(
        cartridge="demo", runs=str(tmp_path / "runs"), scripted=str(script), attempts_on=f"ray:{cluster.address}"
    )
    result = run_experiment(settings, environment={})
    check_attempts(result, demo_rom)
    events = list(read_events(result.folder))
    # A node has one core: that both ran at once shows that each had a node of its own.
    places = [number for number, event in enumerate(events) if event.kind == "model_call" and event.attempt]
    ends = [number for number, event in enumerate(events) if event.kind == "attempt_ended"]
    assert len({events[number].attempt for number in places if number < ends[0]}) == 2


def test_a_node_that_dies_loses_its_branch_and_nothing_else(play, run, cluster, executor):
    remove = threading.Timer(12, lambda: cluster.remove_node(cluster.nodes.pop()))
    remove.start()
    played = play(
        "def policy(g):\n    while True: g.wait(60)\n"
        "r = explore([policy, policy], seconds=25); print('ENDS', sorted(bool(each.checkpoint) for each in r))\n"
        "print('ERRORS', *sorted(each.error for each in r))",
        FINISH,
        run=replace(run, executor=executor),
    )
    remove.join()
    assert "ENDS [False, True]" in played.told
    assert "The Ray task failed" in played.told
    assert played.result.outcome == "answered"
