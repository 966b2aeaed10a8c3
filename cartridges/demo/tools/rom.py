"""Packs data blobs into the ROM's data banks and remembers where each one went."""

from dataclasses import dataclass

BANK_SIZE = 0x4000
FIRST_DATA_BANK = 6
BANK_COUNT = 16


@dataclass(frozen=True)
class Far:
    """A place in the ROM: a bank and the address at which it appears when that bank is switched in."""

    bank: int
    address: int

    def entry(self) -> bytes:
        """The three bytes by which tables refer to a place."""
        return bytes([self.bank, self.address & 0xFF, self.address >> 8])

    def name(self) -> str:
        """Bank and address as the library's data files write them."""
        return f"{self.bank:02X}:{self.address:04X}"


NOWHERE = Far(0, 0)


class DataBanks:
    """Fills the banks one after the other; a blob never crosses from one bank to the next."""

    def __init__(self) -> None:
        self.banks: dict[int, bytearray] = {bank: bytearray() for bank in range(FIRST_DATA_BANK, BANK_COUNT)}
        self.symbols: dict[str, Far] = {}

    def next_place(self, size: int, multiple: int = 1) -> Far:
        """Where a blob of this size will go, at an address that is a multiple."""
        for bank, content in self.banks.items():
            start = -(-len(content) // multiple) * multiple
            if start + size <= BANK_SIZE:
                return Far(bank, 0x4000 + start)
        raise ValueError(f"no bank has {size} bytes left")

    def add(self, blob: bytes, symbol: str = "", multiple: int = 1) -> Far:
        """Stores a blob; with a symbol the C code learns its place."""
        place = self.next_place(len(blob), multiple)
        bank = self.banks[place.bank]
        bank += bytes(place.address - 0x4000 - len(bank)) + blob
        if symbol:
            self.symbols[symbol] = place
        return place

    def header(self) -> str:
        """C definitions of the named places."""
        lines = []
        for name, place in self.symbols.items():
            lines += [f"#define {name}_BANK {place.bank}", f"#define {name} 0x{place.address:04X}u"]
        return "\n".join(lines)


def word(value: int) -> bytes:
    """A 16-bit number as the processor reads it."""
    return bytes([value & 0xFF, (value >> 8) & 0xFF])
