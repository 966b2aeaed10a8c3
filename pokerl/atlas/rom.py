"""Reading a ROM by bank and address, from a file's bytes or through a machine's gate."""

from __future__ import annotations

from collections.abc import Callable

from pokerl.errors import UsageProblem

BANK = 0x4000
ReadRom = Callable[[int, int, int], bytes]
"""``read_rom(bank, address, length)``: bank 0 lies at 0000 to 3FFF, every other one at 4000 to 7FFF."""


def read_rom_of(rom: bytes) -> ReadRom:
    """A ``read_rom`` for the content of a ROM file."""

    def read_rom(bank: int, address: int, length: int) -> bytes:
        start = bank * BANK + address % BANK
        return rom[start : start + length]

    return read_rom


class Rom:
    """A ROM of which whole banks are read when they are first needed: a few requests instead of thousands.

    Args:
        read_rom: e.g. ``game.read_rom`` in an interface's tools (needs ``rom.read``), or ``read_rom_of(bytes)``.
    """

    def __init__(self, read_rom: ReadRom) -> None:
        self._read_rom = read_rom
        self._banks: dict[int, bytes] = {}

    def read(self, bank: int, address: int, length: int) -> bytes:
        """Bytes as the CPU sees them with that bank switched in; addresses below 4000 are always bank 0.

        Raises:
            UsageProblem: they are not all in the bank, so that a pointer was wrong or the ROM is another one.
        """
        if address < BANK:
            bank = 0
        start = address % BANK
        if not (0 <= address < 2 * BANK and start + length <= BANK):
            raise UsageProblem(
                f"{length} bytes from {bank:02X}:{address:04X} are not all in one ROM bank.",
                "Use the cartridge that belongs to this ROM.",
            )
        if bank not in self._banks:
            self._banks[bank] = self._read_rom(bank, BANK if bank else 0, BANK)
        return self._banks[bank][start : start + length]

    def word(self, bank: int, address: int) -> int:
        """A pointer: two bytes, least significant first."""
        return int.from_bytes(self.read(bank, address, 2), "little")

    def until(self, bank: int, address: int, end: int = 0xFF, width: int = 1, limit: int = 256) -> list[bytes]:
        """Records of ``width`` bytes up to one that begins with ``end``; at most ``limit`` of them."""
        records: list[bytes] = []
        while len(records) < limit and self.read(bank, address, 1)[0] != end:
            records.append(self.read(bank, address, width))
            address += width
        return records

    def list(self, bank: int, address: int, end: int = 0xFF) -> frozenset[int]:
        """The bytes up to ``end``."""
        return frozenset(record[0] for record in self.until(bank, address, end))
