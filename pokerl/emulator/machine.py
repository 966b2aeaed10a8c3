"""The deterministic machine: PyBoy running one cartridge, and nothing else.

What a machine does is determined by its start state and the inputs and pokes since: no window, no sound, no clock, no
file beside the ROM is read or written. Frames are counted here and travel with the state, and so do the buttons that
were held, so that going on from a loaded state is exactly going on.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from pokerl.cartridge import Cartridge, MemoryImage, Milestone, MilestoneWatch
from pokerl.emulator.core import PyBoy, PyBoyException, state_access
from pokerl.emulator.protocol import BUTTONS
from pokerl.errors import RomProblem, StateRejected, UsageProblem
from pokerl.timeline.states import StoredState

PYBOY_VERSION = version("pyboy")
HEIGHT, WIDTH = 144, 160

WATCH_EVERY = 16
"""Milestones are looked for whenever the frame count of the path is a multiple of this, however the path was cut."""

_COLOUR_ONLY = 0xC0
_WITH_CLOCK = (0x0F, 0x10)
_RAM_SIZE = 0x149
_RAM_BANKS = {0: 1, 1: 1, 2: 1, 3: 4, 4: 16, 5: 8}
_BANK = 0x2000
_LCDC, _LCD_ON = 0xFF40, 0x80
_STAT = 0xFF41

_FRAMES_UNTIL_LCD_ON = 60
"""PyBoy's boot ROM switches the LCD on in the fifth frame."""


class Reached(NamedTuple):
    """A milestone and the frame at which it was noticed."""

    milestone: Milestone
    frame: int


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What :meth:`Machine.save` packs: the emulator's state and what else determines how the path goes on."""

    frame: int
    mask: int
    milestones: dict[str, int]
    watch: dict[str, Any]
    core: bytes


class Machine:
    """One emulator in this process.

    Args:
        rom: path of the ROM file.
        cartridge: its profile.

    Attributes:
        frame: frames since power-on on this path.
        milestones: those reached on this path, each with its frame.
        rom_sha1: SHA-1 of the ROM.

    Raises:
        RomProblem: the ROM cannot be read, is not of this cartridge, or has a real-time clock.
    """

    def __init__(self, rom: Path | str, cartridge: Cartridge) -> None:
        content = _read_rom_file(Path(rom))
        self.rom_sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        if cartridge.sha1 and self.rom_sha1 not in cartridge.sha1:
            raise RomProblem(
                f"The ROM {rom} (SHA-1 {self.rom_sha1}) is not the cartridge '{cartridge.identifier}'.",
                f"Give the one with SHA-1 {' or '.join(cartridge.sha1)}.",
            )
        self.cartridge = cartridge
        self.frame = 0
        self.milestones: dict[str, int] = {}
        self._mask = 0
        self._drawn = -1
        self._watch = MilestoneWatch(cartridge.milestones)
        # To read one byte takes a tenth of what it takes to read a stretch of one byte.
        self._watched = [slice(start, start + length) if length > 1 else start for start, length in self._watch.spans]
        self._sample: list[int | list[int]] = []
        self._rom = content
        self._pyboy: Any = _power_on(content)
        self._states = state_access(self._pyboy)
        self._draw_a_first_picture()

    def run(self, mask: int, frames: int, render: bool = False) -> list[Reached]:
        """Hold exactly the buttons of ``mask`` for some frames.

        Args:
            mask: buttons, as in ``protocol.BUTTONS``.
            frames: how many; 0 does nothing.
            render: whether the last of them is drawn, for :meth:`screen`.

        Returns:
            The milestones newly reached on this path.
        """
        if not frames:
            return []
        if mask != self._mask:
            self._hold(mask)
        reached: list[Reached] = []
        end = self.frame + frames
        while self.frame < end:
            stop = min(end, self.frame - self.frame % WATCH_EVERY + WATCH_EVERY)
            self._pyboy.tick(stop - self.frame, render and stop == end, False)
            self.frame = stop
            if not stop % WATCH_EVERY:
                reached += self._look_for_milestones()
        if render:
            self._drawn = end
        return reached

    def run_until(
        self, met: Callable[[], bool], mask: int, frames: int, render: bool = False
    ) -> tuple[int, list[Reached], bool]:
        """Like :meth:`run`, but ask after each frame whether a condition is met, and stop there.

        Returns:
            How many frames were run, the milestones newly reached, and whether the condition was met.
        """
        if frames and mask != self._mask:
            self._hold(mask)
        tick, reached, done, begin = self._pyboy.tick, [], False, self.frame
        while not done and self.frame < begin + frames:
            tick(1, render, False)
            self.frame += 1
            if not self.frame % WATCH_EVERY:
                reached += self._look_for_milestones()
            done = met()
        if render:
            self._drawn = self.frame
        return self.frame - begin, reached, done

    def read(self, address: int, length: int) -> bytes:
        """Bytes from the CPU's bus, up to FFFF.

        Reading changes nothing; the LCD status register FF41 reads as FF, because the emulator would change it.
        """
        end = min(address + length, 0x10000)
        if address <= _STAT < end:
            return self._read_around_status(address, end)
        return bytes(self._pyboy.memory[address:end])

    def byte(self, address: int) -> int:
        """One byte from the CPU's bus, like :meth:`read`."""
        value: int = 0xFF if address == _STAT else self._pyboy.memory[address]
        return value

    def cartridge_ram(self) -> bytes:
        """All banks of the cartridge's own RAM (saved games …), one after the other, whatever the bus shows."""
        memory = self._pyboy.memory
        banks = range(_RAM_BANKS.get(self._rom[_RAM_SIZE], 16))
        # PyBoy does not give a stretch that ends with the bank.
        return b"".join(bytes([*memory[bank, 0xA000:0xBFFF], memory[bank, 0xBFFF]]) for bank in banks)

    def read_rom(self, bank: int, address: int, length: int) -> bytes:
        """Bytes of the ROM file: of bank 0 below 4000, of ``bank`` from 4000 to 7FFF.

        Raises:
            UsageProblem: there is no such bank, or the stretch leaves it.
        """
        window = 0x4000 if address >= 0x4000 else 0
        start = (bank if window else 0) * 0x4000 + address - window
        if address + length > window + 0x4000 or start + length > len(self._rom):
            raise UsageProblem(
                f"{length} bytes from {bank:02X}:{address:04X} are not all in one ROM bank.",
                f"Read inside one of the {len(self._rom) // 0x4000} banks.",
            )
        return self._rom[start : start + length]

    def write(self, address: int, data: bytes) -> bytes:
        """Write bytes to the CPU's bus (8000–FFFF) as the game could, and return what stood there before."""
        if address < 0x8000 or address + len(data) > 0x10000:
            raise UsageProblem(f"{len(data)} bytes from {address:04X} are not all in RAM.", "Write from 8000 to FFFF.")
        before = self.read(address, len(data))
        self._pyboy.memory[address : address + len(data)] = list(data)
        return before

    def screen(self) -> NDArray[np.uint8]:
        """The present picture: 144×160×3 bytes, RGB, a copy.

        It is the last frame if that was drawn. Otherwise one frame more is run, drawn and taken back, which changes
        nothing but costs as much as a save and a load.
        """
        if self._drawn != self.frame:
            return self._glimpse()
        return _rgb(self._pyboy.screen.ndarray)

    def picture(self) -> bytes:
        """The picture last drawn in the emulator's own layout, only for comparing."""
        return bytes(self._pyboy.screen.raw_buffer)

    def ram_hash(self) -> str:
        """SHA-256 over work RAM (C000–DFFF) and high RAM (FF80–FFFE), in hexadecimal."""
        memory = self._pyboy.memory
        return hashlib.sha256(bytes(memory[0xC000:0xE000]) + bytes(memory[0xFF80:0xFFFF])).hexdigest()

    def save(self) -> bytes:
        """Everything that determines how this path goes on. Saving changes nothing."""
        core = self._states.save(self._pyboy)
        snapshot = Snapshot(self.frame, self._mask, self.milestones, self._watch.state(), core)
        return msgspec.msgpack.encode(snapshot)

    def load(self, saved: bytes) -> None:
        """Go on from where :meth:`save` was called. Only for states whose origin was checked (see ``StateStore``).

        Raises:
            StateRejected: it is no such state. Where the machine stands then is not known.
        """
        try:
            snapshot = msgspec.msgpack.decode(saved, type=Snapshot)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StateRejected(f"The state is no machine's: {error}.", "Give what a machine saved.") from error
        watch = MilestoneWatch.from_state(self.cartridge.milestones, snapshot.watch)
        try:
            self._states.load(self._pyboy, snapshot.core)
        except PyBoyException as error:
            raise StateRejected(f"The state is none of PyBoy's: {error}.", "Give what a machine saved.") from error
        self._watch, self._mask, self.frame = watch, snapshot.mask, snapshot.frame
        self._sample = []
        self._drawn = -1
        self.milestones = dict(snapshot.milestones)

    def load_stored(self, stored: StoredState) -> None:
        """Load a state from a store, after checking that it belongs to this ROM and this version of PyBoy.

        Raises:
            StateRejected: it does not, or the loaded memory is not what the state says; in the second case it is not
                known where the machine stands.
        """
        stored.require(rom_sha1=self.rom_sha1, pyboy=PYBOY_VERSION)
        self.load(stored.state)
        if self.ram_hash() != stored.ram:
            raise StateRejected("The loaded state's memory is not what its record says.", "Make the savestate again.")

    def adopt(self, core: bytes) -> None:
        """Go on from a state that PyBoy itself saved, of this ROM, of any origin; counted from here as from power-on.

        Raises:
            StateRejected: PyBoy cannot load it, or not all of it. Where the machine stands then is not known.
        """
        file = io.BytesIO(core)
        try:
            self._pyboy.load_state(file)
        except (PyBoyException, OSError, ValueError, IndexError, AssertionError, OverflowError, TypeError) as error:
            raise StateRejected(
                f"PyBoy cannot load the state: {error}.", "Give one that PyBoy saved with this ROM."
            ) from error
        if file.read(1):
            raise StateRejected(
                "The state goes on where one of this ROM ends.", "Give one that PyBoy saved with this ROM."
            )
        self._watch = MilestoneWatch(self.cartridge.milestones)
        self._mask, self.frame, self._drawn = 0, 0, -1
        self._sample, self.milestones = [], {}
        for name in BUTTONS:
            self._pyboy.button_release(name)

    def stored(self, *, attempt: str = "", machine: str = "", segment: str = "", label: str = "") -> StoredState:
        """The present state as a store takes it."""
        return StoredState(
            pyboy=PYBOY_VERSION,
            rom_sha1=self.rom_sha1,
            frame=self.frame,
            ram=self.ram_hash(),
            state=self.save(),
            attempt=attempt,
            machine=machine,
            segment=segment,
            milestones=dict(self.milestones),
            label=label,
        )

    def close(self) -> None:
        """Switch the machine off; no file is written."""
        self._pyboy.stop(save=False)

    def _draw_a_first_picture(self) -> None:
        """Draw a whole frame and take it back.

        PyBoy counts the window's lines from the end of the frame drawn before (``Renderer.ly_window``, which no state
        holds). In the first frame that an emulator ever draws there is none, and its window stands one line too high.
        """
        power_on = self._states.save(self._pyboy)
        for _ in range(_FRAMES_UNTIL_LCD_ON):
            was_on = self._pyboy.memory[_LCDC] & _LCD_ON
            self._pyboy.tick(1, True, False)
            if was_on:
                break
        self._states.load(self._pyboy, power_on)

    def _glimpse(self) -> NDArray[np.uint8]:
        state = self._states.save(self._pyboy)
        self._pyboy.tick(1, True, False)
        seen = _rgb(self._pyboy.screen.ndarray)
        self._states.load(self._pyboy, state)
        return seen

    def _hold(self, mask: int) -> None:
        changed = mask ^ self._mask
        for name, bit in BUTTONS.items():
            if changed & bit:
                (self._pyboy.button_press if mask & bit else self._pyboy.button_release)(name)
        self._mask = mask

    def _look_for_milestones(self) -> list[Reached]:
        memory = self._pyboy.memory
        sample = [memory[stretch] for stretch in self._watched]
        if sample == self._sample:
            return []
        self._sample = sample
        stretches = (bytes([data] if isinstance(data, int) else data) for data in sample)
        image = MemoryImage((start, stretch) for (start, _), stretch in zip(self._watch.spans, stretches, strict=True))
        reached = [Reached(milestone, self.frame) for milestone in self._watch.update(image)]
        self.milestones.update((milestone.name, frame) for milestone, frame in reached)
        return reached

    def _read_around_status(self, address: int, end: int) -> bytes:
        memory = self._pyboy.memory
        before = bytes(memory[address:_STAT]) if address < _STAT else b""
        after = bytes(memory[_STAT + 1 : end]) if end > _STAT + 1 else b""
        return before + b"\xff" + after


def _rgb(drawn: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy without the fourth channel.

    Four bytes are written for each point, one after the other, and the next point overwrites the fourth. To leave the
    fourth out in the first place takes NumPy ten times as long.
    """
    points = HEIGHT * WIDTH
    picture = np.empty(3 * points + 1, np.uint8)
    np.ndarray((points,), np.uint32, picture, strides=(3,))[:] = drawn.reshape(-1).view(np.uint32)
    return picture[:-1].reshape(HEIGHT, WIDTH, 3)


def _read_rom_file(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RomProblem(f"The ROM {path} cannot be read: {error.strerror}.", "Give the path of a ROM file.") from error
    if len(content) < 0x8000:
        raise RomProblem(f"{path} is too short to be a ROM.", "Give the path of a ROM file.")
    if content[0x147] in _WITH_CLOCK:
        raise RomProblem(f"The ROM {path} has a real-time clock, so it cannot be replayed.", "Use one without.")
    return content


def _power_on(rom: bytes) -> Any:
    try:
        pyboy = PyBoy(
            io.BytesIO(rom),
            ram_file=io.BytesIO(bytes(_RAM_BANKS.get(rom[_RAM_SIZE], 16) * _BANK)),
            window="null",
            sound_emulated=False,
            cgb=rom[0x143] == _COLOUR_ONLY,
            log_level="ERROR",
        )
    except (PyBoyException, KeyError) as error:
        raise RomProblem(f"The emulator cannot run this ROM: {error}", "Give an unchanged copy of the game.") from error
    pyboy.set_emulation_speed(0)
    return pyboy
