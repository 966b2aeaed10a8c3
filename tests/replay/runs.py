"""Small real runs on the demo game: machine processes, their gate, a log and states on disk."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pokerl.cartridge import identify
from pokerl.emulator import Client, MachineHandle, MachineSettings, Nursery
from pokerl.emulator.capability import MODES
from pokerl.emulator.protocol import BUTTONS, Hold
from pokerl.timeline.event import Event
from pokerl.timeline.recorder import Recorder

STARTER = (0xD74B, 2)
"""Event bit of the milestone "starter"."""


class RunFolder:
    """Writes what the host would write, and starts machines as it would."""

    def __init__(self, folder: Path, rom: Path, nursery: Nursery, mode: str = "open") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        content = rom.read_bytes()
        self.folder, self.rom, self.mode, self.nursery = folder, rom, mode, nursery
        self.cartridge = identify(content)
        self.recorder = Recorder(folder)
        self.machines = 0
        manifest = {
            "format": 1,
            "cartridge": self.cartridge.identifier,
            "rom": str(rom),
            "rom_sha1": hashlib.sha1(content).hexdigest(),
            "mode": mode,
            "sandbox": "none",
            "pokerl": "0.1.0",
            "pyboy": "2.8.1",
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))

    def machine(self, attempt: str, start: str = "") -> MachineHandle:
        self.machines += 1
        settings = MachineSettings(
            rom=str(self.rom),
            cartridge=self.cartridge.identifier,
            run_folder=str(self.folder),
            attempt=attempt,
            machine=f"m{self.machines:04d}",
            capabilities=sorted(MODES[self.mode]),
            start=start,
        )
        return self.nursery.start(settings)

    def note(self, kind: str, attempt: str = "", **data: object) -> None:
        self.recorder.append(Event(kind, time.time(), attempt, data=data))

    def attempt(
        self, attempt: str, play: Callable[[MachineHandle], None], version: str = "v1", *, start: str = ""
    ) -> None:
        heading = {"version": version, "interface": version_hash(version), "mode": self.mode, "start": start}
        self.note("attempt_started", attempt, **heading)
        with self.machine(attempt, start) as handle:
            play(handle)
        self.note("attempt_ended", attempt, outcome="answered", reason="", seconds=1.5)


def version_hash(version: str) -> str:
    return hashlib.sha256(version.encode()).hexdigest()


def new_game(client: Client) -> None:
    """From power-on to standing in the bedroom."""
    client.wait(60)
    for _ in range(30):
        client.press("a", tool="start")


def walk(client: Client, *buttons: str, tool: str = "walk") -> None:
    for button in buttons:
        client.act([Hold(BUTTONS[button], 16), Hold(0, 4)], tool=tool)


def downstairs(client: Client) -> None:
    """From where a new game begins, past the milestone "bedroom_left"."""
    walk(client, *["right"] * 4, *["up"] * 4)
    client.wait(64)


def wander(client: Client, steps: int, seed: int) -> None:
    chance = random.Random(seed)
    walk(client, *(chance.choice(["up", "down", "left", "right", "a", "b"]) for _ in range(steps)), tool="wander")


def play_fairly(run: RunFolder) -> Callable[[MachineHandle], None]:
    """A checkpoint, two discarded branches (one on a machine of its own), then downstairs and a commit."""

    def play(handle: MachineHandle) -> None:
        client = handle.control
        new_game(client)
        bedroom = client.checkpoint(label="bedroom").checkpoint
        with run.machine(handle.settings.attempt, bedroom) as scout:
            wander(scout.control, 20, seed=1)
            scout.control.checkpoint()
            wander(scout.control, 5, seed=2)
        wander(client, 10, seed=3)
        client.restore(bedroom)
        downstairs(client)
        client.commit(label="ground floor")
        wander(client, 3, seed=4)

    return play


def play_by_writing(handle: MachineHandle) -> None:
    """Downstairs by playing, the starter by writing its event."""
    client = handle.control
    new_game(client)
    downstairs(client)
    address, bit = STARTER
    client.poke(address, bytes([1 << bit]), tool="finish_story", why="skip the lab")
    client.poke(0xD347, bytes.fromhex("999999"), tool="get_rich", why="for the shop")
    client.wait(40)
    wander(client, 6, seed=5)
    client.commit()


def build(folder: Path, rom: Path, nursery: Nursery) -> Path:
    """A run of two attempts, a001 played fairly and a002 with writes."""
    run = RunFolder(folder, rom, nursery)
    for version in ("v1", "v2"):
        tools = [
            {"name": "walk", "signature": "walk(path)", "doc": "Walk a path.\n\nMore.", "capabilities_hint": ["press"]}
        ]
        capabilities = ["press", "ram.read"] if version == "v1" else ["press", "ram.write"]
        run.note("version_written", version=version, hash=version_hash(version), capabilities=capabilities, tools=tools)
    run.attempt("a001", play_fairly(run), "v1")
    run.attempt("a002", play_by_writing, "v2")
    calls = ({"input_tokens": 10, "output_tokens": 5, "dollars": 0.25}, {"input_tokens": 1, "output_tokens": 1})
    run.note("model_call", "a001", agent="player-v1", model="m", **calls[0])
    run.note("model_call", "a002", agent="player-v2", model="m", **calls[0])
    run.note("model_call", "a002", agent="player-v2", model="m", dollars=None, **calls[1])
    return folder


def tamper(run: Path, kind: str, change: Callable[[dict[str, Any]], None], attempt: str = "a001") -> None:
    """Change the first event of a kind in an attempt's first machine's log."""
    log = run / "events.jsonl"
    lines = log.read_text().splitlines()
    found = (json.loads(line) | {"place": place} for place, line in enumerate(lines))
    event = next(one for one in found if one["kind"] == kind and one.get("attempt") == attempt)
    place = event.pop("place")
    change(event)
    lines[place] = json.dumps(event)
    log.write_text("".join(line + "\n" for line in lines))
