"""What goes to another computer with every piece of play, and what comes back from there.

The other computer unpacks it into a folder of its own and plays there; the events and states that it brings back are
looked through and become part of this run.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from pokerl.cartridge import Cartridge, load, locate_rom
from pokerl.errors import RomProblem, StateRejected, UsageProblem, WorkerLost
from pokerl.play.interface import Interface
from pokerl.timeline import Event, Recorder, StateStore, read_events, unpack_state
from pokerl.timeline.data import data_of

INTERFACE = "interface"


class Parcel(Struct, frozen=True, kw_only=True):
    """The game, where to begin, and the interface.

    Attributes:
        cartridge, rom_sha1: the game; its ROM is looked for over there (POKERL_ROM) and never sent.
        attempt: what its events are called.
        start, state: digest of the checkpoint to begin from, and the content of its file; both empty for power-on.
        interface: the interface's files by name.
        sandbox: the tier that must be used, by name.
    """

    cartridge: str
    rom_sha1: str
    attempt: str
    start: str
    state: bytes
    interface: dict[str, bytes]
    sandbox: str

    def unpack(self, folder: Path) -> None:
        """Write the start state and the interface into a folder, as a run folder has them.

        Raises:
            UsageProblem: a file of the interface would lie elsewhere.
        """
        if self.start:
            write(StateStore(folder).path(self.start), self.state)
        write_all(self.interface, folder / INTERFACE)

    def game(self) -> tuple[Cartridge, Path]:
        """The game and its ROM on this computer.

        Raises:
            RomProblem: there is none here, or another one.
        """
        cartridge = load(self.cartridge)
        rom = locate_rom(cartridge, "" if cartridge.shipped else os.environ.get("POKERL_ROM"))
        found = hashlib.sha1(rom.read_bytes(), usedforsecurity=False).hexdigest()
        if found != self.rom_sha1:
            raise RomProblem(
                f"The ROM here has the SHA-1 {found}, not {self.rom_sha1}.", "Set POKERL_ROM to the same ROM."
            )
        return cartridge, rom


class Brought(Struct, frozen=True, kw_only=True):
    """What is brought back.

    Attributes:
        events: its part of the log.
        states: contents of the files of the states it made, by digest.
    """

    events: list[Event] = []
    states: dict[str, bytes] = {}


def files_of(interface: Interface) -> dict[str, bytes]:
    """The files of an interface, to be sent."""
    return {name: (interface.folder / name).read_bytes() for name in interface.files}


def events_of(folder: Path) -> list[Event]:
    """The events that were recorded in a folder."""
    return list(read_events(folder))


def states_of(folder: Path, start: str) -> dict[str, bytes]:
    """The states that were made in a folder."""
    files = StateStore(folder).folder.glob("*.zst")
    return {file.stem: file.read_bytes() for file in files if file.stem != start}


def take_over(brought: Brought, own: Callable[[Event], bool], recorder: Recorder, states: StateStore) -> None:
    """Make what happened elsewhere a part of this run.

    Args:
        brought: events and states.
        own: whether an event may have come from there.
        recorder, states: of this run.

    Raises:
        StateRejected: a state is damaged, or not what its name says.
        WorkerLost: there are events that cannot have come from there.
    """
    if not all(_sound(event) and own(event) for event in brought.events):
        raise WorkerLost("Another computer sent events that are not its own.", "Look after that computer.")
    for digest, content in brought.states.items():
        if hashlib.sha256(content).hexdigest() != digest:
            raise StateRejected(f"The state {digest[:12]} from elsewhere is not what its name says.")
        unpack_state(content, digest)
        write(states.path(digest), content)
    for event in brought.events:
        recorder.append(event)
    recorder.sync()


def _sound(event: Event) -> bool:
    """Whether an event holds what one of its kind does."""
    try:
        data_of(event)
    except msgspec.ValidationError:
        return False
    return True


def frames_of(events: Iterable[Event]) -> int:
    """Frames that were run."""
    return sum(frames for event in events if event.kind == "input" for _, frames in event.data["runs"])


def write_all(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files by name into a folder, and nowhere else.

    Raises:
        UsageProblem: a name leads out of the folder.
    """
    for name, content in files.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise UsageProblem(f"A parcel cannot have a file {name!r}.", "Name files within its folder.")
        write(path, content)


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    Path(draft).replace(path)
