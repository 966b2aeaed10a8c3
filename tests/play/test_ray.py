"""Branches on the nodes of a Ray cluster; run with ``make test-ray`` (needs the extra ``ray``)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from pokerl.play.executors import Ray
from tests.play.stage import FINISH
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
