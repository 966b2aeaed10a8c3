"""Cutting off whole attempts at random moments, by ``kill -9`` and Ctrl-C, and going on: ``pokerl play --resume``.

    python -m tests.trials.attempts                 200 kills and 50 interrupts, over ten attempts

Each attempt is cut again and again until it has met its share, then compared with the same attempt undisturbed. Which
step comes next its player sees from the machine, as a player must whose variables are gone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pokerl.rlm.transcript import Transcript, Turn
from pokerl.timeline import LOG_NAME, Event, Run, Tree, read_events
from pokerl.timeline.check import check_run

PLAY = [sys.executable, "-c", "from pokerl.cli import main; main()", "play", "--json"]
TURNS_A_LIFE = 12
STEPS_A_TURN = 5
ENDING_TURNS = 20
CUT = (-signal.SIGKILL, -signal.SIGINT, 130)
"""How a life may end that was cut off; a Ctrl-C before the program is imported ends it by the signal itself."""

PATIENCE = 120.0
SECOND_CTRL_C = 5.0

TOOLS = '''
import random

STEP = 24
BUTTONS = ["", "", "a", "a", "b", "up", "down", "left", "right", "start"]


def play_to(game, step):
    """Do the steps up to one; where the machine stands tells which comes next."""
    while game.frame < step * STEP:
        number, done = divmod(game.frame, STEP)
        game.hold(random.Random(number).choice(BUTTONS), STEP - done)
    return game.frame
'''

STEPS = "print(play_to({step}))"
LOOK_AROUND = "c = game.checkpoint()\nwith game.branch(c) as b: b.wait(30)"
END = 'answer["content"] = "done"; answer["ready"] = True'


@dataclass
class Outcome:
    """What came of the attempts that were cut off.

    Attributes:
        cut: how often, by kind; ``while_starting``: how many of these before the attempt had begun or gone on.
        turns, asked_again: turns that were answered; calls whose answer was lost with the process and asked again.
        frames, done_again: run in all; on machines that stood for a killed one.
        wrong: what differs from the undisturbed attempt; empty if nothing does.
    """

    attempts: int = 0
    cut: Counter[str] = field(default_factory=Counter)
    while_starting: int = 0
    turns: int = 0
    asked_again: int = 0
    frames: int = 0
    done_again: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def prepare(base: Path, turns: int) -> list[str]:
    """Write interface, agent, script and settings; what to say after `pokerl play` to play the attempt."""
    (base / "interface").mkdir(parents=True)
    (base / "interface" / "interface.toml").write_text(
        'name = "v1"\ncapabilities = ["press", "screen", "ram.read", "branch"]\n'
    )
    (base / "interface" / "tools.py").write_text(TOOLS)
    (base / "interface" / "player.md").write_text("Play.")
    (base / "agent").mkdir()
    (base / "agent" / "agent.toml").write_text('name = "player"\nmax_turns = 100000\ncontext_tokens = 4000\n')
    (base / "agent" / "system.md").write_text("Play.")
    script = base / "script" / "player-v1"
    script.mkdir(parents=True)
    for turn in range(1, turns + ENDING_TURNS):
        blocks = [STEPS.format(step=min(turn, turns) * STEPS_A_TURN)]
        blocks += [LOOK_AROUND] if turn % 5 == 0 else []
        blocks += [END] if turn >= turns else []
        text = "\n".join(blocks)
        (script / f"{turn:02d}.md").write_text(f"+++\nseconds = 0.04\n+++\n```repl\n{text}\n```\n")
    (base / "play.toml").write_text('cartridge = "demo"\nscripted = "script"\n[player]\nagent = "AGENT"\n'
                                    .replace("AGENT", str(base / "agent")))  # fmt: skip
    return [str(base / "play.toml"), "--interface", str(base / "interface")]


class Trial:
    """One attempt, cut off again and again.

    Args:
        base: where everything is kept.
        kinds: "kill" or "interrupt", in order.
        seed: of the moments.
    """

    def __init__(self, base: Path, kinds: Sequence[str], seed: int) -> None:
        self.base = base
        self.kinds = list(reversed(kinds))
        self.outcome = Outcome(attempts=1)
        self._chance = random.Random(seed)
        self._words = prepare(base, TURNS_A_LIFE * len(kinds))
        self._runs = base / "runs"

    def run(self) -> Outcome:
        """Play both attempts and compare them."""
        began = time.monotonic()
        undisturbed = self.base / "undisturbed"
        subprocess.run([*PLAY, *self._words, "--runs", str(undisturbed)], check=True, capture_output=True)
        while (report := self._live()) is None:
            pass
        if self.kinds:
            self.outcome.wrong.append(f"it came to its end before the last {len(self.kinds)} cuts")
        (expected,) = undisturbed.iterdir()
        self._compare(expected, report)
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _live(self) -> dict[str, object] | None:
        """One life of the process; what it reports if it came to the end."""
        folder = next((each.parent for each in self._runs.glob(f"*/{LOG_NAME}") if _begun(each.parent)), None)
        known = (folder / LOG_NAME).read_bytes() if folder else b""
        words = ["--resume", str(folder)] if folder else [*self._words, "--runs", str(self._runs)]
        process = subprocess.Popen(
            [*PLAY, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        if self.kinds:
            self._cut(process, self.kinds.pop(), folder, len(known))
        out, said = process.communicate(timeout=PATIENCE)
        whole = known[: known.rfind(b"\n") + 1]
        if folder and not (folder / LOG_NAME).read_bytes().startswith(whole):
            self.outcome.wrong.append("the log lost an event")
        if process.returncode not in (0, *CUT):
            raise RuntimeError(f"it ended with {process.returncode}: {said.decode()}")
        return json.loads(out) if process.returncode == 0 else None

    def _cut(self, process: subprocess.Popen[bytes], kind: str, folder: Path | None, known: int) -> None:
        """Wait for a random moment and cut: mostly while it plays, sometimes while it starts."""
        if self._chance.random() < 0.2:
            time.sleep(self._chance.uniform(0, 1.5))
            self.outcome.while_starting += 1
        else:
            until = time.monotonic() + PATIENCE
            while not self._plays(folder, known) and process.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(self._chance.uniform(0, 0.3))
        self.outcome.cut[kind] += 1
        process.send_signal(signal.SIGKILL if kind == "kill" else signal.SIGINT)
        # Python swallows a Ctrl-C that falls into a callback of an import; one presses it again then.
        while kind == "interrupt" and not _ended(process, SECOND_CTRL_C):
            process.send_signal(signal.SIGINT)

    def _plays(self, folder: Path | None, known: int) -> bool:
        """Whether the life that began when the log was so long plays; what it only did again does not count."""
        logs = [folder / LOG_NAME] if folder else list(self._runs.glob(f"*/{LOG_NAME}"))
        news = b"".join(log.read_bytes()[known:] for log in logs)
        return b'"tool":"play_to"' in (news.partition(b'"attempt_resumed"')[2] if folder else news)

    def _compare(self, expected: Path, report: dict[str, object]) -> None:
        (folder,) = (each.parent for each in self._runs.glob(f"*/{LOG_NAME}") if _begun(each.parent))
        events = list(read_events(folder))
        tree, other = Tree.from_events(events), Tree.from_events(read_events(expected))
        if _inputs(tree) != _inputs(other):
            self.outcome.wrong.append("its trunk does not hold the same inputs")
        if _end(tree) != _end(other):
            self.outcome.wrong.append(f"it ended at {_end(tree)}, not at {_end(other)}")
        self.outcome.wrong += [f"{one.where}: {one.what}" for one in check_run(folder).findings]
        self._compare_spending(folder, events, report)

    def _compare_spending(self, folder: Path, events: Sequence[Event], report: dict[str, object]) -> None:
        result: dict[str, object] = report["attempt"]  # type: ignore[assignment]
        calls = [event for event in events if event.kind == "model_call"]
        tokens = sum(event.data["input_tokens"] + event.data["output_tokens"] for event in calls)
        frames = sum(n for event in events if event.kind == "input" for _, n in event.data["runs"])
        if (result["tokens"], result["frames"]) != (tokens, frames):
            self.outcome.wrong.append(f"spent {result['tokens']}, {result['frames']}; the log has {tokens}, {frames}")
        turns = [turn.turn for turn in Transcript(folder / "transcripts").of("player-v1").of_kind(Turn)]
        if turns != list(range(1, len(turns) + 1)):
            self.outcome.wrong.append("a turn that was answered was asked again")
        self.outcome.turns, self.outcome.asked_again = len(turns), len(calls) - len(turns)
        tree = Tree.from_events(events)
        trunk = {segment.identifier for segment in tree.trunk("a001")}
        players = {"m0001", *(event.data["machine"] for event in events if event.kind == "attempt_resumed")}
        self.outcome.done_again = sum(
            segment.frames
            for segment in tree.segments
            if segment.machine in players and segment.identifier not in trunk
        )
        self.outcome.frames = frames


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _begun(folder: Path) -> bool:
    """Whether an attempt has begun in a run folder, so that it can be gone on with."""
    return any(event.kind == "attempt_started" for event in read_events(folder))


def _inputs(tree: Tree) -> list[tuple[int, int]]:
    """What was held on the trunk, frame by frame, however the acts were cut."""
    held: list[tuple[int, int]] = []
    for act in (act for segment in tree.trunk("a001") for act in segment.acts if isinstance(act, Run)):
        if held and held[-1][0] == act.mask:
            held[-1] = (act.mask, held[-1][1] + act.frames)
        else:
            held.append((act.mask, act.frames))
    return held


def _end(tree: Tree) -> tuple[int, str]:
    """Frame and RAM hash of the end of the trunk."""
    last = tree.trunk("a001")[-1]
    return last.end_frame, last.ram


def cut_off(base: Path, kinds: Sequence[str], attempts: int, seed: int) -> Outcome:
    """Cut off attempts, the kinds dealt out among them; what came of all."""
    total = Outcome()
    for number in range(attempts):
        one = Trial(base / f"attempt-{number}", kinds[number::attempts], seed + number).run()
        for name, value in vars(one).items():
            before = getattr(total, name)
            setattr(total, name, before + value)
        if os.isatty(2):
            print(vars(one), file=sys.stderr)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--interrupts", type=int, default=50)
    parser.add_argument("--attempts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kinds = [*["kill"] * given.kills, *["interrupt"] * given.interrupts]
    random.Random(given.seed).shuffle(kinds)
    with tempfile.TemporaryDirectory() as folder:
        outcome = cut_off(Path(folder), kinds, given.attempts, given.seed)
    print(json.dumps(vars(outcome), indent=1))
    return bool(outcome.wrong)


if __name__ == "__main__":
    sys.exit(main())
