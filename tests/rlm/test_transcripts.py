"""Transcripts: resuming from them and replaying them; turns from files."""

import msgspec
import pytest

from pokerl.budget import Budget, Limits
from pokerl.errors import ConfigurationProblem, ModelProblem, RunFolderProblem
from pokerl.rlm import AgentSpec, CassetteModel, ScriptedModel, Transcript, load_agent, run
from pokerl.rlm.messages import ModelRequest, say
from pokerl.rlm.models.scripted import spellings
from tests.rlm.conftest import FINISH, Mind, code


def records(ran):
    return [msgspec.json.decode(line) for line in (ran.folder / "agent.jsonl").read_bytes().splitlines()]


def cut(ran, last):
    """Cut the transcript off after its record number ``last``, and leave half a line behind, as a crash would."""
    file = ran.folder / "agent.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:last]) + lines[last][: len(lines[last]) // 2])


def test_resuming_asks_no_answered_turn_again_and_runs_nothing_again(agent_run):
    turns = [
        code("open('/tmp/x', 'a').write('1')\nprint('one')\nanswer['content'] = 'draft'"),
        code("print('two')"),
        FINISH,
    ]
    ran = agent_run(*turns)
    cut(ran, 7)
    mind = Mind([None, None, code("print(outputs[0], 'x' in globals(), len(history), answer['content'])"), FINISH])
    again = agent_run(mind=mind, resume=True)
    assert [request.turn for request in mind.seen] == [3, 4]
    messages = mind.seen[0].messages
    assert [message.role for message in messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert "one" in messages[3].text
    assert "This run was interrupted" in messages[-1].text
    assert "one\n False 2 draft" in again.told[0]
    assert again.result.stop == "answered"


def test_a_turn_that_was_cut_off_while_its_code_ran_is_told_with_what_is_known(agent_run):
    ran = agent_run(code("print('first')", "print('second')"), FINISH)
    cut(ran, 3)
    mind = Mind([None, FINISH])
    agent_run(mind=mind, resume=True)
    last = mind.seen[0].messages[-1].text
    assert "first" in last
    assert "may have been run partly" in last
    assert mind.seen[0].turn == 2


def test_a_resumed_run_can_be_resumed_again(agent_run):
    ran = agent_run(code("print('one')"), FINISH)
    cut(ran, 4)
    agent_run(mind=Mind([None, code("print('two')")]), resume=True)
    mind = Mind([None, None, FINISH])
    agent_run(mind=mind, resume=True)
    assert mind.seen[0].messages[3].text.count("This run was interrupted") == 1
    assert mind.seen[0].messages[5].text.count("This run was interrupted") == 1


def test_resuming_a_run_that_had_its_answer_gives_it_without_asking(agent_run):
    agent_run(code("answer['content'] = 9\nanswer['ready'] = True"))
    again = agent_run(mind=Mind([]), resume=True)
    assert (again.result.content, again.result.stop, again.mind.seen) == (9, "answered", [])


def test_pictures_are_there_again_after_a_resume(agent_run):
    ran = agent_run(code("import numpy\nshow(numpy.zeros((3, 3)))"), FINISH)
    cut(ran, 4)
    mind = Mind([None, FINISH])
    agent_run(mind=mind, resume=True)
    first, again = ran.mind.seen[1].messages[-1].parts[1], mind.seen[0].messages[-1].parts[1]
    assert first == again


def test_a_damaged_transcript_is_refused(agent_run):
    ran = agent_run(code("1"), FINISH)
    file = ran.folder / "agent.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"turn"', b'"trun"', 1))
    with pytest.raises(RunFolderProblem, match="line 2"):
        agent_run(mind=Mind([]), resume=True)


def test_transcripts_grow_linearly(agent_run):
    short = agent_run(*[code("print('z' * 1000)")] * 20, max_turns=10)
    size = (short.folder / "agent.jsonl").stat().st_size
    agent_run(*[code("print('z' * 1000)")] * 20, max_turns=20, resume=True)
    assert (short.folder / "agent.jsonl").stat().st_size < size * 2


BLOCK = "print(llm_query_batched(['a', 'b']), rlm_query('child task', [1]))"
CHILD = code("answer.update(content=llm_query('c'), ready=True)")


def replay(ran, tier, folder, task="Do it."):
    model = CassetteModel(ran.folder)
    return run(AgentSpec(name="agent"), task=task, model=model, budget=Budget(), tier=tier, transcript=folder)


def test_a_recorded_run_is_replayed_with_its_sub_agents(agent_run, tier, tmp_path):
    finish = code("answer.update(content=outputs[0], ready=True)")
    ran = agent_run(mind=Mind([code(BLOCK), finish], children={"sub-1": [CHILD]}))
    again = replay(ran, tier, tmp_path / "again")
    assert (again.content, again.usage) == (ran.result.content, ran.result.usage)
    assert "echo: a" in again.content
    assert "echo: c" in again.content


def test_a_replay_that_asks_something_else_is_refused(agent_run, tier, tmp_path):
    ran = agent_run(FINISH)
    result = replay(ran, tier, tmp_path / "again", task="Another task.")
    assert (result.stop, "asked something else at turn 1 of agent" in result.reason) == ("failed", True)


def test_a_replay_that_goes_on_longer_is_refused(agent_run, tier, tmp_path):
    ran = agent_run(code("1"), max_turns=1)
    assert "has no turn 2 of agent" in replay(ran, tier, tmp_path / "again").reason


def test_no_transcripts_no_cassette(tmp_path):
    with pytest.raises(ConfigurationProblem, match="no transcripts"):
        CassetteModel(tmp_path)


def ask(model, agent, turn=1):
    return model.complete(ModelRequest(agent, turn, (say("user", "x" * 40),)))


def test_scripted_turns_come_from_files_and_numbered_agents_fall_back(tmp_path):
    for name, text in {
        "player/02.md": "two",
        "player/scout/01.md": "any",
        "player/scout-2/01.md": "second",
        "player/query.md": "q",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    model = ScriptedModel(tmp_path)
    assert ask(model, "player", 2).text == "two"
    assert ask(model, "player/scout-1").text == "any"
    assert ask(model, "player/scout-2").text == "second"
    assert ask(model, "player/query", 7).text == "q"
    with pytest.raises(ModelProblem, match=r"no turn 3 of player. Write player/03.md"):
        ask(model, "player", 3)


def test_names_that_end_in_versions_keep_them():
    assert spellings("player-v3/scout-1") == ["player-v3/scout-1", "player-v3/scout"]
    assert spellings("player-2/scout-1/sub-3")[-1] == "player/scout/sub"


def test_front_matter_simulates_cost(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "01.md").write_text(
        "+++\ninput_tokens = 7\noutput_tokens = 3\ndollars = 0.5\nseconds = 0.05\n+++\nHello"
    )
    completion = ask(ScriptedModel(tmp_path), "a")
    assert completion.text == "Hello"
    assert (completion.usage.tokens, completion.usage.dollars, completion.usage.estimated) == (10, 0.5, False)
    assert completion.seconds >= 0.05


def test_wrong_front_matter_is_named(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "01.md").write_text("+++\ncolour = 7\n+++\nHello")
    with pytest.raises(ModelProblem, match="turn 1 of a is wrong"):
        ask(ScriptedModel(tmp_path), "a")


def test_an_agent_is_loaded_from_its_folder(tmp_path):
    (tmp_path / "agent.toml").write_text('name = "scout"\ndepth = 0\n')
    (tmp_path / "system.md").write_text("Look for {{thing}}.")
    spec = load_agent(tmp_path, thing="caves")
    assert (spec.name, spec.depth, spec.system) == ("scout", 0, "Look for caves.")
    assert spec.full_system.startswith("You work inside a Python REPL.")
    with pytest.raises(ConfigurationProblem, match="thing"):
        load_agent(tmp_path)
    (tmp_path / "agent.toml").write_text('name = "scout"\ncolour = 1\n')
    with pytest.raises(ConfigurationProblem, match="colour"):
        load_agent(tmp_path, thing="x")


def test_limits_name_is_free(agent_run):
    (told,) = agent_run(FINISH, limits=Limits()).told
    assert told.partition(":\n")[2] == "(nothing was printed)\n\n[left: 99 turns]"


def test_a_new_sub_agent_never_takes_the_name_of_an_earlier_one(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "sub-4.jsonl").write_text("")
    transcript = Transcript(tmp_path)
    assert [transcript.child_path("a", name) for name in ("sub", "sub", "scout")] == ["a/sub-5", "a/sub-6", "a/scout-1"]
