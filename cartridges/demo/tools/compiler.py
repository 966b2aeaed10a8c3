"""Runs the C compiler and linker (SDCC, port sm83) and reads the linked image."""

import subprocess
from pathlib import Path

from .paths import SOURCE
from .rom import BANK_SIZE, FIRST_DATA_BANK

CODE_START = 0x0200
FLAGS = ["-msm83", "--opt-code-speed", "--max-allocs-per-node", "3000", "--std-c11"]


def _is_noise(line: str) -> bool:
    """The compiler's remarks on its own peephole rules for banked functions."""
    return "info 218" in line or line.startswith("'b_")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    output = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and not _is_noise(line)]
    if output:
        print("\n".join(output))
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")


def _object(source: Path, folder: Path) -> Path:
    """Compiles or assembles one file."""
    target = folder / f"{source.parent.name}_{source.stem}.rel"
    if source.suffix == ".s":
        _run("sdasgb", "-o", str(target), str(source))
    else:
        _run("sdcc", *FLAGS, "-c", "-o", str(target), str(source), f"-I{folder}")
    return target


def _read_hex(text: str) -> dict[int, int]:
    """Bytes of an Intel hex file by their place in the ROM: the linker puts bank n at n times 4000h."""
    content: dict[int, int] = {}
    upper = 0
    for line in text.splitlines():
        record = bytes.fromhex(line.strip()[1:])
        count, address, kind, data = record[0], int.from_bytes(record[1:3]), record[3], record[4:-1]
        if kind == 4:
            upper = int.from_bytes(data) << 16
        elif kind == 0:
            content |= {upper + address + i: value for i, value in enumerate(data[:count])}
    return content


def build_code(folder: Path) -> dict[int, bytearray]:
    """Compiles everything under source/ and returns the code banks."""
    sources = sorted(SOURCE.rglob("*.s")) + sorted(SOURCE.rglob("*.c")) + sorted(folder.glob("*.c"))
    objects = [_object(source, folder) for source in sources]
    image = folder / "image.ihx"
    places = [f"-Wl-b_CODE=0x{CODE_START:04X}", "-Wl-b_DATA=0xC000"]
    places += [f"-Wl-b_CODE_{bank}=0x{bank:X}4000" for bank in range(1, FIRST_DATA_BANK)]
    _run("sdcc", "-msm83", "--no-std-crt0", *places, "-o", str(image), *map(str, objects))
    return _split(_read_hex(image.read_text(encoding="ascii")))


def _split(content: dict[int, int]) -> dict[int, bytearray]:
    banks = {bank: bytearray(BANK_SIZE) for bank in range(FIRST_DATA_BANK)}
    for address, value in content.items():
        bank, offset = divmod(address, BANK_SIZE)
        if bank not in banks:
            raise SystemExit(f"code runs into bank {bank}")
        banks[bank][offset] = value
    return banks


def data_size(folder: Path) -> int:
    """Bytes of private variables, read from the linker's map."""
    for line in (folder / "image.map").read_text(encoding="ascii").splitlines():
        words = line.split()
        if words[:1] == ["_DATA"]:
            return int(words[2], 16)
    return 0
