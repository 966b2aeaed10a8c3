"""One worker is kept started; nobody gets one that somebody else had."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pokerl.rlm.launcher import Launcher
from pokerl.rlm.process import Cell, Worker
from pokerl.sandbox import Policy
from tests.rlm.conftest import FINISH, Mind, code


class Counted:
    """A tier that remembers what it started."""

    def __init__(self, tier):
        self.tier, self.name, self.started = tier, tier.name, []

    def launch(self, *words, **options):
        self.started.append(self.tier.launch(*words, **options))
        return self.started[-1]

    def kill(self, process):
        self.tier.kill(process)


@pytest.fixture
def counted(tier):
    return Counted(tier)


@pytest.fixture
def launcher(counted):
    launcher = Launcher(counted)
    yield launcher
    launcher.close()


def told_by(launcher, policy=Policy()):  # noqa: B008
    worker = Worker(tier=launcher.tier, policy=policy, context="c", functions={}, launcher=launcher)
    worker.start()
    cell = Cell(0, "import os\nprint(os.path.exists('seen'), 'mine' in globals(), context)\nmine = open('seen', 'w')")
    worker.execute(cell, 10, lambda: None)
    process = worker._launched.process
    worker.kill()
    return process, cell.output


def test_the_spare_one_is_what_the_next_agent_gets(launcher, counted):
    launcher.prepare(Policy())
    process, said = told_by(launcher)
    assert [process] == counted.started
    assert said == "False False c\n"


def test_it_is_handed_out_once(launcher, counted):
    launcher.prepare(Policy())
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: told_by(launcher), range(4)))
    assert len({process.pid for process, _ in found}) == len(counted.started) == 4
    assert {said for _, said in found} == {"False False c\n"}


def test_only_one_is_kept(launcher, counted):
    for _ in range(3):
        launcher.prepare(Policy())
    assert len(counted.started) == 1


def test_one_of_another_policy_is_never_used_and_makes_room(launcher, counted, tmp_path):
    launcher.prepare(Policy())
    other = Policy(readable=(tmp_path,))
    process, _ = told_by(launcher, other)
    assert process is counted.started[1]
    launcher.prepare(other)
    assert counted.started[0].poll() is not None
    assert told_by(launcher, other)[0] is counted.started[2]


def test_one_that_died_meanwhile_is_replaced(tier):
    class FirstDies(Counted):
        def launch(self, argv, *words, **options):
            return super().launch([sys.executable, "-c", ""] if not self.started else argv, *words, **options)

    mortal = FirstDies(tier)
    launcher = Launcher(mortal)
    launcher.prepare(Policy())
    assert told_by(launcher)[0] is mortal.started[1]


def test_it_is_killed_at_the_end_and_nothing_is_prepared_any_more(launcher, counted):
    launcher.prepare(Policy())
    launcher.close()
    launcher.prepare(Policy())
    assert [process.poll() is None for process in counted.started] == [False]


def test_sub_agents_of_a_run_take_it_and_none_is_left(agent_run, counted):
    block = "print([rlm_query('x').content for _ in range(3)])"
    children = {
        f"sub-{n}": [code(f"answer.update(content='was' in globals(), ready=True); was = {n}")] for n in (1, 2, 3)
    }
    ran = agent_run(mind=Mind([code(block), FINISH], children=children), tier=counted)
    assert "[False, False, False]" in ran.told[0]
    assert len(counted.started) == 5, "the agent, three sub-agents, and the spare one that nobody asked for"
    assert all(process.poll() is not None for process in counted.started)


def test_an_agent_without_sub_agents_keeps_none(agent_run, counted):
    agent_run(FINISH, depth=0, tier=counted)
    assert len(counted.started) == 1
