"""How runs go and how they end."""

import threading

import msgspec
import pytest

from pokerl.budget import Budget, Limits
from pokerl.errors import RunFolderProblem
from pokerl.rlm import AgentSpec, Completion, Extension, Ledger, Usage, run
from tests.rlm.conftest import FINISH, Mind, code

FOREVER = "while True: pass"
STUBBORN = "while True:\n    try:\n        while True: sum(range(1000))\n    except BaseException: continue"
FORKING = "import os\nif os.fork() == 0: os.setsid()\nwhile True: pass"
DEAF = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"


def hang(_):
    threading.Event().wait()


def test_the_answer_ends_the_run(agent_run):
    ran = agent_run(code("answer['content'] = [1]\nanswer['ready'] = True", "print('never')"), "unused")
    assert (ran.result.content, ran.result.stop, ran.result.turns) == ([1], "answered", 1)


def test_an_answer_called_ready_while_it_is_empty_is_asked_for_once(agent_run):
    ran = agent_run(code("answer['ready'] = True"), code("answer['content'] = 7\nanswer['ready'] = True"))
    assert "answer['content'] is still empty" in ran.told[0]
    assert (ran.result.content, ran.result.turns) == (7, 2)
    assert (ran.result.stop, ran.result.ready) == ("answered", True)


def test_who_has_nothing_to_answer_says_ready_twice(agent_run):
    ran = agent_run(code("answer['ready'] = True"), code("answer['ready'] = True"), resume=True)
    assert (ran.result.content, ran.result.stop, ran.result.turns) == ("", "answered", 2)


def test_a_reply_without_code_gets_a_helpful_sentence(agent_run):
    assert "```repl" in agent_run("I think 42.", FINISH).told[0]


def test_an_unclosed_block_is_explained_and_not_run(agent_run):
    ran = agent_run("```repl\nanswer['ready'] = True\n", FINISH)
    assert "never closed" in ran.told[0]
    assert ran.result.turns == 2


def test_a_model_that_never_writes_code_is_given_up(agent_run):
    result = agent_run(*["words"] * 20).result
    assert (result.stop, "without code" in result.reason) == ("failed", True)


def test_the_last_turn_is_announced_and_the_answer_so_far_kept(agent_run):
    ran = agent_run(code("answer['content'] = 'draft'"), code("pass"), max_turns=2)
    assert "this is your last turn" in ran.told[0]
    assert (ran.result.stop, ran.result.content, ran.result.ready) == ("turns", "draft", False)


def test_what_is_left_is_told_each_turn(agent_run):
    ran = agent_run(code("pass"), FINISH, limits=Limits(wall_seconds=7200, tokens=1000, frames=50), max_turns=9)
    assert "[left: 8 turns, 119 min of wall clock, 880 tokens, 50 frames]" in ran.told[0]


def test_spent_tokens_end_the_run_before_the_next_call(agent_run):
    ran = agent_run(*[code("pass")] * 9, limits=Limits(wall_seconds=60, tokens=250))
    assert (ran.result.stop, ran.result.turns) == ("budget", 3)
    assert "tokens" in ran.result.reason


@pytest.mark.parametrize("resource", ["wall_seconds", "working_seconds"])
def test_spent_time_of_either_kind_ends_the_run(agent_run, resource):
    ran = agent_run(code(FOREVER), limits=Limits(**{resource: 1.5}))
    assert (ran.result.stop, resource in ran.result.reason) == ("budget", True)


def test_spent_frames_end_the_run(agent_run):
    budget = Budget(Limits(frames=100))
    playing = Extension(status=lambda: budget.charge("frames", 60) or "")
    ran = agent_run(*[code("pass")] * 9, extension=playing, budget=budget)
    assert (ran.result.stop, ran.result.turns) == ("budget", 2)


def test_spent_dollars_end_the_run(agent_run):
    mind = Mind([code("pass")] * 9, usage=Usage(100, 20, 0.4))
    ran = agent_run(mind=mind, limits=Limits(dollars=1))
    assert (ran.result.stop, ran.result.turns, ran.result.usage.dollars) == ("budget", 3, pytest.approx(1.2))


def test_a_limit_in_dollars_needs_a_known_price(agent_run):
    ran = agent_run(*[code("pass")] * 9, limits=Limits(dollars=1))
    assert (ran.result.stop, len(ran.mind.seen)) == ("failed", 1)
    assert "what mind costs is not known" in ran.result.reason


def test_a_hung_block_is_interrupted_shows_where_and_keeps_its_variables(agent_run):
    ran = agent_run(code(f"kept = 7\nprint('before')\n{FOREVER}"), code("print(kept)"), FINISH, cell_seconds=0.3)
    assert "before" in ran.told[0]
    assert "TimeLimit" in ran.told[0]
    assert "while True: pass" in ran.told[0]
    assert "7" in ran.told[1]


@pytest.mark.parametrize("block", [STUBBORN, DEAF], ids=["swallows BaseException", "blocks signals"])
def test_a_block_that_ignores_its_interruption_is_killed_and_the_model_is_told_what_was_lost(agent_run, block):
    ran = agent_run(
        code(f"x = 1\nanswer['content'] = 'kept'\nprint('said')\n{block}"),
        code("print('x' in globals())"),
        FINISH,
        cell_seconds=0.3,
    )
    assert "All variables, functions and imports are gone" in ran.told[0]
    assert "said" in ran.told[0]
    assert "False" in ran.told[1]
    assert ran.result.content == "kept"


def test_a_worker_killed_from_outside_is_replaced(agent_run):
    ran = agent_run(
        code("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        code("print(len(context))"),
        FINISH,
        context="abc",
    )
    assert "A new one was started" in ran.told[0]
    assert "3" in ran.told[1]
    assert ran.result.stop == "answered"


def test_a_segmentation_fault_is_told_with_what_python_said_of_it(agent_run):
    ran = agent_run(code("import ctypes\nctypes.string_at(0)"), FINISH)
    assert "A new one was started" in ran.told[0]


def test_a_worker_lost_again_and_again_fails_the_run(agent_run):
    result = agent_run(*[code("import os\nos.abort()")] * 9).result
    assert (result.stop, "times in a row" in result.reason) == ("failed", True)


@pytest.mark.parametrize("block", [FOREVER, STUBBORN, DEAF, FORKING], ids=["loops", "swallows", "deaf", "forks"])
def test_the_deadline_ends_a_hung_block_and_keeps_the_answer_so_far(agent_run, block):
    ran = agent_run(code(f"answer['content'] = 'so far'\n{block}"), limits=Limits(wall_seconds=1.5))
    assert (ran.result.stop, ran.result.content) == ("budget", "so far")


def test_the_deadline_ends_a_hung_model(agent_run):
    ran = agent_run(mind=Mind([hang]), limits=Limits(wall_seconds=0.5))
    assert ran.result.stop == "budget"


def test_the_deadline_ends_a_hung_query_inside_a_block(agent_run):
    mind = Mind([code("answer['content'] = 'so far'\nllm_query('x')")], query=hang)
    ran = agent_run(mind=mind, limits=Limits(wall_seconds=1.5))
    assert (ran.result.stop, ran.result.content) == ("budget", "so far")


def test_the_deadline_ends_a_hung_sub_agent_and_the_agent_that_waits_for_it(agent_run):
    block = "answer['content'] = 'so far'\nrlm_query_batched(['x'] * 3)"
    mind = Mind([code(block), hang], children={f"sub-{n}": [code(DEAF)] for n in (1, 2, 3)})
    ran = agent_run(mind=mind, limits=Limits(wall_seconds=2))
    assert (ran.result.stop, ran.result.content) == ("budget", "so far")


def test_a_fork_bomb_is_contained(agent_run, tier):
    if tier.name == "none":
        pytest.skip("needs a sandbox")
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    assert agent_run(code(bomb), limits=Limits(wall_seconds=2)).result.stop == "budget"


def test_memory_without_end_is_an_error_or_a_lost_worker_never_more(agent_run, tier):
    if tier.name == "none":
        pytest.skip("needs a sandbox")
    ran = agent_run(code("x = []\nwhile True: x.append(bytearray(50_000_000))"), FINISH)
    assert "MemoryError" in ran.told[0] or "A new one was started" in ran.told[0]


def test_a_run_can_be_stopped_from_another_thread(tier, tmp_path):
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    mind = Mind([code(FOREVER)])
    result = run(AgentSpec(name="a"), model=mind, budget=Budget(), tier=tier, transcript=tmp_path, cancelled=stop)
    assert result.stop == "interrupted"


def test_a_run_whose_turns_are_all_quick_is_stopped_at_the_next_one(tier, tmp_path):
    stop = threading.Event()

    def press_ctrl_c(_):
        stop.set()
        return code("1")

    mind = Mind([code("1"), press_ctrl_c, *[code("1")] * 50])
    result = run(AgentSpec(name="a"), model=mind, budget=Budget(), tier=tier, transcript=tmp_path, cancelled=stop)
    assert (result.stop, result.turns) == ("interrupted", 2)


def test_a_model_client_with_a_defect_fails_the_run_and_does_not_raise(agent_run):
    result = agent_run(mind=Mind([lambda _: 1 / 0])).result
    assert (result.stop, "ZeroDivisionError" in result.reason) == ("failed", True)


def test_a_second_run_does_not_write_over_a_transcript(agent_run):
    agent_run(FINISH)
    with pytest.raises(RunFolderProblem, match="exists already"):
        agent_run(FINISH)


def test_old_turns_are_folded_away_and_stay_in_reach(agent_run):
    turns = [f"Plan {n}. " + "blah " * 100 + "\n" + code("print('y' * 500)") for n in range(60)]
    ran = agent_run(*turns, code("print(history[1][:6], len(history))"), FINISH, context_tokens=4000)
    sizes = [sum(len(message.text) for message in request.messages) for request in ran.mind.seen]
    assert max(sizes) < 20_000
    opening = ran.mind.seen[-1].messages[1].text
    assert opening.startswith("Do it.")
    assert "folded away" in opening
    assert "Plan 1 60" in ran.told[60].replace(".", "")
    assert ran.mind.seen[-1].messages[-1].text == ran.told[60]


def test_five_hundred_turns_need_a_context_of_constant_size(agent_run):
    turns = ["w " * 200 + "\n" + code("n = 1")] * 500
    ran = agent_run(*turns, FINISH, context_tokens=5000, max_turns=600)
    sizes = [sum(len(message.text) for message in request.messages) for request in ran.mind.seen]
    assert ran.result.turns == 501
    assert max(sizes[100:]) <= max(sizes[:100]) + 400


def test_a_context_that_is_too_long_for_the_model_is_shortened_and_asked_again(agent_run):
    from pokerl.rlm.problems import ContextTooLong

    def picky(request):
        if len(request.messages) > 4:
            raise ContextTooLong("Too long.")
        return FINISH

    ran = agent_run(code("1"), code("2"), code("3"), picky)
    assert ran.result.stop == "answered"


def test_usage_of_an_agent_includes_those_below_it():
    ledger, model = Ledger(), Mind([])
    model.complete = lambda _: Completion("x", Usage(1, 2, 0.5))
    from pokerl.rlm.cancellation import Cancellation
    from pokerl.rlm.messages import ModelRequest, say

    budget = Budget()
    for agent in ("a", "a/b-1", "a/b-1/query", "ab"):
        ledger.ask(model, ModelRequest(agent, 1, (say("user", "?"),)), budget, Cancellation())
    assert ledger.usage("a") == Usage(3, 6, 1.5)
    assert ledger.usage() == Usage(4, 8, 2.0)
    assert (budget.spent("tokens"), budget.spent("dollars")) == (12, 2.0)


def test_an_unknown_price_makes_the_sum_unknown_not_zero():
    assert (Usage(1, 1, 0.5) + Usage(1, 1, None)).dollars is None


def test_the_transcript_is_one_json_line_an_event(agent_run):
    ran = agent_run(code("print(1)"), FINISH)
    lines = (ran.folder / "agent.jsonl").read_bytes().splitlines()
    kinds = [msgspec.json.decode(line)["type"] for line in lines]
    assert kinds == ["started", "turn", "block", "observed", "turn", "block", "observed", "ended"]


def test_one_who_prints_without_end_is_kept_in_short_and_told_so(agent_run, monkeypatch):
    monkeypatch.setattr("pokerl.rlm.bench.KEPT_TEXT", 300_000)
    much = code("print('x' * 900_000)")
    ran = agent_run(much, much, much, FINISH)
    assert "only the first 20,000 characters" in ran.told[0]
    assert (ran.folder / "agent.jsonl").stat().st_size < 1_100_000
