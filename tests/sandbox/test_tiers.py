"""Which tier is used, and that it is never silently a weaker one."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pokerl.errors import ConfigurationProblem, SandboxUnavailable
from pokerl.sandbox import Policy, choose, probe
from pokerl.sandbox.__main__ import main

from .conftest import EVERY_TIER, WORKING

ROOT = Path(__file__).parents[2]


def test_the_probe_names_every_tier_and_a_remedy_for_what_does_not_work() -> None:
    reports = probe()
    assert [report.name for report in reports] == ["bubblewrap", "landlock", "docker"]
    for report in reports:
        assert bool(report.reason) != report.works
        assert bool(report.remedy) != report.works


def test_the_strongest_working_tier_is_chosen() -> None:
    assert choose().name == WORKING[0]


@pytest.mark.parametrize("name", EVERY_TIER)
def test_a_preferred_tier_is_taken(name: str) -> None:
    assert choose(name).name == name


def test_without_bubblewrap_landlock_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    if "landlock" not in WORKING:
        pytest.skip("this kernel has no Landlock")
    monkeypatch.setenv("PATH", "/nowhere")
    assert choose().name == "landlock"
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        choose("bubblewrap")


def test_a_bubblewrap_that_does_not_start_is_reported_with_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SandboxUnavailable, match="No permissions to create new namespace"):
        choose("bubblewrap")


def test_a_bubblewrap_that_protects_nothing_is_not_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lax = tmp_path / "bwrap"
    lax.write_text('#!/bin/sh\nwhile [ $1 != -- ]; do shift; done; shift\nexec "$@"\n')
    lax.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SandboxUnavailable):
        choose("bubblewrap")


def test_no_sandbox_needs_to_be_called_unsafe() -> None:
    with pytest.raises(SandboxUnavailable, match="unsafe"):
        choose("none")
    assert choose("none", unsafe=True).name == "none"


def test_unsafe_alone_does_not_weaken_a_preference() -> None:
    assert choose(WORKING[0], unsafe=True).name == WORKING[0]


def test_docker_without_its_client_or_its_daemon_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="docker is not installed"):
        choose("docker")
    client = tmp_path / "docker"
    client.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon.' >&2\nexit 1\n")
    client.chmod(0o755)
    with pytest.raises(SandboxUnavailable, match="Cannot connect to the Docker daemon"):
        choose("docker")


def test_a_container_is_gone_with_its_supervisor_however_that_ends() -> None:
    if "docker" not in WORKING:
        pytest.skip("Docker does not run here")
    tier = choose("docker")
    argv = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
    process = tier.launch(argv, Policy(), stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == b"up\n"
    members = tier.members(process)
    assert members
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in members) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in members)


def test_an_unknown_tier_is_named() -> None:
    with pytest.raises(ConfigurationProblem, match="jail"):
        choose("jail")


def test_the_command_prints_the_tiers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name:<12} works" in shown for name in WORKING)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_user_has_the_same_tiers(ordinary_user: list[str]) -> None:
    code = "from pokerl.sandbox import probe; print([report.name for report in probe() if report.works])"
    argv = [*ordinary_user, sys.executable, "-c", code]
    result = subprocess.run(argv, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert result.stdout == f"{WORKING}\n", result.stderr
