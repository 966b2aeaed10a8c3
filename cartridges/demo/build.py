"""Builds demo.gb and the data files that describe it: python cartridges/demo/build.py"""

import hashlib
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools import compiler, header, pack, paths
from tools.rom import BANK_COUNT, FIRST_DATA_BANK

PRIVATE_RAM = 0x100


def main() -> None:
    """Packs the data, compiles the code against it and writes the ROM."""
    game = pack.Game()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "generated.h").write_text(game.header(), encoding="ascii")
        (folder / "generated.c").write_text(game.tables(), encoding="ascii")
        code = compiler.build_code(folder)
        private = compiler.data_size(folder)
    if private > PRIVATE_RAM:
        raise SystemExit(f"{private} bytes of private variables, but only {PRIVATE_RAM} are free")
    banks = [code[bank] for bank in range(FIRST_DATA_BANK)]
    banks += [game.banks.banks[bank] for bank in range(FIRST_DATA_BANK, BANK_COUNT)]
    rom = header.finish(b"".join(bytes(bank).ljust(0x4000, b"\0") for bank in banks))
    paths.ROM_FILE.write_bytes(rom)
    game.export()
    used = [len(bytes(bank).rstrip(b"\0")) for bank in banks]
    print(f"{paths.ROM_FILE.name} sha1 {hashlib.sha1(rom).hexdigest()}; bytes a bank {used}; private RAM {private}")


if __name__ == "__main__":
    main()
