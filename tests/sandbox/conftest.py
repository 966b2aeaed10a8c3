import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pokerl.sandbox import Policy, Tier, choose
from pokerl.sandbox.policy import MEBIBYTE
from pokerl.sandbox.probe import TIERS, examine

REPORTS = [examine(kind) for kind in TIERS]
WORKING = [report.name for report in REPORTS if report.works]
EVERY_TIER = [
    pytest.param(report.name, marks=[] if report.works else pytest.mark.skip(reason=f"{report.reason} {report.remedy}"))
    for report in REPORTS
]
SMALL = Policy(scratch_bytes=32 * MEBIBYTE, memory_bytes=1024 * MEBIBYTE, processes=16, file_bytes=8 * MEBIBYTE)

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session", params=EVERY_TIER)
def tier(request: pytest.FixtureRequest) -> Tier:
    return choose(request.param)


@pytest.fixture
def run(tier: Tier) -> Run:
    """Run Python code in the sandbox and wait for its end."""

    def start(code: str, *arguments: str, policy: Policy = SMALL, descriptors: tuple[int, ...] = ()):
        argv = [sys.executable, "-c", code, *arguments]
        process = tier.launch(argv, policy, descriptors, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            output, errors = process.communicate(timeout=30)
        finally:
            tier.kill(process)
        return subprocess.CompletedProcess(argv, process.returncode, output, errors)

    return start


@pytest.fixture
def ordinary_user(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The words before a command that make it run as an ordinary user, one whom no other test is."""
    if os.geteuid() != 0:
        return []
    home = tmp_path_factory.mktemp("home")
    for folder in (home, home.parent, home.parent.parent):
        folder.chmod(0o755)
    user = random.randrange(20_000, 60_000)
    return [sys.executable, str(Path(__file__).with_name("as_user.py")), str(user), str(home)]
