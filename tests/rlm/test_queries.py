"""Sub-models and sub-agents."""

import threading
import time

import pytest

from pokerl.budget import Limits
from pokerl.errors import ModelProblem
from tests.rlm.conftest import FINISH, Mind, code


def test_a_batch_runs_at_once_and_keeps_its_order(agent_run):
    together = threading.Barrier(4, timeout=10)

    def reply(prompt):
        together.wait()
        time.sleep(0.05 * (4 - int(prompt)))
        return f"<{prompt}>"

    mind = Mind([code("print(llm_query_batched(['1', '2', '3', '4']))"), FINISH], query=reply)
    assert "['<1>', '<2>', '<3>', '<4>']" in agent_run(mind=mind).told[0]


IN_THREADS = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(12) as pool:
    print(list(pool.map(llm_query, [str(n) for n in range(12)])))
"""


@pytest.mark.parametrize("block", ["print(llm_query_batched([str(n) for n in range(12)]))", IN_THREADS])
def test_no_more_run_at_once_than_the_agent_allows_however_they_are_asked(agent_run, block):
    lock, running, most = threading.Lock(), [], []

    def reply(prompt):
        with lock:
            running.append(prompt)
            most.append(len(running))
        time.sleep(0.02)
        with lock:
            running.remove(prompt)
        return prompt

    ran = agent_run(mind=Mind([code(block), FINISH], query=reply), concurrency=3)
    assert str([str(n) for n in range(12)]) in ran.told[0]
    assert max(most) == 3


def test_errors_of_a_batch_are_values_in_their_place(agent_run):
    def reply(prompt):
        if prompt == "bad":
            raise ModelProblem("It broke.", "Ask again.")
        return prompt

    block = "r = llm_query_batched(['a', 'bad', 'b'])\nprint(r, isinstance(r[1], QueryFailed))"
    ran = agent_run(mind=Mind([code(block), FINISH], query=reply))
    assert "['a', 'Error: It broke. Ask again.', 'b'] True" in ran.told[0]


def test_of_a_query_that_failed_the_record_keeps_only_the_beginning(agent_run):
    def reply(_):
        raise ModelProblem("Too long.")

    ran = agent_run(mind=Mind([code("llm_query('x' * 60_000)"), FINISH], query=reply))
    assert (ran.folder / "agent" / "query.jsonl").stat().st_size < 20_000


@pytest.mark.parametrize("name", ["../up", "a/b", "x\n", "", "\x1b[2J", "ä", "x" * 40])
def test_a_sub_agent_cannot_be_called_just_anything(agent_run, name):
    ran = agent_run(code(f"rlm_query('go', name={name!r})"), FINISH)
    assert "TypeError" in ran.told[0]
    assert [file.name for file in ran.folder.rglob("*.jsonl")] == ["agent.jsonl"]


def test_the_error_of_a_single_query_is_raised(agent_run):
    def reply(_):
        raise ModelProblem("It broke.")

    assert "ModelProblem: It broke." in agent_run(mind=Mind([code("llm_query('x')"), FINISH], query=reply)).told[0]


@pytest.mark.parametrize("size", [5_000_000, 40_000_000], ids=["too long to read", "too long to send"])
def test_a_prompt_that_no_model_could_read_is_refused_before_anybody_is_asked(agent_run, size):
    ran = agent_run(code(f"llm_query('x' * {size})"), code("print(llm_query('short'))"), FINISH)
    assert "ValueError: This prompt has" in ran.told[0]
    assert "llm_query_batched" in ran.told[0]
    assert "echo: short" in ran.told[1]
    assert ran.budget.spent("sub_calls") == 1


def test_a_prompt_too_long_in_a_batch_is_an_error_in_its_place(agent_run):
    ran = agent_run(code("print([r[:40] for r in llm_query_batched(['a', 'x' * 5_000_000, 'b'])])"), FINISH)
    assert "['echo: a', 'Error: This prompt has 5,000,000 charact', 'echo: b']" in ran.told[0]


def test_a_long_text_belongs_into_the_context_of_a_sub_agent(agent_run):
    ran = agent_run(code("rlm_query('x' * 5_000_000)"), FINISH)
    assert "the text as context" in ran.told[0]


def test_pictures_go_with_a_query(agent_run):
    ran = agent_run(code("import numpy\nllm_query('what?', images=[numpy.zeros((2, 2))])"), FINISH)
    (query,) = [request for request in ran.mind.seen if request.agent == "agent/query"]
    assert [type(part).__name__ for part in query.messages[0].parts] == ["Text", "Image"]


def test_each_query_of_a_batch_takes_its_own_pictures(agent_run):
    block = (
        "import numpy\na, b = numpy.zeros((2, 2)), numpy.ones((3, 3))\n"
        "llm_query_batched(['none', 'one', 'two'], images=[None, [a], [a, b]])"
    )
    ran = agent_run(code(block), FINISH)
    queries = [request for request in ran.mind.seen if request.agent == "agent/query"]
    seen = {query.messages[0].text: len(query.messages[0].parts) - 1 for query in queries}
    assert seen == {"none": 0, "one": 1, "two": 2}


def test_only_models_that_the_host_offers_can_be_asked(agent_run):
    assert (
        "This run has no model 'gpt-99'. Known: mind."
        in agent_run(code("llm_query('x', model='gpt-99')"), FINISH).told[0]
    )


@pytest.mark.parametrize("call", ["llm_query(5)", "llm_query_batched('x', model=3)", "rlm_query('x', colour=1)"])
def test_wrong_arguments_are_a_type_error_in_the_code_that_made_them(agent_run, call):
    assert "TypeError" in agent_run(code(call), FINISH).told[0]


def test_a_sub_agent_has_its_own_repl_and_its_result_is_an_object(agent_run):
    block = (
        "mine = 1\nr = rlm_query('Sum it', [1, 2])\n"
        "print(r, r.content, r.ready, r.stop, r.turns, r.usage['input_tokens'])"
    )
    child = code("answer['content'] = {'sum': sum(context), 'alien': 'mine' in globals()}\nanswer['ready'] = True")
    ran = agent_run(mind=Mind([code(block), FINISH], children={"sub-1": [child]}))
    assert "{'sum': 3, 'alien': False} {'sum': 3, 'alien': False} True answered 1 100" in ran.told[0]
    assert (ran.folder / "agent" / "sub-1.jsonl").exists()
    assert ran.result.usage.input_tokens == 300


def test_several_sub_agents_run_at_once_in_order(agent_run):
    together = threading.Barrier(3, timeout=20)

    def child(_):
        together.wait()
        return code("answer['content'] = context * 2\nanswer['ready'] = True")

    mind = Mind(
        [code("print([r.content for r in rlm_query_batched(['t'] * 3, [1, 2, 3])])"), FINISH],
        children={f"sub-{n}": [child] for n in (1, 2, 3)},
    )
    assert "[2, 4, 6]" in agent_run(mind=mind).told[0]


def test_at_the_depth_limit_a_sub_agent_becomes_a_query_and_says_so(agent_run):
    ran = agent_run(code("r = rlm_query('Look', 'at this')\nprint(r, '|', r.reason)"), FINISH, depth=0)
    assert "echo: Look\n\nat this | The depth limit is reached" in ran.told[0]


def test_a_sub_agent_cannot_spend_more_than_its_share(agent_run):
    mind = Mind(
        [code("r = rlm_query('x')\nprint(r.stop, r.reason)"), FINISH],
        children={"sub-1": [code("answer['content'] = 'part'")] * 50},
    )
    ran = agent_run(mind=mind, limits=Limits(wall_seconds=60, tokens=2000))
    assert "budget The budget of agent/sub-1 is spent: no tokens left." in ran.told[0]
    assert ran.budget.spent("tokens") < 1500
    assert ran.result.stop == "answered"


def test_limits_of_a_sub_agent_can_be_given(agent_run):
    mind = Mind(
        [
            code("print(rlm_query('x', seconds=0.8).stop)\nprint(rlm_query('x', max_turns=1, name='scout').stop)"),
            FINISH,
        ],
        children={"sub-1": [code("while True: pass")], "scout-1": [code("1")] * 3},
    )
    assert "budget\nturns" in agent_run(mind=mind).told[0]


def test_the_budget_of_sub_calls_is_enforced(agent_run):
    ran = agent_run(
        code("print(llm_query_batched(['a'] * 9))"), FINISH, limits=Limits(sub_calls=3, wall_seconds=60), concurrency=1
    )
    assert ran.ledger.usage("agent/query").output_tokens == 15
    assert "no sub_calls left" in ran.told[0]
    assert ran.result.stop == "answered"


def test_sub_agents_stop_when_the_worker_that_waits_for_them_dies(agent_run):
    over = threading.Event()

    def child(request):
        if request.turn > 1:
            over.set()
        return code("import time\ntime.sleep(60)")

    block = (
        "import os, signal, threading\n"
        "threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGKILL)).start()\nrlm_query('x')"
    )
    ran = agent_run(mind=Mind([code(block), FINISH], children={"sub-1": [child] * 5}))
    assert ran.result.stop == "answered"
    assert not over.is_set()


def test_a_limit_that_is_no_amount_is_refused(agent_run):
    block = (
        "for limit in ('seconds', 'tokens', 'dollars'):\n"
        "    for amount in (float('nan'), -1, 0):\n"
        "        try: rlm_query('go', **{limit: amount})\n"
        "        except TypeError as problem: print('REFUSED', problem)"
    )
    assert agent_run(code(block), FINISH).told[0].count("REFUSED") == 9
