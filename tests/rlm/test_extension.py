"""What a program can add to an agent."""

import os
import threading
from pathlib import Path

import pytest

from pokerl.budget import Limits
from pokerl.errors import BudgetSpent, CapabilityDenied
from pokerl.rlm import AgentSpec, Child, Extension, Reply
from tests.rlm.conftest import FINISH, Mind, code

HERE = Path(__file__).resolve().parent


def greet(arguments):
    return f"{arguments['word']}, {arguments['name']}!"


def extension(setup="greeting", **options):
    base = {
        "setup": f"setups:{setup}",
        "arguments": {"word": "Hello"},
        "functions": {"greet": greet},
        "import_path": (HERE,),
    }
    return Extension(**{**base, **options})


@pytest.mark.parametrize("quick", [frozenset(), frozenset({"greet"})])
def test_setup_gives_the_worker_functions_of_the_host(agent_run, quick):
    assert "Hello, Ada!" in agent_run(code("print(greet('Ada'))"), FINISH, extension=extension(quick=quick)).told[0]


def test_the_extension_is_set_up_again_after_a_restart(agent_run):
    ran = agent_run(code("import os\nos.abort()"), code("print(greet('Bo'), restarts)"), FINISH, extension=extension())
    assert "Hello, Bo! 1" in ran.told[1]


def test_errors_of_a_host_function_keep_their_class(agent_run):
    def deny(_):
        raise CapabilityDenied("You may not.", "Ask first.")

    block = (
        "from pokerl.errors import CapabilityDenied\ntry: greet('x')\nexcept CapabilityDenied as e: print('caught:', e)"
    )
    ran = agent_run(code(block), FINISH, extension=extension(functions={"greet": deny}))
    assert "caught: You may not. Ask first." in ran.told[0]


def test_a_defect_of_a_host_function_is_an_error_in_the_code_that_called_it(agent_run):
    def defect(_):
        raise OSError("disk on fire")

    ran = agent_run(code("greet('x')"), FINISH, extension=extension(functions={"greet": defect}))
    assert "greet failed in the host: OSError: disk on fire" in ran.told[0]


def test_a_set_up_that_fails_ends_the_run_with_its_traceback(agent_run):
    result = agent_run(FINISH, extension=extension("broken")).result
    assert result.stop == "failed"
    assert "NameError" in result.reason
    assert "missing_name" in result.reason


def test_descriptors_reach_the_worker_at_the_start_and_with_replies(agent_run):
    read, write = os.pipe()

    def fetch(arguments):
        inner, outer = os.pipe()
        os.write(outer, arguments["word"].upper().encode())
        os.close(outer)
        return Reply({"n": 1}, (inner,))

    before = len(list(Path("/proc/self/fd").iterdir()))
    ran = agent_run(
        code("print(fetch('abc'), fetch('def'))"),
        FINISH,
        extension=extension("pipes", functions={"fetch": fetch}, descriptors=lambda: (write,)),
    )
    assert "({'n': 1}, 'ABC') ({'n': 1}, 'DEF')" in ran.told[0]
    assert os.read(read, 100) == b"hello from the worker"
    os.close(read)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_an_extension_can_end_the_run_and_add_to_its_result(agent_run):
    reached = []
    added = extension(
        functions={"greet": lambda arguments: reached.append(arguments["name"])},
        finished=lambda: "The game is won." if reached else "",
        closed=lambda result: {"names": reached, "was": result.stop},
        status=lambda: "[status line]",
    )
    ran = agent_run(code("pass"), code("greet('x')"), code("never()"), extension=added)
    assert "[status line]" in ran.told[0]
    assert (ran.result.stop, ran.result.reason, ran.result.turns) == ("answered", "The game is won.", 2)
    assert ran.result.data == {"names": ["x"], "was": "answered"}


def test_an_extension_decides_how_sub_agents_run(agent_run):
    def child(arguments, path):
        if arguments["options"].get("secret"):
            raise CapabilityDenied("Not with a secret.")
        spec = AgentSpec(name="scout", system="You scout.", max_turns=3)
        return Child(spec, extension(closed=lambda _: {"path": path}), task="Scout: " + arguments["prompt"])

    block = "r = rlm_query('go', name='scout', place='cave')\nprint(r, r.data)\nrlm_query('go', secret=1)"
    mind = Mind([code(block), FINISH], children={"scout-1": [code("answer.update(content=greet('Bo'), ready=True)")]})
    ran = agent_run(mind=mind, extension=extension(child=child))
    assert "Hello, Bo! {'path': 'agent/scout-1'}" in ran.told[0]
    assert "CapabilityDenied: Not with a secret." in ran.told[0]
    asked = next(request for request in mind.seen if request.agent == "agent/scout-1")
    assert asked.messages[0].text.endswith("You scout.")
    assert asked.messages[1].text.startswith("Scout: go")


def test_a_host_function_whose_budget_is_spent_says_so_in_the_worker(agent_run):
    def spent(_):
        raise BudgetSpent("No frames left.")

    assert (
        "BudgetSpent: No frames left."
        in agent_run(code("greet('x')"), FINISH, extension=extension(functions={"greet": spent})).told[0]
    )


def hang(*_):
    threading.Event().wait()


@pytest.mark.parametrize("quick", [frozenset(), frozenset({"other"})])
def test_the_deadline_ends_a_hung_host_function(agent_run, quick):
    hung = extension(functions={"greet": hang, "other": greet}, quick=quick)
    ran = agent_run(code("answer['content'] = 1\ngreet('x')"), extension=hung, limits=Limits(wall_seconds=1.5))
    assert (ran.result.stop, ran.result.content) == ("budget", 1)


@pytest.mark.parametrize("hook", ["status", "finished", "recall"])
def test_the_deadline_ends_a_hung_hook(agent_run, hook):
    ran = agent_run(code("answer['content'] = 1"), extension=extension(**{hook: hang}), limits=Limits(wall_seconds=1.5))
    assert ran.result.stop == "budget"


def test_an_extension_that_does_not_come_to_its_end_is_left_behind(agent_run):
    ran = agent_run(code("while True: pass"), extension=extension(closed=hang), limits=Limits(wall_seconds=1.5))
    assert (ran.result.stop, list(ran.result.data)) == ("budget", ["error"])


def test_the_deadline_ends_a_set_up_that_hangs(agent_run):
    assert agent_run(FINISH, extension=extension("endless"), limits=Limits(wall_seconds=1.5)).result.stop == "budget"
