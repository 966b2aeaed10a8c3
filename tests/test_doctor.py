"""The doctor: what works here, what is missing, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pokerl.doctor import Check, examine


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "POKERL_ROM", "ATTEMPTS"):
        monkeypatch.delenv(name, raising=False)


def checks() -> dict[str, Check]:
    return {check.name: check for check in examine()}


def test_all_that_is_needed_for_the_demo_is_there():
    found = checks()
    assert not [check for check in found.values() if check.standing == "missing"]
    assert {"python", "pyboy", "demo cartridge", "your own ROM", "video", "model key", "disk space"} <= set(found)


def test_what_is_not_there_comes_with_a_remedy():
    for check in checks().values():
        assert bool(check.remedy) == (check.standing != "ok")


def test_the_key_is_looked_for_in_the_environment_and_in_dotenv(monkeypatch):
    assert "OPENAI_API_KEY is not set" in checks()["model key"].detail
    Path(".env").write_text("OPENAI_API_KEY=secret-key\nOPENAI_BASE_URL=http://localhost:8000/v1\n")
    found = checks()["model key"]
    assert (found.standing, found.detail) == ("ok", "set, for http://localhost:8000/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert checks()["model key"].standing == "optional"


def test_a_key_is_never_shown():
    Path(".env").write_text("OPENAI_API_KEY=secret-key\n")
    assert "secret-key" not in repr(checks())


def test_a_model_setting_that_is_wrong_is_a_finding(monkeypatch):
    monkeypatch.setenv("ATTEMPTS", "none at all")
    found = checks()["model key"]
    assert found.standing == "optional"
    assert found.remedy


@pytest.mark.parametrize("make", ["missing", "folder", "text"])
def test_a_rom_of_your_own_that_cannot_be_used_is_told(monkeypatch, tmp_path, make):
    place = tmp_path / "red.gb"
    if make == "folder":
        place.mkdir()
    elif make == "text":
        place.write_text("hello")
    monkeypatch.setenv("POKERL_ROM", str(place))
    found = checks()["your own ROM"]
    assert found.standing == "optional"
    assert found.remedy


def test_a_rom_of_your_own_is_recognised(monkeypatch, demo_rom):
    monkeypatch.setenv("POKERL_ROM", str(demo_rom))
    assert checks()["your own ROM"].standing == "ok"
