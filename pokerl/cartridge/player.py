"""The player: who, where, how rich, how far."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.layout import BADGES, BEATEN_GYMS, DEX_BYTES, DEX_SIZE
from pokerl.cartridge.memory import MemoryImage
from pokerl.cartridge.text import decode_text

NAME, RIVAL = 0xD158, 0xD34A
NAME_SIZE = 11
MONEY = 0xD347
PLAYER_ID = 0xD359
POSITION = 0xD35E
PLAY_TIME = 0xDA41
FACING = 0xC109
WALKING = 0xD700
HALL_OF_FAME_TEAMS = 0xD5A2
COINS = 0xD5A4
FACINGS = {0x0: "down", 0x4: "up", 0x8: "left", 0xC: "right"}
MOVEMENTS = {0: "on foot", 1: "cycling", 2: "surfing"}


class PlayTime(Struct, frozen=True):
    """The game's own clock; a frame is 1/60 s. ``stopped`` once it reached its maximum."""

    hours: int
    minutes: int
    seconds: int
    frames: int
    stopped: bool


class Player(Struct, frozen=True):
    """Who, where, how rich, how far.

    Attributes:
        map_id: the map the player is on, and its name.
        x, y: square on the map, from its top left corner.
        last_map: the map outdoors that doors lead back to.
        facing: ``"down"``, ``"up"``, ``"left"``, ``"right"``.
        movement: ``"on foot"``, ``"cycling"``, ``"surfing"``.
        money: 0–999999.
        badges: their names, in the usual order.
        beaten_gyms: the leaders' own flags; should equal ``badges``.
        hall_of_fame_teams: how often the league was won.
    """

    name: str
    rival: str
    identifier: int
    map_id: int
    map_name: str
    x: int
    y: int
    last_map: int
    facing: str
    movement: str
    money: int
    coins: int
    badges: tuple[str, ...]
    beaten_gyms: tuple[str, ...]
    play_time: PlayTime
    hall_of_fame_teams: int


class Dex(Struct, frozen=True):
    """Dex numbers (1–151) of the species seen and owned."""

    seen: frozenset[int]
    owned: frozenset[int]


def read_player(memory: MemoryImage, cartridge: Cartridge, oddities: list[str]) -> Player:
    """Decode the player; what is wrong is added to ``oddities``."""
    read, byte, table = memory.read, memory.byte, cartridge.screen_table
    map_id, _, _, y, x, _, _, last_map = read(POSITION, 8)
    badges, beaten = cartridge.badge_names(byte(BADGES)), cartridge.badge_names(byte(BEATEN_GYMS))
    if badges != beaten:
        oddities.append("the badges differ from the gym leaders' flags")
    here = cartridge.maps.get(map_id)
    if here is None:
        oddities.append(f"the map id {map_id:02X}h is unknown")
    return Player(
        name=decode_text(read(NAME, NAME_SIZE), table),
        rival=decode_text(read(RIVAL, NAME_SIZE), table),
        identifier=int.from_bytes(read(PLAYER_ID, 2), "big"),
        map_id=map_id,
        map_name=here.name if here else f"map {map_id:02X}h?",
        x=x,
        y=y,
        last_map=last_map,
        facing=_word(FACINGS, byte(FACING), "the player's facing", oddities),
        movement=_word(MOVEMENTS, byte(WALKING), "the way of moving", oddities),
        money=read_decimal(read(MONEY, 3), "the money", oddities),
        coins=read_decimal(read(COINS, 2), "the coins", oddities),
        badges=badges,
        beaten_gyms=beaten,
        play_time=_play_time(read(PLAY_TIME, 5), oddities),
        hall_of_fame_teams=byte(HALL_OF_FAME_TEAMS),
    )


def read_dex(data: bytes) -> Dex:
    """Decode the 38 bytes from wPokedexOwned: owned, then seen, least significant bit first."""
    return Dex(seen=_numbers(data[DEX_BYTES:]), owned=_numbers(data[:DEX_BYTES]))


def read_decimal(data: bytes, what: str, oddities: list[str]) -> int:
    """A number in BCD, most significant first. A nibble above 9 is an oddity, and counts as its own value."""
    text = data.hex()
    if text.isdecimal():
        return int(text)
    oddities.append(f"{what} has a digit above 9: {text}")
    number = 0
    for digit in text:
        number = number * 10 + int(digit, 16)
    return number


def _play_time(data: bytes, oddities: list[str]) -> PlayTime:
    hours, stopped, minutes, seconds, frames = data
    if minutes > 59 or seconds > 59 or frames > 59:
        oddities.append(f"the clock reads {hours}:{minutes}:{seconds}:{frames}")
    return PlayTime(hours, minutes, seconds, frames, bool(stopped))


def _word(words: dict[int, str], value: int, what: str, oddities: list[str]) -> str:
    word = words.get(value)
    if word is None:
        oddities.append(f"{what} has the unknown value {value}")
        return f"{value}?"
    return word


def _numbers(data: bytes) -> frozenset[int]:
    bits = int.from_bytes(data, "little") & (1 << DEX_SIZE) - 1
    numbers: list[int] = []
    while bits:
        lowest = bits & -bits
        numbers.append(lowest.bit_length())
        bits ^= lowest
    return frozenset(numbers)
