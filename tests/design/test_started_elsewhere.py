"""What was reached, or written, before an attempt's start is not hidden by starting there."""

from __future__ import annotations

from pokerl.audit import audit_run
from pokerl.play.result import AttemptResult
from tests.play.stage import FINISH

POKED = 'def go(game) -> str:\n    """Go."""\n    game.poke("wPlayerMoney", [9, 9, 9], why="rich")\n    return "rich"\n'


def test_pokes_before_the_start_stay_on_the_path_and_milestones_are_not_inherited(experiment, demo_rom):
    manifest = 'name = "w1"\ncapabilities = ["press", "ram.write"]\n'
    files = {"interface.toml": manifest, "tools.py": POKED, "player.md": "Play."}
    turns = {
        "designer": (
            "".join(f"workspace.write('w1', {name!r}, {text!r})\n" for name, text in files.items())
            + "first = evaluate('w1', minutes=1)\n"
            "workspace.copy('w1', 'w2')\nsecond = evaluate('w2', minutes=1, start=first.end)",
            FINISH,
        ),
        "player-w1": ("game.wait(40)\ngo()", FINISH),
        "player-w2": ("game.wait(40)", FINISH),
    }
    result = experiment(turns, mode="open")
    second: AttemptResult = result.attempts[1]
    assert not second.from_power_on
    found = audit_run(result.folder, demo_rom)
    assert [attempt.trunk_pokes for attempt in found.attempts] == [1, 1]
    assert [bool(attempt.start) for attempt in found.attempts] == [False, True]
