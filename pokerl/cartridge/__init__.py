"""What a game is: symbols, tables, state reader, milestones."""

from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.memory import MemoryImage
from pokerl.cartridge.milestone import Milestone, progress
from pokerl.cartridge.profile import known, load
from pokerl.cartridge.rom import identify, locate_rom
from pokerl.cartridge.standing import STANDING, STEADY
from pokerl.cartridge.state import STATE_SPANS, GameState, read_state
from pokerl.cartridge.text import read_screen_text
from pokerl.cartridge.watch import MilestoneWatch

__all__ = [
    "STANDING",
    "STATE_SPANS",
    "STEADY",
    "Cartridge",
    "GameState",
    "MemoryImage",
    "Milestone",
    "MilestoneWatch",
    "identify",
    "known",
    "load",
    "locate_rom",
    "progress",
    "read_screen_text",
    "read_state",
]
