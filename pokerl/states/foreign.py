"""States that PyBoy saved elsewhere, also older versions of it.

A savestate from elsewhere can hold anything: a party nobody caught, a machine that hangs. So it is taken only on
request, loaded first in a process of its own that may die or hang, looked at, and saved again by the installed PyBoy.
What is played from it is marked: a start state belongs to no attempt, and its label says where it came from.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from pokerl.cartridge import Cartridge, locate_rom
from pokerl.emulator import Machine
from pokerl.emulator.protocol import BUTTONS
from pokerl.errors import PokerlError, StateRejected
from pokerl.states.belonging import belongs
from pokerl.states.older import completed
from pokerl.states.shelf import Kept, keep_state, summary_of
from pokerl.timeline.states import StoredState, pack_state, unpack_state

LARGEST = 1024 * 1024
TRIAL_FRAMES = 120
TRIAL_SECONDS = 30.0
STATE_FORMATS = range(1, 64)
"""A PyBoy state begins with the number of its format, a small one; anything else is another file."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What the trial process found: the state as pokerl keeps it, and what its memory says."""

    packed: bytes = b""
    summary: str = ""
    problem: str = ""


class _Order(msgspec.Struct, frozen=True):
    file: str
    rom: str
    cartridge: str


def import_state(
    file: Path, cartridge: Cartridge, rom: str, *, trust: bool, name: str = "", folder: Path | None = None
) -> tuple[Kept, str]:
    """Take a savestate that PyBoy made elsewhere.

    Args:
        file: PyBoy's ``.state`` file.
        cartridge: the game it belongs to.
        rom: path of the ROM; empty for one that travels with pokerl.
        trust: whether the user asked for it with open eyes.
        name: what to call it; by default the file's name.
        folder: the shelf.

    Returns:
        The state on the shelf, and what its memory says in words.

    Raises:
        StateRejected: it was not asked for, is no state, hangs, or belongs to another ROM.
    """
    content = _read(file)
    if not trust:
        raise StateRejected(
            f"{file} was made elsewhere: whatever is in it, nobody knows how it got there.",
            "If you know where it comes from, say so with --trust; all that is played from it will be marked.",
        )
    place = locate_rom(cartridge, rom or None)
    trial = _try_apart(_Order(str(file), str(place), cartridge.identifier))
    if trial.problem:
        raise StateRejected(
            f"{file} (PyBoy state format {content[0]}) cannot be taken: {trial.problem}",
            "Give an unchanged state of this very ROM, made by PyBoy 1.6 or newer.",
        )
    label = f"imported from {file.name} (PyBoy state format {content[0]}), trusted on request"
    stored = msgspec.structs.replace(unpack_state(trial.packed, str(file)), label=label)
    return keep_state(stored, name or file.stem, folder), trial.summary


def try_state(order: _Order) -> Trial:
    """In the trial process: load it the documented way, save it anew, and see whether the game runs on."""
    from pokerl.cartridge import load

    machine = Machine(order.rom, load(order.cartridge))
    try:
        state = completed(Path(order.file).read_bytes())
        machine.adopt(state)
        if not belongs(state, machine, Path(order.rom).read_bytes()):
            return Trial(problem=f"it is of another game than {order.rom}.")
        stored = machine.stored()
        summary = summary_of(machine)
        before = machine.picture(), machine.ram_hash()
        machine.run(0, TRIAL_FRAMES, render=True)
        machine.run(BUTTONS["start"], 8)
        machine.run(0, TRIAL_FRAMES, render=True)
        if (machine.picture(), machine.ram_hash()) == before:
            return Trial(problem="the game stands still in it.")
        return Trial(packed=pack_state(_again(stored, machine)), summary=summary)
    except PokerlError as error:
        return Trial(problem=error.message)
    finally:
        machine.close()


def main() -> None:
    """The trial process: an order on standard input, its outcome on standard output."""
    order = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Order)
    sys.stdout.buffer.write(msgspec.msgpack.encode(try_state(order)))


def _again(stored: StoredState, machine: Machine) -> StoredState:
    """The same state once more, as it is after loading what was saved anew: that must give the same memory."""
    machine.load_stored(stored)
    return stored


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise StateRejected(f"{file} cannot be read: {error.strerror}.", "Give PyBoy's .state file.") from None
    if not content or len(content) > LARGEST or content[0] not in STATE_FORMATS:
        raise StateRejected(f"{file} is no savestate of PyBoy.", "Give a file that PyBoy's save_state wrote.")
    return content


def _try_apart(order: _Order) -> Trial:
    try:
        child = subprocess.run(
            [sys.executable, "-m", "pokerl.states"],
            input=msgspec.msgpack.encode(order),
            capture_output=True,
            timeout=TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Trial(problem=f"the emulator hangs with it (for {TRIAL_SECONDS:g} s).")
    try:
        return msgspec.msgpack.decode(child.stdout, type=Trial)
    except msgspec.DecodeError:
        lines = child.stderr.decode(errors="replace").strip().splitlines()
        return Trial(problem=f"the emulator ended over it ({lines[-1] if lines else child.returncode}).")
