"""The little of memory that the detectors look at, sampled along a replay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from pokerl.audit.decode import LEVEL_OFFSET, PARTY_STRIDE
from pokerl.cartridge import Cartridge
from pokerl.cartridge.gates import Place

_BLOCKS = (
    ("wIsInBattle", 1),
    ("wPartyCount", 1 + 7 + 6 * PARTY_STRIDE),
    ("wNumBagItems", 42 + 3),  # the bag, and the money behind it
    ("wObtainedBadges", 1),
    ("wCurMap", 1),
    ("wLastMap", 1),
    ("wCurMapWidth", 1),
    ("wCurMapConnections", 45),
    ("wNumberOfWarps", 1 + 128),
    ("wLastBlackoutMap", 1),
    ("wDungeonWarpDestinationMap", 1),
    ("wBeatGymFlags", 1),
)
_GYM_EVENTS = (
    ("D755", 7),
    ("D75E", 7),
    ("D773", 7),
    ("D77C", 1),
    ("D792", 1),
    ("D7B3", 1),
    ("D79A", 1),
    ("D751", 1),
)
"""Address and bit of each leader's event, in the order of the badges (public disassembly's event constants)."""
_CHAMPION = (0xD867, 1)


class Readable(Protocol):
    """What memory can be read from: a machine."""

    def read(self, address: int, length: int) -> bytes:
        """``length`` bytes from ``address``."""
        ...


class Creature(Struct, frozen=True):
    """One creature of the party: what the species list says and what its structure says."""

    listed: int
    species: int
    level: int
    experience: int


class Glimpse(Struct, frozen=True):
    """Memory at one moment of a replay, decoded just enough for the detectors.

    Attributes:
        frame: frames since power-on.
        in_game: a game is being played and its map is loaded (false on title screens and while a new game is set up).
        map: id of the map; ``last_map`` the one that doors lead back to.
        exits: ids of the maps to which the map's warps and connections lead (FFh for the last map left out).
        returns: ids to which the game may move the player by itself: last map, last healing place, hole's bottom.
        battle: wIsInBattle: 0 none, 1 wild, 2 trainer, FFh lost.
        party_count, party: as memory says; ``party`` holds at most six.
        bag_count, quantities: kinds of item and their amounts.
        money: the three bytes.
        badges, gyms: flag bytes; ``gym_events`` has a bit for each leader whose event is set.
        champion: the champion's event is set.
        done: bits that gates of the cartridge ask for, as far as they are set.
        engaged: a trainer has seen the player and the battle is still to come.
    """

    frame: int
    in_game: bool
    map: int
    last_map: int
    exits: frozenset[int]
    returns: frozenset[int]
    battle: int
    party_count: int
    party: tuple[Creature, ...]
    bag_count: int
    quantities: tuple[int, ...]
    money: bytes
    badges: int
    gyms: int
    gym_events: int
    champion: bool
    done: frozenset[Place] = frozenset()
    engaged: bool = False


def take_glimpse(machine: Readable, frame: int, cartridge: Cartridge) -> Glimpse:
    """Read and decode what the detectors need; any memory gives a glimpse."""
    block = {symbol: machine.read(cartridge.symbols[symbol], length) for symbol, length in _BLOCKS}
    events = [machine.read(int(address, 16), 1)[0] >> bit & 1 for address, bit in _GYM_EVENTS]
    last_map = block["wLastMap"][0]
    return Glimpse(
        frame=frame,
        in_game=_in_game(machine, cartridge) and block["wCurMapWidth"][0] > 0,
        map=block["wCurMap"][0],
        last_map=last_map,
        exits=_warp_exits(block["wNumberOfWarps"]) | _connections(block["wCurMapConnections"]),
        returns=frozenset({last_map, block["wLastBlackoutMap"][0], block["wDungeonWarpDestinationMap"][0]}),
        battle=block["wIsInBattle"][0],
        party_count=block["wPartyCount"][0],
        party=_party(block["wPartyCount"]),
        bag_count=block["wNumBagItems"][0],
        quantities=_quantities(block["wNumBagItems"]),
        money=_money(block["wNumBagItems"]),
        badges=block["wObtainedBadges"][0],
        gyms=block["wBeatGymFlags"][0],
        gym_events=sum(event << gym for gym, event in enumerate(events)),
        champion=bool(machine.read(_CHAMPION[0], 1)[0] >> _CHAMPION[1] & 1),
        done=_set_bits(machine, cartridge.gates.places),
        engaged=bool(cartridge.gates.engaged and _set_bits(machine, [cartridge.gates.engaged])),
    )


def _in_game(machine: Readable, cartridge: Cartridge) -> bool:
    return all(machine.read(guard.address, 1)[0] & guard.mask for guard in cartridge.guards)


def _set_bits(machine: Readable, places: Iterable[Place]) -> frozenset[Place]:
    bytes_read = {address: machine.read(address, 1)[0] for address in {address for address, _ in places}}
    return frozenset((address, bit) for address, bit in places if bytes_read[address] >> bit & 1)


def _warp_exits(table: bytes) -> frozenset[int]:
    count = min(table[0], 32)
    return frozenset(table[1 + 4 * warp + 3] for warp in range(count)) - {0xFF}


def _connections(block: bytes) -> frozenset[int]:
    """Byte 0 tells which sides are connected (8 north, 4 south, 2 west, 1 east); a side's header is 11 bytes."""
    return frozenset(block[1 + 11 * side] for side in range(4) if block[0] & 8 >> side)


def _party(block: bytes) -> tuple[Creature, ...]:
    return tuple(_creature(block, slot) for slot in range(min(block[0], 6)))


def _creature(block: bytes, slot: int) -> Creature:
    structure = block[8 + slot * PARTY_STRIDE : 8 + (slot + 1) * PARTY_STRIDE]
    experience = int.from_bytes(structure[0x0E:0x11], "big")
    return Creature(block[1 + slot], structure[0], structure[LEVEL_OFFSET], experience)


def _quantities(block: bytes) -> tuple[int, ...]:
    return tuple(block[2 + 2 * slot] for slot in range(min(block[0], 20)))


def _money(block: bytes) -> bytes:
    return block[42:45]
