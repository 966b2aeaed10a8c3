"""Where the cartridge's sources and results live."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ART = ROOT / "art"
DATA = ROOT / "data"
SOURCE = ROOT / "source"
ROM_FILE = ROOT / "demo.gb"
EXPORTS = ROOT.parent.parent / "pokerl" / "cartridge" / "data" / "demo"
