"""What one process does: the environment, checkpoints, replays, against PyBoy itself, in processor time."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from pathlib import Path

from pokerl.emulator import Gate, Machine, MachineSettings
from pokerl.emulator.protocol import Act, Checkpoint, Commit, Hold, Node
from pokerl.emulator.rights import HOST
from pokerl.env import ACTIONS, PokemonRed
from pokerl.replay import open_record, replay
from pokerl.timeline import Recorder, Run, StateStore
from pokerl.timeline.manifest import FORMAT, Manifest, write_manifest
from tests.bench.game import NAMES, Game, masks, raw
from tests.bench.measure import Figure, in_turns, ratio

STEPS = 300


def environment(game: Game, turns: int) -> Figure:
    """Steps of 24 frames, the last one drawn, the state read, against the same frames without reading anything."""
    with tempfile.TemporaryDirectory() as folder:
        state = game.state_file(Path(folder))
        made = PokemonRed(cartridge=game.cartridge.identifier, rom=game.rom, idle=0, state=state, frame_budget=0)
    held = masks(STEPS)
    actions = [ACTIONS.index(NAMES[mask]) for mask in held]
    pyboy = raw(made._machine)

    def plain() -> None:
        made.reset()
        for mask in held:
            pyboy.button_press(NAMES[mask])
            pyboy.tick(8, False, False)
            pyboy.button_release(NAMES[mask])
            pyboy.tick(16, True, False)

    def stepping() -> None:
        made.reset()
        for action in actions:
            made.step(action)

    times = in_turns(plain, stepping, turns, time.process_time)
    made.close()
    return ratio("environment step / raw PyBoy", times, 0.90, share=STEPS, unit="a step of 24 frames")


def checkpoints(game: Game, turns: int) -> list[Figure]:
    """Capture and restore, in memory as PyBoy does it and as a machine does it; and with the disk."""
    machine = game.in_play()
    pyboy, rounds = raw(machine), 10

    def plain() -> None:
        for _ in range(rounds):
            file = io.BytesIO()
            pyboy.save_state(file)
            file.seek(0)
            pyboy.load_state(file)

    def ours() -> None:
        for _ in range(rounds):
            machine.load(machine.save())

    times = in_turns(plain, ours, turns, time.process_time)
    faster = ratio(
        "capture + restore: times faster than PyBoy", times, 3.0, share=rounds, unit="for PyBoy's and for a machine's"
    )
    found = [faster, *_on_disk(machine, rounds * 3)]
    machine.close()
    return found


def _on_disk(machine: Machine, rounds: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        store = StateStore(folder)
        kept: list[float] = []
        restored: list[float] = []
        size = 0
        for _ in range(rounds):
            machine.run(0, 7)
            began = time.perf_counter()
            digest = store.put(machine.stored())
            middle = time.perf_counter()
            machine.load_stored(store.get(digest))
            kept.append(middle - began)
            restored.append(time.perf_counter() - middle)
            size = max(size, store.path(digest).stat().st_size)
    save, load = statistics.median(kept) * 1e3, statistics.median(restored) * 1e3
    return [
        Figure(name="checkpoint kept on the disk (synced) and restored", value=save + load, unit="ms",
               detail=f"{save:.1f} and {load:.1f} ms, hashes and checks included"),
        Figure(name="a state on the disk", value=size / 1024, unit="KiB", goal=12, at_most=True),
    ]  # fmt: skip


def verification(game: Game, turns: int, frames: int = 12_000) -> Figure:
    """Replaying a recorded path with all comparisons, against PyBoy with the same inputs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _record(game, folder, frames)
        record = open_record(folder)
        trunk = record.tree.trunk("a001")
        acts = [act for segment in trunk for act in segment.acts if isinstance(act, Run)]
        total = sum(act.frames for act in acts)

        def plain() -> None:
            machine, held = game.machine(), 0
            pyboy = raw(machine)
            for act in acts:
                for bit, button in NAMES.items():
                    if (act.mask ^ held) & bit:
                        (pyboy.button_press if act.mask & bit else pyboy.button_release)(button)
                held = act.mask
                pyboy.tick(act.frames, False, False)
            machine.close()

        def verify() -> None:
            shown = replay(record, trunk, game.rom)
            assert shown.agrees, shown.disagreement

        times = in_turns(plain, verify, turns, time.process_time)
    return ratio("replay for verification / raw PyBoy", times, 0.90, share=total, unit="a frame")


def _record(game: Game, folder: Path, frames: int) -> None:
    """A path as players make it: many short acts, a checkpoint every thousand frames."""
    machine = game.machine()
    write_manifest(folder, Manifest(format=FORMAT, cartridge=game.cartridge.identifier, rom_sha1=machine.rom_sha1))
    settings = MachineSettings(rom=str(game.rom), cartridge=game.cartridge.identifier, attempt="a001")
    gate = Gate(machine, Recorder(folder), settings, store=StateStore(folder))
    gate.open()
    for number, mask in enumerate(masks(frames)):
        if machine.frame > frames:
            break
        buttons = mask if machine.byte(0xD369) else (1, 8)[number % 2]
        gate.handle(Act([Hold(buttons, 8), Hold(0, 16)]), HOST)
        if number % 40 == 39:
            assert isinstance(gate.handle(Checkpoint(), HOST), Node)
    gate.handle(Commit(), HOST)
    gate.close("done")
    machine.close()
