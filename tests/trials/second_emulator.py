"""The demo game in other emulators: do the same inputs lead to the same memory?

    python -m tests.trials.second_emulator        the whole game, in each core that is installed

The game takes its luck from the divider register, which counts the processor's clock. How far it has come when the
game begins, and how far between two frames, differs between emulators (and between consoles): PyBoy runs a boot program
of its own for 64 frames, others begin behind theirs. So on the ROM as it is the luck differs from the first frame on.
Everything else must not. This trial shows both: it plays the ROM as it is, and a copy in which the two reads of the
divider are calls of a routine that uses the game's own frame counter, and in which a frame that the game missed
does not stir luck. On the copy the whole game must go alike to its end.

Memory is compared whenever the game sleeps at the end of a frame: C000 to DEE1 without the clock. Behind it lies the
stack, where interrupts leave other return addresses. The clock also counts frames of the screen that the game missed:
``clock`` tells how many frames the clocks lie apart at the end (none, since the game misses none). Inputs are given
frame by frame as the game counts them (C001), because a screen that is switched off while a map loads makes an
emulator's own frames differ in length.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pokerl import shipped
from pokerl.emulator.protocol import BUTTONS
from tests.trials.asleep import Runs, play
from tests.trials.libretro import Console, find_core

DEMO = shipped.path("cartridges/demo")
CORES = ("mgba", "gambatte")
START, END, TICKS = 0xC000, 0xDEE2, 0xC001
HELD, TEAMS = 0xFFB4, 0xD5A2
PATIENCE = 400
"""Frames within which the game must count on."""

CLOCK, CLOCK_END = 0xDA41, 0xDA46

READ_DIVIDER = bytes.fromhex("F00447")  # ldh a,(04); ld b,a
CALL, ROUTINE_AT = bytes.fromhex("CD003F"), 0x3F00
ROUTINE = bytes.fromhex("F0D3 47 07 07 80 47 F0D4 07 A8 47 FA01C0 80 47 FAFEC0 3C EAFEC0 80 47 C9")
"""b := (hRandomAdd · 5 XOR hRandomSub, bits turned) + the frame counter + a count of its calls, kept at C0FE, where the
game has nothing. The game draws again until a number is large enough; without the count it may run in a circle within
a frame and never come out."""
MIX_IN_EVERY_FRAME = re.compile(rb"(?<=\xdc\x80\xff)\xcd(..)", re.DOTALL)
"""The call behind ``call c,FF80``, which brings the sprites to the screen."""
CALL_ASLEEP, ASLEEP_AT = bytes.fromhex("CD203F"), 0x3F20
ASLEEP = bytes.fromhex("F0D6 A7 C8 C3")
"""Return if the game is not asleep (FFD6), else jump to what was called."""


class Moment(NamedTuple):
    """The game asleep: frames that it counts, buttons that led here, its memory."""

    tick: int
    mask: int
    digest: bytes
    clock: int


class Verdict(NamedTuple):
    """How far a core agreed."""

    core: str
    moments: int
    alike: int
    first_difference: int | None
    teams: int
    clock: int


def with_counted_luck(rom: bytes) -> bytes:
    """A copy of the ROM whose luck comes from the frame counter."""
    calls = MIX_IN_EVERY_FRAME.findall(rom)
    if rom.count(READ_DIVIDER) != 2 or len(calls) != 1 or any(rom[ROUTINE_AT:0x4000]):
        raise RuntimeError("the game does not read the divider as it used to")
    changed = bytearray(MIX_IN_EVERY_FRAME.sub(CALL_ASLEEP, rom).replace(READ_DIVIDER, CALL))
    changed[ROUTINE_AT : ROUTINE_AT + len(ROUTINE)] = ROUTINE
    changed[ASLEEP_AT : ASLEEP_AT + len(ASLEEP) + 2] = ASLEEP + calls[0]
    return bytes(changed)


def digest(work: bytes) -> bytes:
    """Of C000 to DEE1 without the clock."""
    return hashlib.sha256(work[: CLOCK - START] + work[CLOCK_END - START : END - START]).digest()[:8]


def clock(work: bytes) -> int:
    """Frames that the clock has counted."""
    hours, _, minutes, seconds, frames = work[CLOCK - START : CLOCK_END - START]
    return ((hours * 60 + minutes) * 60 + seconds) * 60 + frames


def record(rom: Path, runs: Runs) -> list[Moment]:
    """Play on PyBoy and note every moment at which the game sleeps; the last one of each frame that it counts."""
    moments: dict[int, Moment] = {}
    turns = before = 0

    def note(memory: Any) -> None:
        nonlocal turns, before
        low = memory[TICKS] | memory[TICKS + 1] << 8
        turns += low < before
        before = low
        tick = turns << 16 | low
        work = bytes(memory[START:END])
        moments[tick] = Moment(tick, memory[HELD], digest(work), clock(work))

    play(rom, runs, note)
    return list(moments.values())


def compare(name: str, core: Path, rom: Path, moments: list[Moment]) -> Verdict:
    """Give a core the same inputs and count the moments at which its memory is the same."""
    console = Console(core, rom)
    alike, first = 0, None
    work = console.work_ram()
    for now, following in itertools.pairwise(moments):
        work = _last_of(console, now.tick, following)
        same = digest(work) == now.digest
        alike += same
        if not same and first is None:
            first = now.tick
    console.close()
    return Verdict(name, len(moments) - 1, alike, first, work[TEAMS - START], clock(work) - moments[-2].clock)


def _last_of(console: Console, tick: int, following: Moment) -> bytes:
    """Run until the game counts the next frame; its memory just before."""
    work = console.work_ram()
    for _ in range(PATIENCE):
        console.run(following.mask)
        after = console.work_ram()
        if int.from_bytes(after[1:3], "little") == following.tick & 0xFFFF:
            return work
        work = after
    raise RuntimeError(f"the game stands still at its frame {tick}")


def story(rom: Path) -> Runs:
    """Play the whole game on a ROM as the walkthrough does; its inputs."""
    sys.path.insert(0, str(DEMO))
    import hands
    import recording
    import walker
    import walkthrough

    hands.ROM = rom
    player = walker.Walker()
    for _, deed in walkthrough.STORY:
        player.with_luck(lambda deed=deed: deed(player), 40)
    return recording.runs_of(player.log)


def anything(frames: int, seed: int) -> Runs:
    """Random buttons that read texts and open menus."""
    chance = random.Random(seed)
    masks = [0, 0, *[BUTTONS["a"]] * 4, *BUTTONS.values()]
    return [[0, 120], *([chance.choice(masks), chance.randint(2, 20)] for _ in range(frames // 11))]


def verdicts(rom: Path, runs: Runs) -> Iterator[Verdict]:
    """Of each core that is installed."""
    moments = record(rom, runs)
    for name in CORES:
        if core := find_core(name):
            yield compare(name, core, rom, moments)


def main() -> int:
    if not any(find_core(name) for name in CORES):
        print("No second emulator is installed; Debian has libretro-mgba and libretro-gambatte.")
        return 1
    shipped_runs = json.loads((DEMO / "walkthrough.json").read_text(encoding="utf-8"))["runs"]
    with tempfile.TemporaryDirectory() as folder:
        plain, counted = Path(folder) / "demo.gb", Path(folder) / "counted.gb"
        plain.write_bytes((DEMO / "demo.gb").read_bytes())
        counted.write_bytes(with_counted_luck(plain.read_bytes()))
        found = list(verdicts(counted, story(counted)))
        print(json.dumps({"luck from the frame counter": [one._asdict() for one in found]}, indent=1), flush=True)
        others = [one._asdict() for one in verdicts(plain, shipped_runs[:200])]
        print(json.dumps({"luck from the divider": others}, indent=1))
    return int(any(one.alike != one.moments or one.teams != 1 for one in found))


if __name__ == "__main__":
    sys.exit(main())
