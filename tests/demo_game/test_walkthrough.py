"""The recorded way from power-on to the Hall of Fame, buttons alone, still leads there on the ROM that is shipped."""

from __future__ import annotations

import subprocess
import sys

from demo_game.console import ROOT


def test_the_recorded_walkthrough_ends_in_the_hall_of_fame_with_the_same_memory():
    command = [sys.executable, "-W", "ignore", str(ROOT / "cartridges" / "demo" / "walkthrough.py"), "--check"]
    played = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert played.returncode == 0, played.stderr
    assert "Hall of Fame with the same memory: True" in played.stdout
