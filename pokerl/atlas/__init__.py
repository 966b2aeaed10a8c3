"""The world's maps, decoded from a ROM at hand or learned by looking, paths and pictures; the battle tables."""

from pokerl.atlas.book import Book, Evolution, MoveFacts, SpeciesFacts, open_book
from pokerl.atlas.canvas import png
from pokerl.atlas.finder import Finder
from pokerl.atlas.model import AtlasMap, Encounters, Guard, Person, Place, Sign, Tileset, Warp
from pokerl.atlas.open import TOGGLES, abilities_of, hidden_people, open_atlas, people_here, story_of
from pokerl.atlas.path import Move, Path
from pokerl.atlas.picture import map_picture, world_picture
from pokerl.atlas.rom import read_rom_of
from pokerl.atlas.world import OVERWORLD, World
from pokerl.cartridge.surroundings import Connection

__all__ = [
    "OVERWORLD",
    "TOGGLES",
    "AtlasMap",
    "Book",
    "Connection",
    "Encounters",
    "Evolution",
    "Finder",
    "Guard",
    "Move",
    "MoveFacts",
    "Path",
    "Person",
    "Place",
    "Sign",
    "SpeciesFacts",
    "Tileset",
    "Warp",
    "World",
    "abilities_of",
    "hidden_people",
    "map_picture",
    "open_atlas",
    "open_book",
    "people_here",
    "png",
    "read_rom_of",
    "story_of",
    "world_picture",
]
