"""The shelf of start states: one file a name, in the store's own format."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from pokerl.cartridge import Cartridge, GameState, read_state
from pokerl.cartridge.memory import MemoryImage
from pokerl.cartridge.profile import known_roms
from pokerl.cartridge.state import FAMILY, STATE_SPANS
from pokerl.cartridge.storage import read_boxes
from pokerl.cartridge.words import creature_words
from pokerl.errors import StateRejected, UsageProblem
from pokerl.shipped import path as shipped
from pokerl.timeline import StateStore
from pokerl.timeline.states import SUFFIX, StoredState, pack_state, read_state_file

if TYPE_CHECKING:
    from pokerl.emulator import Machine

FOLDER = "savestates"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
SETTLE_FRAMES = 2


class Kept(Struct, frozen=True, kw_only=True):
    """A start state on the shelf.

    Attributes:
        name: what `--start` takes.
        path: its file.
        cartridge: the game's id; empty for a game that pokerl does not know.
        rom_sha1, pyboy, frame: as in the state's header.
        label: where it comes from, in words.
    """

    name: str
    path: str
    cartridge: str
    rom_sha1: str
    pyboy: str
    frame: int
    label: str


def list_states(folder: Path | None = None) -> list[Kept]:
    """What is on the shelf, by name. A file that is no state is left out."""
    place = folder or Path(FOLDER)
    found: list[Kept] = []
    for path in sorted(place.glob(f"*{SUFFIX}")):
        try:
            found.append(_kept(path, read_state_file(path)))
        except StateRejected:
            continue
    return found


def keep_state(stored: StoredState, name: str, folder: Path | None = None) -> Kept:
    """Put a state on the shelf.

    Raises:
        UsageProblem: the name is none, or is taken.
    """
    if not NAME.fullmatch(name):
        raise UsageProblem(f"{name!r:.80} is no name for a state.", "Use letters, digits, '.', '_' and '-', up to 60.")
    place = folder or Path(FOLDER)
    path = place / f"{name}{SUFFIX}"
    place.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(pack_state(stored))
    except FileExistsError:
        raise UsageProblem(f"There is a state {name!r} already ({path}).", "Give another name with --name.") from None
    return _kept(path, stored)


def take_state(name: str, folder: Path | None = None) -> StoredState:
    """A state of the shelf by name, or any file that holds one by its path, as a start that belongs to no attempt.

    Raises:
        StateRejected: there is none, or it is damaged.
    """
    places = [Path(name), (folder or Path(FOLDER)) / f"{name}{SUFFIX}"]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        shelf = _shipped_shelf()
        found = shelf / f"{name}{SUFFIX}" if shelf and (shelf / f"{name}{SUFFIX}").is_file() else None
    if found is None:
        raise StateRejected(
            f"There is no start state {name!r}.", "`pokerl states` lists those there are; `pokerl states import` adds."
        )
    stored = read_state_file(found)
    if stored.attempt or stored.segment:
        raise StateRejected(
            f"The state {name!r} belongs to a run, so its past is another timeline.",
            "Keep it with `pokerl states keep RUN CHECKPOINT --name NAME` first.",
        )
    return stored


def put_start(states: StateStore, name: str) -> str:
    """Copy a start state into a run, so that the run can be replayed on its own; its digest, or "" for power-on.

    Raises:
        StateRejected: there is no such state, or another PyBoy made it.
    """
    if not name:
        return ""
    digest = states.put(take_state(name))
    states.get(digest)
    return digest


def picture_of_state(stored: StoredState, rom: Path, cartridge: Cartridge, out: Path) -> str:
    """Write what a state looks like as PNG, and return what its memory says in words."""
    from PIL import Image

    from pokerl.emulator import Machine  # PyBoy, which whoever only names a state does without

    machine = Machine(rom, cartridge)
    try:
        machine.load_stored(stored)
        # The first picture after loading is drawn by running on; a few frames hardly change what is seen.
        machine.run(0, SETTLE_FRAMES, render=True)
        Image.fromarray(machine.screen()).resize((640, 576), Image.Resampling.NEAREST).save(out, "PNG")
        return summary_of(machine)
    finally:
        machine.close()


def summary_of(machine: Machine) -> str:
    """What a machine's memory says, in words; "" for a game whose memory is not known."""
    if machine.cartridge.family != FAMILY:
        return ""
    image = MemoryImage((address, machine.read(address, length)) for address, length in STATE_SPANS)
    state = read_state(image, machine.cartridge)
    return "\n".join([state.summary(), *_other_boxes(state, machine)])


def _other_boxes(state: GameState, machine: Machine) -> list[str]:
    """The boxes of the PC that are not in use, where there is anything in them."""
    if not state.storage.boxes_in_use:
        return []
    boxes = enumerate(read_boxes(machine.cartridge_ram(), machine.cartridge, []), start=1)
    return [
        f"Box {number}: {'; '.join(map(creature_words, box))}"
        for number, box in boxes
        if box and number != state.storage.box
    ]


def _kept(path: Path, stored: StoredState) -> Kept:
    profile = known_roms().get(stored.rom_sha1)
    return Kept(
        name=path.name.removesuffix(SUFFIX),
        path=str(path),
        cartridge=profile.identifier if profile else "",
        rom_sha1=stored.rom_sha1,
        pyboy=stored.pyboy,
        frame=stored.frame,
        label=stored.label,
    )


def _shipped_shelf() -> Path | None:
    from pokerl.errors import ConfigurationProblem

    try:
        return shipped(FOLDER)
    except ConfigurationProblem:
        return None
