"""The world's maps: decoded from a ROM at hand or learned by looking; paths over them and pictures of them."""

from pokerl.atlas.model import AtlasMap, Connection, Encounters, Person, Place, Sign, Tileset, Warp
from pokerl.atlas.open import TOGGLES, abilities_of, hidden_people, open_atlas, people_here
from pokerl.atlas.path import Finder, Move, Path
from pokerl.atlas.rom import read_rom_of
from pokerl.atlas.world import World

__all__ = [
    "TOGGLES",
    "AtlasMap",
    "Connection",
    "Encounters",
    "Finder",
    "Move",
    "Path",
    "Person",
    "Place",
    "Sign",
    "Tileset",
    "Warp",
    "World",
    "abilities_of",
    "hidden_people",
    "open_atlas",
    "people_here",
    "read_rom_of",
]
