"""The recorded ways through the game, buttons alone, still lead there on the ROM that is shipped."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from demo_game.console import ROOT

DEMO = ROOT / "cartridges" / "demo"


def check(script: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", str(script), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_a_recording_of_another_rom_says_so_and_how_to_make_it_again(tmp_path):
    for script in DEMO.glob("*.py"):
        shutil.copy(script, tmp_path)
    shutil.copy(DEMO / "demo.gb", tmp_path)
    log = {"frames": 60, "ram": "0" * 64, "rom": "ab" * 20, "runs": [[0, 60]]}
    (tmp_path / "walkthrough.json").write_text(json.dumps(log))
    played = check(tmp_path / "walkthrough.py")
    assert played.returncode == 1
    assert "walkthrough.json is stale" in played.stderr and "abababababab" in played.stderr
    assert "make recordings" in played.stderr
