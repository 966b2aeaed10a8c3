"""``python -m pokerl.rlm``."""

import os
import re
import subprocess
import sys

import pytest

from pokerl.rlm.__main__ import main
from tests.rlm.test_openai_model import TAIL, Server, chunk

LOOK = """```repl
parts = [context[i:i + 50_000] for i in range(0, len(context), 50_000)]
print(llm_query_batched(["Is the word in here? " + p for p in parts]))
```"""
ANSWER = "```repl\nanswer.update(content=f'{len(parts)} parts', ready=True)\n```"


def command(*words, **environment):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI")} | environment
    return subprocess.run(
        [sys.executable, "-m", "pokerl.rlm", *map(str, words)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "long.txt"
    file.write_text("a long story " * 20_000)
    return file


def test_a_question_over_a_long_text_is_answered_from_a_script(tmp_path, text):
    turns = tmp_path / "script" / "answerer"
    turns.mkdir(parents=True)
    (turns / "01.md").write_text(LOOK)
    (turns / "02.md").write_text(ANSWER)
    (turns / "query.md").write_text("no")
    done = command("Where?", "--context", text, "--scripted", turns.parent, "--transcript", tmp_path / "t")
    assert (done.returncode, done.stdout) == (0, "6 parts\n")
    assert "2 turns, 8 calls" in done.stderr


def test_a_question_that_was_interrupted_goes_on_with_its_budget(tmp_path, text):
    turns = tmp_path / "script" / "answerer"
    turns.mkdir(parents=True)
    (turns / "01.md").write_text("+++\ninput_tokens = 700\noutput_tokens = 50\n+++\n" + LOOK)
    (turns / "query.md").write_text("no")
    words = ("Where?", "--context", text, "--scripted", turns.parent, "--transcript", tmp_path / "t")
    first = command(*words)
    assert (first.returncode, "has no turn 2" in first.stderr) == (1, True)
    (turns / "02.md").write_text(
        "+++\ninput_tokens = 20\noutput_tokens = 5\n+++\n" + "```repl\nanswer['content'] = answer['ready'] = 1\n```"
    )
    again = command(*words, "--resume", "--tokens", "900")
    assert (again.returncode, "no tokens left" in again.stderr) == (3, True), "the queries alone took more"
    done = command(*words, "--resume", "--tokens", "1000000")
    assert done.returncode == 0, done.stderr
    tokens = [
        int(found[1].replace(",", "")) for found in (re.search(r"([\d,]+) tokens", run.stderr) for run in (first, done))
    ]
    assert tokens[1] == tokens[0] + 25


def test_a_question_is_answered_through_an_endpoint_with_sub_calls(tmp_path, text):
    server = Server([chunk(LOOK), *TAIL], *[[chunk("no"), *TAIL]] * 6, [chunk(ANSWER), *TAIL])
    done = command(
        "Where?",
        "--context",
        text,
        "--model",
        "m",
        "--transcript",
        tmp_path / "t",
        OPENAI_API_KEY="k",
        OPENAI_BASE_URL=server.url,
    )
    server.shutdown()
    server.server_close()
    assert (done.returncode, done.stdout) == (0, "6 parts\n"), done.stderr
    assert "144 tokens" in done.stderr


def test_bad_input_is_one_sentence_and_exit_code_two(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words, environment, sentence in [
        (["q", "--model", "m"], {}, "OPENAI_API_KEY is not set"),
        (
            ["q", "--model", "m"],
            {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"},
            "No model endpoint answers",
        ),
        (["q", "--scripted", tmp_path / "none"], {}, "There is no folder"),
        (["q", "--scripted", tmp_path, "--context", tmp_path / "none"], {}, "cannot be read"),
        (["q", "--scripted", tmp_path, "--resume"], {}, "--resume needs --transcript"),
    ]:
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        code, said = main([str(word) for word in words]), capsys.readouterr().err
        assert (code, sentence in said, len(said.splitlines())) == (2, True, 1), said
