"""States of older PyBoy versions, completed so that the installed one reads them.

PyBoy means to read the formats of its older versions, but 2.8 expects some bytes in all of them that only its own
format has: it then reads everything after them at the wrong place. Here those bytes are put in. What formats hold was
read off PyBoy's own ``save_state`` in versions 1.6.0 to 2.8.1, and tried with states that these made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

COMPLETED = range(9, 18)
"""Formats that are completed: 9 (PyBoy 1.6), 10 (2.0, 2.1), 11 (2.2, 2.3), 12 (2.4), 14 (2.5), 15 (2.6, 2.7.0) and 17
(2.7.1). No release wrote the others up to 28."""
BANK = 0x2000
LENGTH_WITH_VOLUME = 167677 % BANK
"""Length of a state of PyBoy 2.7.0, but for the cartridge's RAM. 2.6 has the same format number and one byte less."""
FULL_VOLUME = b"\x77"


class Part(NamedTuple):
    """Some bytes of a state: since which format it has them, and what is put in where it has not."""

    size: int
    since: int = 0
    added: bytes = b""


VOLUME = Part(1, 16, FULL_VOLUME)
SOUND_SINCE = 14
NEWEST = 29
PARTS = (
    Part(2),  # format, boot ROM
    Part(1, 16),  # colour mode of the boot ROM
    Part(3),  # colour mode, speed
    Part(18),  # CPU
    Part(8, 12),  # its cycles
    Part(0x2000 + 0xA0 + 11),  # video RAM, sprites, LCD registers
    Part(1, 16),  # order of sprites
    Part(5 * 144, 11),  # scroll position of each line
    Part(1),  # colour mode
    Part(1, 17),  # whether it was left
    Part(1),  # speed
    Part(3, 13),  # frame flags
    Part(8, 12),  # the LCD's last cycles
    Part(17),  # its clock
    Part(1, NEWEST, b"\0"),  # whether the STAT mode is changing
)
SOUND = (
    Part(24 + 2 * 801 + 67),  # samples of one frame, clocks, sides
    VOLUME,
    Part(68),  # channel 1
    Part(9, NEWEST, bytes(9)),  # its sweep
    Part(9 + 57 + 55),  # the rest of it, channel 2, channel 3
    Part(1, NEWEST, b"\0"),  # whether its sample is suppressed
    Part(8),  # its volume
    Part(1, NEWEST, b"\0"),  # whether its samples are being read
)


def completed(state: bytes) -> bytes:
    """The state with the bytes that the installed PyBoy expects besides; unchanged if its format needs none."""
    return b"".join(_pieces(state)) if state[0] in COMPLETED else state


def _pieces(state: bytes) -> Iterator[bytes]:
    number, at = state[0], 0
    has_volume = (len(state) - LENGTH_WITH_VOLUME) % BANK == 0
    for part in PARTS + (SOUND if number >= SOUND_SINCE else ()):
        if number >= part.since or (part is VOLUME and has_volume):
            yield state[at : at + part.size]
            at += part.size
        else:
            yield part.added
    yield state[at:]
