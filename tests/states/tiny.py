"""A game of a few bytes: it counts at C000 for ever. States of it that old versions of PyBoy saved lie in ``old/``.

They were made by this script, once with each of those versions: ``python tests/states/tiny.py 2.6.1``.
"""

from __future__ import annotations

import sys
from pathlib import Path

LOGO = bytes.fromhex("ceed6666cc0d000b")
START = bytes.fromhex("00 c3 50 01")  # 0100: jump to 0150
MAIN = bytes.fromhex(
    "31 f0 df"  # 0150: stack at DFF0
    "21 00 c0"  # 0153: address of the counter
    "34"  # 0156: count
    "cd 60 01"  # 0157: wait for the next frame
    "18 fa"  # 015A: again
)
WAIT = bytes.fromhex("f0 44 fe 90 20 fa f0 44 fe 90 28 fa c9")  # 0160: until LY is 144, until it is not, back
COUNTER = 0xC000


def tiny_rom() -> bytes:
    """The ROM: 32 KB, MBC3 with 8 KB of RAM."""
    rom = bytearray(0x8000)
    for address, content in ((0x100, START), (0x104, LOGO), (0x134, b"TINY"), (0x150, MAIN), (0x160, WAIT)):
        rom[address : address + len(content)] = content
    rom[0x147:0x14A] = bytes([0x13, 0, 2])
    rom[0x14D] = -sum(byte + 1 for byte in rom[0x134:0x14D]) & 0xFF
    return bytes(rom)


def _save_with_the_installed_pyboy(version: str) -> None:
    import gzip
    import tempfile

    from pyboy import PyBoy

    with tempfile.TemporaryDirectory() as folder:
        rom, state = Path(folder) / "tiny.gb", Path(folder) / "tiny.state"
        rom.write_bytes(tiny_rom())
        console = PyBoy(str(rom), **({"window_type": "headless"} if version.startswith("1.") else {"window": "null"}))
        console.set_emulation_speed(0)
        for _ in range(400):
            console.tick()
        with state.open("wb") as file:
            console.save_state(file)
        console.stop(save=False)
        target = Path(__file__).parent / "old" / f"{version}.state.gz"
        target.write_bytes(gzip.compress(state.read_bytes(), mtime=0))


if __name__ == "__main__":
    _save_with_the_installed_pyboy(sys.argv[1])
