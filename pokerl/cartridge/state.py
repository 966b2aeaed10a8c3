"""The whole state of a game at one moment, decoded from memory."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from pokerl.cartridge import bag as bags
from pokerl.cartridge import battle as battles
from pokerl.cartridge import player as players
from pokerl.cartridge import screen, storage, surroundings, words
from pokerl.cartridge.bag import BagItem
from pokerl.cartridge.battle import Battle
from pokerl.cartridge.creature import Creature
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.layout import DEX, DEX_BYTES, EVENTS, EVENTS_LENGTH, STATUS_FLAGS
from pokerl.cartridge.memory import MemoryImage
from pokerl.cartridge.player import Dex, Player
from pokerl.cartridge.roster import BOX, BOX_AT, ENEMY_PARTY_AT, PARTY, PARTY_AT, read_roster
from pokerl.cartridge.screen import Dialogue, Menu
from pokerl.cartridge.storage import Storage
from pokerl.cartridge.surroundings import Connection, Sign, Sprite, Warp
from pokerl.cartridge.text import SCREEN_CELLS, read_screen_text
from pokerl.errors import UsageProblem

FAMILY = "red"
JOYPAD_IGNORED = 0xCD6B
ARRIVING = 0xCF91
RANDOM = 0xFFD3

STATE_SPANS: tuple[tuple[int, int], ...] = (
    (surroundings.SPRITES, surroundings.SPRITES_LENGTH),
    (screen.TILEMAP, SCREEN_CELLS),
    (screen.MENU, screen.MENU_LENGTH),
    (JOYPAD_IGNORED, 1),
    (battles.STAGES, battles.STAGES_LENGTH),
    (screen.LIST, 2),
    (ARRIVING, 1),
    (battles.START, battles.LENGTH),
    (players.NAME, surroundings.EDGES + surroundings.EDGES_LENGTH - players.NAME),
    (surroundings.WARP_COUNT, surroundings.WARP_LENGTH),
    (surroundings.SIGN_COUNT, surroundings.SPRITE_COUNT + 1 - surroundings.SIGN_COUNT),
    (storage.ITEMS, players.COINS + 2 - storage.ITEMS),
    (players.WALKING, EVENTS + EVENTS_LENGTH - players.WALKING),
    (ENEMY_PARTY_AT, PARTY.length),
    (players.PLAY_TIME, 5),
    (BOX_AT, BOX.length),
    (RANDOM, 2),
)
"""What must be read to decode a state: pairs of an address and a length in bytes."""


class GameState(Struct, frozen=True):
    """A game at one moment.

    Attributes:
        running: whether a game is being played; at the title screen and in the introduction most of the rest is blank.
            It turns true up to ten frames before the first picture of the game is drawn.
        player: who, where, how rich, how far.
        party: one to six creatures once there is a starter.
        bag: items in the order of the bag.
        storage: the PC: the box in use, and items.
        battle: ``None`` outside of battles.
        dex: species seen and owned.
        events: names of the bits that the story has set.
        text: the screen as 18 rows of text.
        dialogue: the text box at the bottom, if it is there.
        menu: the menu, if there is a cursor.
        warps: doors of this map.
        connections: edges of this map that lead to a neighbour.
        signs: what can be read on this map.
        sprites: people and things on this map.
        input_ignored: buttons (as a mask) that the game ignores just now.
        random: the two bytes of the random generator.
        oddities: what no game would write, in words; empty in an honest game.
    """

    running: bool
    player: Player
    party: tuple[Creature, ...]
    bag: tuple[BagItem, ...]
    storage: Storage
    battle: Battle | None
    dex: Dex
    events: frozenset[str]
    text: tuple[str, ...]
    dialogue: Dialogue | None
    menu: Menu | None
    warps: tuple[Warp, ...]
    connections: tuple[Connection, ...]
    signs: tuple[Sign, ...]
    sprites: tuple[Sprite, ...]
    input_ignored: int
    random: tuple[int, int]
    oddities: tuple[str, ...]

    def diff(self, other: GameState) -> list[str]:
        """What is different in ``other``, which came later, in words."""
        return words.differences(self, other)

    def summary(self) -> str:
        """A short text that tells a model where things stand."""
        return words.summary(self)


def read_state(memory: MemoryImage, cartridge: Cartridge) -> GameState:
    """Decode a state. Total: any bytes give a state, and what is wrong with them is among its oddities.

    Args:
        memory: an image that holds at least ``STATE_SPANS``.
        cartridge: the game's names.

    Raises:
        UsageProblem: the image lacks some of ``STATE_SPANS``, or the game keeps its memory in another way than Red.
    """
    if cartridge.family != FAMILY:
        raise UsageProblem(f"Nothing is known of the memory of {cartridge.title}.", "Read its bytes yourself.")
    read, byte, table = memory.read, memory.byte, cartridge.screen_table
    oddities: list[str] = []
    tilemap = read(screen.TILEMAP, SCREEN_CELLS)
    add, subtract = read(RANDOM, 2)
    listed = int.from_bytes(read(screen.LIST, 2), "little")
    return GameState(
        running=all(guard.holds(memory) for guard in cartridge.guards),
        player=players.read_player(memory, cartridge, oddities),
        party=read_roster(read(PARTY_AT, PARTY.length), PARTY, "party", cartridge, oddities, byte(ARRIVING)),
        bag=bags.read_items(read(bags.COUNT, bags.LENGTH), cartridge, oddities),
        storage=storage.read_storage(memory, cartridge, oddities),
        battle=battles.read_battle(memory, cartridge, oddities),
        dex=players.read_dex(read(DEX, 2 * DEX_BYTES)),
        events=read_events(memory, cartridge.event_names),
        text=read_screen_text(tilemap, table),
        dialogue=screen.read_dialogue(tilemap, table),
        menu=screen.read_menu(tilemap, read(screen.MENU, screen.MENU_LENGTH), table, listed),
        warps=surroundings.read_warps(read(surroundings.WARP_COUNT, surroundings.WARP_LENGTH), cartridge, oddities),
        connections=surroundings.read_connections(
            read(surroundings.EDGES, surroundings.EDGES_LENGTH), *read(surroundings.SIZE, 2)
        ),
        signs=surroundings.read_signs(read(surroundings.SIGN_COUNT, surroundings.SIGNS_LENGTH), oddities),
        sprites=surroundings.read_sprites(
            read(surroundings.SPRITES, surroundings.SPRITES_LENGTH), byte(surroundings.SPRITE_COUNT)
        ),
        input_ignored=byte(JOYPAD_IGNORED),
        random=(add, subtract),
        oddities=tuple(oddities),
    )


def read_events(memory: MemoryImage, names: Mapping[int, tuple[str, ...]]) -> frozenset[str]:
    """Names of the bits set in the event flags and in wStatusFlags1; unnamed bits are left out."""
    found: list[str] = []
    for start, length in ((STATUS_FLAGS, 1), (EVENTS, EVENTS_LENGTH)):
        for address, bits in enumerate(memory.read(start, length), start=start):
            if bits and (here := names.get(address)):
                found += [name for place, name in enumerate(here) if name and bits >> place & 1]
    return frozenset(found)
