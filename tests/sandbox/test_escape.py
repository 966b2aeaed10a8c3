"""Nothing gets out of a tier that claims to work, and the attempts are such that they would without one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pokerl.sandbox import choose
from pokerl.sandbox.escape import attempt_all
from pokerl.sandbox.escape.run import attempts
from pokerl.sandbox.inside import rules
from pokerl.sandbox.landlock import Landlock

from .conftest import EVERY_TIER, WORKING

ROOT = Path(__file__).parents[2]
HARMLESS = ("files.read_secret", "files.read_ssh_key", "files.read_secret_by_symlink", "files.read_secret_with_loader")
HARMLESS += ("files.create_in_shared", "environment.read_command_lines", "processes.signal_victim")
HARMLESS += ("processes.read_victim_file", "network.connect_tcp", "network.connect_abstract", "network.connect_unix")
HARMLESS += ("network.send_udp", "network.send_abstract_from_pair", "reach.memfd_create", "reach.socket")


@pytest.fixture(scope="module", params=EVERY_TIER)
def outcomes(request: pytest.FixtureRequest) -> dict:
    return {outcome.name: outcome for outcome in attempt_all(choose(request.param))}


@pytest.mark.parametrize("kind", sorted({name.split(".")[0] for name in attempts()} | {"host"}))
def test_nothing_escapes(outcomes: dict, kind: str) -> None:
    tried = [outcome for name, outcome in outcomes.items() if name.split(".")[0] == kind]
    assert tried
    assert [outcome.name for outcome in tried if outcome.escaped] == []


def test_every_attempt_was_made(outcomes: dict) -> None:
    assert outcomes.keys() == attempts().keys() | {"host.unchanged"}
    assert len(outcomes) > 200


def test_the_attempts_do_get_out_where_nothing_holds_them() -> None:
    found = {outcome.name: outcome.escaped for outcome in attempt_all(choose("none", unsafe=True), HARMLESS)}
    assert found == dict.fromkeys((*HARMLESS, "host.unchanged"), True)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
@pytest.mark.parametrize("name", EVERY_TIER)
def test_nothing_escapes_from_an_ordinary_users_sandbox(name: str, ordinary_user: list[str]) -> None:
    code = f"""
import os
assert os.getuid() != 0
from pokerl.sandbox.escape import attempt_all
from pokerl.sandbox import choose
outcomes = attempt_all(choose({name!r}))
print(len(outcomes), [outcome.name for outcome in outcomes if outcome.escaped])
"""
    argv = [*ordinary_user, sys.executable, "-c", code]
    result = subprocess.run(argv, env=_environment(), cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.stdout == f"{len(attempts()) + 1} []\n", result.stderr


def _environment() -> dict[str, str]:
    return dict(os.environ) | {"PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_nothing_escapes_on_older_kernels(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if "landlock" not in WORKING or rules.version() < version:
        pytest.skip("this kernel's Landlock is older still")
    monkeypatch.setattr(rules, "version", lambda: version)
    assert [outcome.name for outcome in attempt_all(Landlock()) if outcome.escaped] == []
