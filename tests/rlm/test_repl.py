"""The REPL as the model's code finds it: one real worker process, in the sandbox."""

import threading

import pytest

from pokerl.budget import Limits
from tests.rlm.conftest import FINISH, Mind, code


@pytest.fixture
def told(agent_run):
    """What the model is told after a turn of blocks."""

    def ask(*blocks, **options):
        return agent_run(code(*blocks), FINISH, **options).told[0]

    return ask


def test_functions_see_globals_and_classes_and_decorators_work(told):
    said = told(
        "import functools, dataclasses\nbase = 10\n"
        "@functools.cache\ndef f(n): return base + n\n"
        "@dataclasses.dataclass\nclass P:\n    x: int\n    def up(self): return P(self.x + base)",
        "base = 20\nprint(f(1), P(1).up(), [f(k) for k in range(2)], __name__)",
    )
    assert "21 P(x=21) [20, 21] __main__" in said


def test_what_was_set_before_an_error_stays_and_the_traceback_shows_the_line(agent_run):
    ran = agent_run(
        code("a = 5\ndef fall(n):\n    return n / 0\nb = fall(a)\nc = 1"), code("print(a, 'c' in globals())"), FINISH
    )
    assert 'File "<block 0>", line 3, in fall' in ran.told[0]
    assert "return n / 0" in ran.told[0]
    assert "pokerl" not in ran.told[0]
    assert "5 False" in ran.told[1]


def test_later_blocks_of_a_failed_reply_are_not_run(told):
    said = told("1/0", "print('second')")
    assert "second" not in said.replace("print('second')", "")
    assert "1 later block(s) of your reply were not run" in said


def test_a_bare_expression_is_not_echoed_and_the_model_is_told_so(told):
    assert "only what is printed" in told("x = 41\nx + 1")


def test_long_output_is_cut_in_the_middle_and_stays_whole_in_outputs(agent_run):
    ran = agent_run(
        code("print('A' * 10_000 + 'MIDDLE' + 'Z' * 10_000)"),
        code("print(len(outputs[0]), outputs[0].count('MIDDLE'), len(outputs), outputs[-1][:3])"),
        FINISH,
        output_limit=1000,
    )
    assert len(ran.told[0]) < 1400
    assert "MIDDLE" not in ran.told[0]
    assert "AAA" in ran.told[0]
    assert "ZZZ" in ran.told[0]
    assert "outputs[0]" in ran.told[0]
    assert "20007 1 1 AAA" in ran.told[1]


def test_output_at_descriptor_level_is_shown_and_does_not_disturb_the_protocol(told):
    said = told("import os, sys\nos.write(1, b'one \\x00\\xff')\nos.write(2, b'two')\nprint('three', file=sys.stderr)")
    assert "one" in said
    assert "two" in said
    assert "three" in said


def test_text_that_is_not_unicode_is_printed_escaped(told):
    assert "\\ud800" in told("print('\\ud800')")


def test_exit_does_not_end_the_repl(agent_run):
    assert "the REPL goes on" in agent_run(code("x = 1\nexit()"), FINISH).told[0]


def test_a_forked_child_leaves_the_wire_alone(told):
    said = told("import os\nif os.fork() == 0:\n    print('child')\n    os._exit(0)\nos.wait()\nprint('parent')")
    assert "parent" in said
    assert "child" in said


def test_pictures_reach_the_model_as_pictures_up_to_the_limit(agent_run):
    ran = agent_run(
        code("import numpy\nfor n in range(3): show(numpy.full((4, 4), n, dtype='uint8'))"), FINISH, image_limit=2
    )
    parts = ran.mind.seen[1].messages[-1].parts
    assert [type(part).__name__ for part in parts] == ["Text", "Image", "Image"]
    assert "only 2 pictures" in ran.told[0]


def test_the_context_arrives_whole_whatever_its_size(agent_run):
    context = {"text": "x" * 40_000_000, "raw": b"\0\1", "deep": [[1.5, None]]}
    ran = agent_run(code("print(len(context['text']), context['raw'], context['deep'])"), FINISH, context=context)
    assert "40000000 b'\\x00\\x01' [[1.5, None]]" in ran.told[0]
    assert "a dict with the keys 'text', 'raw', 'deep'" in ran.mind.seen[0].messages[1].text


def test_show_vars_lists_what_the_agent_made(told):
    said = told("alpha = [1, 2]\nSHOW_VARS()")
    assert "alpha: list of length 2" in said
    assert "llm_query:" not in said


def test_the_budget_prints_well_and_can_be_asked(told):
    said = told("print(budget)\nprint(budget.remaining('tokens'), budget.spent('tokens'), budget.remaining('frames'))")
    assert "no limit" in said
    assert "None 120.0 None" in said


def test_a_block_can_have_itself_interrupted_sooner(agent_run):
    ran = agent_run(
        code("budget.limit_block(1000)\nbudget.limit_block(0.2)\nn = 0\nwhile True: n += 1"),
        code("print('ON', n > 0, budget.block_seconds > 1)"),
        code("import time\nbudget.limit_block(0)\ntime.sleep(9)\nprint('NEVER')"),
        FINISH,
    )
    assert "TimeLimit: This block ran for longer than a block may." in ran.told[0]
    assert "ON True True" in ran.told[1]
    assert "TimeLimit" in ran.told[2] and "NEVER" not in ran.told[2]


def test_an_answer_that_was_rebound_is_put_back(agent_run):
    ran = agent_run(code("answer = 'forty-two'"), FINISH)
    assert "must stay a dict" in ran.told[0]
    assert (ran.result.content, ran.result.ready) == ("forty-two", True)


def test_an_answer_that_is_not_plain_is_not_taken(agent_run):
    ran = agent_run(
        code("answer['content'] = print\nanswer['ready'] = True"), code("answer['content'] = {'n': (1, 2)}"), FINISH
    )
    assert "builtin_function_or_method" in ran.told[0]
    assert ran.result.content == {"n": [1, 2]}


def test_queries_from_threads_run_at_the_same_time_and_find_their_own_replies(told):
    said = told(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(8) as pool: print(list(pool.map(llm_query, [str(n) for n in range(20)])))"
    )
    assert str([f"echo: {n}" for n in range(20)]) in said


def test_a_thread_may_go_on_waiting_while_further_blocks_run(agent_run):
    block_ran = threading.Event()

    def query(prompt):
        return f"{prompt}: {block_ran.wait(30)}" if prompt == "late" else prompt

    def next_block(_):
        return code("seen = list(got); print(llm_query('own'))")

    def last_block(_):
        block_ran.set()
        return code("waiting.join(); print('SEEN', seen, 'GOT', got)")

    ask = "import threading\ngot = []\nwaiting = threading.Thread(target=lambda: got.append(llm_query('late')))\n"
    ran = agent_run(mind=Mind([code(f"{ask}waiting.start()"), next_block, last_block, FINISH], query=query))
    assert "own" in ran.told[1]
    assert "SEEN [] GOT ['late: True']" in ran.told[2]


def test_a_thread_that_waits_since_an_earlier_block_excuses_no_later_one(agent_run):
    over = threading.Event()
    wait = "import threading; threading.Thread(target=llm_query, args=('late',), daemon=True).start()"
    deaf = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"

    def last(_):
        over.set()
        return FINISH

    mind = Mind([code(wait), code(deaf), last], query=lambda _: str(over.wait(20)))
    ran = agent_run(mind=mind, cell_seconds=0.5, limits=Limits(wall_seconds=20))
    assert ran.result.stop == "answered"
    assert "ignored its interruption" in ran.told[1]


def test_history_gives_earlier_turns(agent_run):
    ran = agent_run("Some words.\n" + code("print('seen it')"), code("print(history[0])"), FINISH)
    assert "Some words." in ran.told[1]
    assert "seen it" in ran.told[1]


def test_keys_of_the_host_are_not_in_the_worker(told, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in told("import os\nprint(dict(os.environ))", mind=None)


def test_a_mind_without_a_turn_fails_the_run_with_its_reason(agent_run):
    result = agent_run(mind=Mind([])).result
    assert (result.stop, "nothing more to say" in result.reason) == ("failed", True)
