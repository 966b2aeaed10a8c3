"""The settings of an experiment: every field has a default, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pokerl.design.opening import model_names
from pokerl.design.settings import ExperimentSettings, load_settings
from pokerl.errors import ConfigurationProblem
from pokerl.play.settings import AgentSettings, seconds_of
from pokerl.shipped import path as shipped


def load(tmp_path: Path, text: str | bytes) -> ExperimentSettings:
    file = tmp_path / "experiment.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(file)


def test_an_empty_file_is_an_experiment(tmp_path):
    settings = load(tmp_path, "")
    assert settings == ExperimentSettings()
    assert settings.designer.limits().wall_seconds == 48 * 3600
    assert settings.player.limits().wall_seconds == 5 * 3600


def test_a_table_that_gives_one_field_keeps_the_others(tmp_path):
    settings = load(tmp_path, '[designer]\nmodel = "big"\n[player]\ntokens = 5\n[scout]\nwall = "1m"\n')
    assert (settings.designer.agent, settings.designer.wall, settings.designer.model) == ("designer", "48h", "big")
    assert (settings.player.agent, settings.player.wall, settings.player.tokens) == ("player", "5h", 5)
    assert (settings.scout.agent, settings.scout.wall) == ("scout", "1m")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('nam = "x"', "`nam`"),
        ('[player]\nmodle = "x"', "`modle` - at `$.player`"),
        ('mode = "cheat"', "$.mode"),
        ('name = "Big Name"', "$.name"),
        ('name = "a\\n"', "$.name"),
        ('[player]\nwall = "5 hours"', "$.player.wall"),
        ('[player]\nwall = "5h\\n"', "$.player.wall"),
        ('[player]\nwall = "-5h"', "$.player.wall"),
        ("[player]\nwall = 5", "$.player.wall"),
        ("[scout]\nframes = 0", "$.scout.frames"),
        ("[scout]\ntokens = -1", "$.scout.tokens"),
        ("player = 5", "$.player"),
        ("name = ", "at end of document"),
        (b"\xff\xfe", "cannot be used"),
        ("x = " + "[" * 5000, "cannot be used"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, named):
    with pytest.raises(ConfigurationProblem) as problem:
        load(tmp_path, text)
    assert named in problem.value.message
    assert "experiment.toml" in problem.value.message
    assert problem.value.remedy


@pytest.mark.parametrize("place", ["nothing.toml", ".", "experiment.toml/below"])
def test_a_file_that_cannot_be_read_is_told(tmp_path, place):
    (tmp_path / "experiment.toml").touch()
    with pytest.raises(ConfigurationProblem):
        load_settings(tmp_path / place)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"name='a'\nname='b'")
@example(b"[player]\nwall='9999999999999999999999999h'")
@example(b"[player]\ntokens=nan")
def test_any_file_is_settings_or_a_problem(tmp_path_factory, content):
    try:
        load(tmp_path_factory.mktemp("any"), content).player.limits()
    except ConfigurationProblem as problem:
        assert problem.remedy


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("90m", 5400), ("5h", 18000), ("2d", 172800), ("1.5h", 5400), ("0s", 0)]
)
def test_durations(text, seconds):
    assert seconds_of(text) == seconds


@given(st.text(max_size=12))
@example("٣h")
@example("5h\n")
@example("1e3s")
def test_any_other_text_is_no_duration(text):
    try:
        assert seconds_of(text) >= 0
        assert text[-1] in "smhd"
        assert text[:-1].replace(".", "", 1).isascii()
    except ConfigurationProblem as problem:
        assert "90m" in problem.remedy


def test_paths_are_relative_to_the_file(tmp_path):
    (tmp_path / "turns").mkdir()
    settings = load(tmp_path, 'rom = "red.gb"\nscripted = "turns"\n')
    assert settings.rom == str(tmp_path / "red.gb")
    assert settings.scripted == str(tmp_path / "turns")
    assert load(tmp_path, 'scripted = "story"').scripted == "story"


def test_settings_survive_the_manifest(tmp_path):
    settings = load(tmp_path, 'mode = "fair"\n[player]\nwall = "90s"\nframes = 1000\n')
    assert msgspec.convert(msgspec.to_builtins(settings), ExperimentSettings) == settings


def models(**names: str) -> dict[str, str]:
    parts = ("designer", "player", "scout")
    base = ExperimentSettings()
    given = {part: msgspec.structs.replace(getattr(base, part), model=names.get(part, "")) for part in parts}
    given["player"] = msgspec.structs.replace(given["player"], sub_model=names.get("sub", ""))
    return model_names(msgspec.structs.replace(base, **given))


def test_who_takes_whose_model():
    assert models(designer="d") == {"designer": "d", "player": "d", "scout": "d"}
    assert models(player="p") == {"designer": "p", "player": "p", "scout": "p"}
    assert models(designer="d", player="p", sub="s") == {"designer": "d", "player": "p", "scout": "s"}
    assert models(designer="d", scout="x")["scout"] == "x"
    with pytest.raises(ConfigurationProblem, match="--model NAME"):
        models()


def test_limits_without_a_value_are_none():
    limits = AgentSettings(wall="10s").limits()
    assert (limits.wall_seconds, limits.tokens, limits.frames) == (10, None, None)


@pytest.mark.parametrize("name", ["red", "story"])
def test_the_shipped_experiments_can_be_loaded(name):
    assert load_settings(shipped(f"experiments/{name}.toml")).name == name
