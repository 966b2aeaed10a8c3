"""The budget tree: what a child spends its parents spend, and nobody gets more than the least that is left above it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerl.budget import Budget, Limits
from pokerl.errors import BudgetSpent


class Time:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


def test_what_a_child_spends_its_ancestors_spend():
    root = Budget(Limits(tokens=100))
    grandchild = root.child(name="child").child(name="grandchild")
    grandchild.charge("tokens", 30)
    assert [node.spent("tokens") for node in (root, grandchild)] == [30, 30]
    assert grandchild.remaining("tokens") == 70


def test_the_least_that_is_left_above_counts():
    root = Budget(Limits(tokens=100))
    child = root.child(Limits(tokens=1000), name="child")
    root.charge("tokens", 60)
    assert child.remaining("tokens") == 40
    child.charge("tokens", 40)
    with pytest.raises(BudgetSpent, match="The budget of child is spent: no tokens left"):
        child.check()


def test_a_limit_of_a_child_does_not_bind_its_parent():
    root = Budget(Limits(frames=100))
    child = root.child(Limits(frames=10), name="child")
    child.charge("frames", 10)
    assert child.exhausted() == "frames"
    assert root.exhausted() is None


def test_without_a_limit_nothing_runs_out(time):
    budget = Budget(clock=time)
    budget.charge("tokens", 1e12)
    assert (budget.remaining("tokens"), budget.deadline, budget.exhausted()) == (None, None, None)


def test_the_clock_of_a_child_starts_with_it_and_its_deadline_is_never_after_its_parents(time):
    root = Budget(Limits(wall_seconds=60), clock=time)
    time.now += 50
    child = root.child(Limits(wall_seconds=30), name="child")
    assert (child.spent("wall_seconds"), child.remaining("wall_seconds"), child.deadline) == (0, 10, 160)
    time.now += 10
    assert child.exhausted() == "wall_seconds"


def test_waiting_is_not_work_not_even_while_it_lasts(time):
    budget = Budget(Limits(working_seconds=5), clock=time)
    time.now += 3
    with budget.waiting():
        time.now += 100
        assert budget.spent("working_seconds") == 3
    time.now += 1
    assert (budget.spent("working_seconds"), budget.spent("wall_seconds")) == (4, 104)
    assert budget.exhausted() is None


def test_eight_who_wait_ten_seconds_at_once_have_waited_ten_seconds(time):
    root = Budget(clock=time)
    children = [root.child(name=str(number)) for number in range(8)]
    ready, over = threading.Barrier(9, timeout=30), threading.Barrier(9, timeout=30)

    def wait(child):
        with child.waiting():
            ready.wait()
            over.wait()

    with ThreadPoolExecutor(8) as pool:
        for child in children:
            pool.submit(wait, child)
        ready.wait()
        time.now += 10
        over.wait()
    time.now += 1
    assert {node.spent("working_seconds") for node in (root, *children)} == {1}


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 9)), max_size=30))
def test_working_time_is_never_negative_and_never_runs_backwards(steps):
    time = Time()
    root = Budget(clock=time)
    nodes = [root, root.child(name="a"), root.child(name="b")]
    waits, before = [], [0.0] * 3
    for which, begin, seconds in steps:
        if begin or not waits:
            waits.append(nodes[which].waiting())
            waits[-1].__enter__()
        else:
            waits.pop(0).__exit__(None, None, None)
        time.now += seconds
        now = [node.spent("working_seconds") for node in nodes]
        assert all(new >= old for new, old in zip(now, before, strict=True))
        before = now


def test_a_resumed_budget_goes_on_where_it_was(time):
    spent = {"tokens": 70.0, "wall_seconds": 50.0, "working_seconds": 20.0}
    budget = Budget(Limits(tokens=100, wall_seconds=60, working_seconds=30), spent=spent, clock=time)
    time.now += 5
    assert [budget.remaining(resource) for resource in ("tokens", "wall_seconds", "working_seconds")] == [30, 5, 5]


def test_a_resumed_budget_that_does_not_know_its_waiting_counts_all_of_its_time_as_work(time):
    assert Budget(spent={"wall_seconds": 50.0}, clock=time).spent("working_seconds") == 50


def test_no_sub_calls_left_refuses_sub_calls_and_nothing_else():
    budget = Budget(Limits(sub_calls=1))
    budget.take("sub_calls")
    budget.check()
    assert budget.exhausted() is None
    with pytest.raises(BudgetSpent, match="no sub_calls left"):
        budget.take("sub_calls")
    assert budget.spent("sub_calls") == 1


def test_nothing_can_be_taken_when_something_else_ran_out():
    budget = Budget(Limits(tokens=1))
    budget.charge("tokens", 1)
    with pytest.raises(BudgetSpent, match="no tokens left"):
        budget.take("sub_calls")


def test_threads_that_take_at_once_never_overspend():
    root = Budget(Limits(sub_calls=50))
    children = [root.child(name=str(number)) for number in range(8)]

    def take(child):
        taken = 0
        for _ in range(20):
            try:
                child.take("sub_calls")
                taken += 1
            except BudgetSpent:
                pass
        return taken

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, children)) == root.spent("sub_calls") == 50


def test_a_snapshot_is_plain_and_names_every_resource():
    snapshot = Budget(Limits(tokens=5)).snapshot()
    assert snapshot["tokens"] == {"spent": 0.0, "remaining": 5.0}
    assert snapshot["dollars"] == {"spent": 0.0, "remaining": None}
