"""What the state reader makes of memory."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerl.cartridge import STATE_SPANS, Cartridge, GameState, MemoryImage, load, read_state
from pokerl.cartridge.storage import read_boxes
from pokerl.errors import UsageProblem

LETTERS = {letter: 0x80 + place for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {" ": 0x7F}
PONYTA, MEWTWO, GEODUDE, ONIX = 163, 131, 169, 34
SEEDS = st.integers(0, 1 << 32)


def noise(seed: int) -> bytes:
    """64 KB of anything: random bytes, or one byte over and over."""
    return Random(seed).randbytes(0x10000) if seed >= 256 else bytes([seed]) * 0x10000


def encode(text: str, length: int = 11) -> bytes:
    return bytes(LETTERS[letter] for letter in text).ljust(length, b"\x50")


def creature(species: int = PONYTA, *, hp: int = 19, level: int = 5, status: int = 0) -> bytes:
    """A creature as the party holds it: 20 HP at most, TACKLE with 30 PP and GROWL with 40 PP raised once."""
    head = bytes([species, 0, hp, 0, status, 20, 20, 190, 33, 45, 0, 0, 0x12, 0x34, 0, 0, 125])
    points = bytes([0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0xA9, 0x87, 30, 0x40 | 40, 0, 0])
    return head + points + bytes([level, 0, 20, 0, 11, 0, 12, 0, 13, 0, 14])


@pytest.fixture
def playing(ram):
    """A game in the bedroom with one creature and two kinds of items."""
    ram[0xD732] = 1
    ram[0xD369] = 4
    ram[0xD158] = encode("ASH")
    ram[0xD34A] = encode("GARY")
    ram[0xD35E] = bytes([0x26, 0, 0, 6, 3])
    ram[0xC109] = 8
    ram[0xD347] = bytes.fromhex("003000")
    ram[0xD163] = bytes([1, PONYTA, 0xFF])
    ram[0xD16B] = creature()
    ram[0xD273] = encode("ASH")
    ram[0xD2B5] = encode("BLAZE")
    ram[0xD31D] = bytes([2, 20, 3, 4, 5, 0xFF])
    ram[0xDA41] = bytes([1, 0, 2, 3, 4])
    return ram


def state_of(ram, cartridge: Cartridge) -> GameState:
    return read_state(ram.image(), cartridge)


def test_the_player_is_read(playing, red):
    state = state_of(playing, red)
    player = state.player
    assert state.running and not state.oddities
    assert (player.name, player.rival) == ("ASH", "GARY")
    assert (player.map_id, player.map_name, player.x, player.y, player.facing) == (0x26, "REDS_HOUSE_2F", 3, 6, "left")
    assert player.money == 3000
    assert (player.play_time.hours, player.play_time.minutes, player.play_time.seconds) == (1, 2, 3)


def test_a_creature_is_read_in_full(playing, red):
    (pony,) = state_of(playing, red).party
    assert (pony.species, pony.nickname, pony.owner, pony.owner_id) == ("PONYTA", "BLAZE", "ASH", 0x1234)
    assert (pony.level, pony.hp, pony.maximum_hp, pony.experience, pony.status) == (5, 19, 20, 125, "")
    assert [(move.name, move.pp, move.pp_ups) for move in pony.moves] == [("TACKLE", 30, 0), ("GROWL", 40, 1)]
    assert pony.types == ("FIRE",)
    assert msgspec.structs.astuple(pony.dvs) == (5, 10, 9, 8, 7)  # HP: lowest bits of the other four
    assert msgspec.structs.astuple(pony.stats) == (20, 11, 12, 13, 14)
    assert msgspec.structs.astuple(pony.stat_experience) == (1, 2, 3, 4, 5)


def test_species_are_told_by_index_and_not_by_dex_number(playing, red):
    playing[0xD163] = bytes([1, MEWTWO, 0xFF])
    playing[0xD16B] = creature(MEWTWO)
    assert state_of(playing, red).party[0].species == "MEWTWO"
    assert red.species[MEWTWO].dex == 150
    assert red.species[150].name == "PIDGEOTTO"


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, ""), (3, "asleep for 3"), (8, "poisoned"), (0x10, "burned"), (0x20, "frozen"), (0x40, "paralysed")],
)
def test_status_is_told_in_words(playing, red, status, words):
    playing[0xD16B] = creature(status=status)
    assert state_of(playing, red).party[0].status == words


def test_bag_dex_badges_and_events_are_read(playing, red):
    playing[0xD356] = 0b00000011
    playing[0xD72A] = 0b00000011
    playing[0xD2F7] = 0b00000001
    playing[0xD30A + 9] = 0b00010000
    playing[0xD755] = 0x80
    state = state_of(playing, red)
    assert [(item.name, item.quantity) for item in state.bag] == [("POTION", 3), ("POKE_BALL", 5)]
    assert state.player.badges == ("Boulder", "Cascade")
    assert state.dex.owned == {1} and state.dex.seen == {77}
    assert state.events == {"EVENT_BEAT_BROCK"}


def test_a_battle_shows_both_sides(playing, red):
    playing[0xD057] = 2
    playing[0xD059] = 0xC8 + 34
    playing[0xD04A] = encode("BROCK", 13)
    playing[0xD89C] = bytes([2, GEODUDE, ONIX, 0xFF])
    playing[0xD8A4] = creature(GEODUDE, hp=0) + creature(ONIX, level=14)
    playing[0xCD1A] = bytes([7, 5, 7, 7, 7, 7])
    playing[0xCD2E] = bytes([9, 7, 7, 7, 7, 7])
    playing[0xD062] = bytes([0x80, 0, 0])
    playing[0xD067] = bytes([0, 0x80, 0])
    playing[0xCFE5] = bytes([169, 0, 9, 0, 8, 5, 4, 255, 33, 0, 0, 0, 0x98, 0x76, 12, 0, 30, 0, 1, 0, 2, 0, 3, 0, 4])
    playing[0xD014] = bytes([PONYTA, 0, 19, 0, 0, 20, 20, 190, 33, 0, 0, 0, 0xA9, 0x87, 5, 0, 20])
    battle = state_of(playing, red).battle
    assert battle is not None and battle.own is not None
    assert (battle.kind, battle.trainer, battle.trainer_class, battle.enemy_party) == ("trainer", "BROCK", 34, 2)
    assert (battle.enemy.species, battle.enemy.level, battle.enemy.hp, battle.enemy.status) == (
        "GEODUDE",
        12,
        9,
        "poisoned",
    )
    assert (battle.own.species, battle.own.hp, battle.own.maximum_hp) == ("PONYTA", 19, 20)
    assert [(one.species, one.level, one.hp) for one in battle.trainer_party] == [("GEODUDE", 5, 0), ("ONIX", 14, 19)]
    assert (battle.own_stages.defence, battle.enemy_stages.attack) == (-2, 2)
    assert (battle.own_conditions, battle.enemy_conditions) == (("confused",), ("seeded",))


def test_what_ends_with_the_battle_is_told_when_it_changes(playing, red):
    playing[0xD057] = 1
    playing[0xCD1A] = playing[0xCD2E] = bytes([7] * 6)
    before = state_of(playing, red)
    playing[0xCD1A] = 6
    playing[0xD064] = 1
    changes = before.diff(state_of(playing, red))
    assert changes == ["own attack stage +0 -> -1", "own creature is badly poisoned"]
    assert "Own creature: attack -1, badly poisoned" in state_of(playing, red).summary()


def test_the_pc_is_read(playing, red):
    before = state_of(playing, red)
    playing[0xD53A] = bytes([1, 20, 7, 0xFF])
    playing[0xD5A0] = 0x82
    playing[0xDA80] = bytes([1, MEWTWO, 0xFF])
    playing[0xDA96] = creature(MEWTWO, hp=9)[:3] + bytes([70]) + creature()[4:0x21]
    playing[0xDE06] = encode("TWO")
    state = state_of(playing, red)
    (mewtwo,) = state.storage.creatures
    assert (mewtwo.species, mewtwo.nickname, mewtwo.level, mewtwo.hp, mewtwo.maximum_hp) == ("MEWTWO", "TWO", 70, 9, 0)
    assert [(item.name, item.quantity) for item in state.storage.items] == [("POTION", 7)]
    assert (state.storage.box, state.storage.boxes_in_use, state.oddities) == (3, True, ())
    assert before.diff(state) == ["box 1 -> 3, with 1 creature in it", "PC +7 POTION"]
    assert "Box 3: TWO (MEWTWO) L70 9 HP" in state.summary()


def test_a_creature_put_into_the_box_is_told(playing, red):
    before = state_of(playing, red)
    playing[0xDA80] = bytes([1, ONIX, 0xFF])
    playing[0xDA96] = bytes([ONIX, 0, 30, 12]) + creature()[4:0x21]
    assert before.diff(state_of(playing, red)) == ["ONIX L12 30 HP joined the box"]


def test_the_twelve_boxes_lie_in_the_cartridges_ram(red):
    content = bytearray(0x8000)
    place = 3 * 0x2000 + 5 * 0x462
    content[place : place + 3] = bytes([1, ONIX, 0xFF])
    content[place + 22 : place + 22 + 0x21] = bytes([ONIX, 0, 30, 12]) + creature()[4:0x21]
    oddities: list[str] = []
    boxes = read_boxes(bytes(content), red, oddities)
    assert [[(one.species, one.level) for one in box] for box in boxes] == [[]] * 11 + [[("ONIX", 12)]]
    assert not oddities


def test_edges_lead_to_neighbours_and_signs_stand_on_squares(playing, red):
    playing[0xD35E] = 0
    playing[0xD368] = bytes([9, 10])
    playing[0xD370] = 0b1100
    playing[0xD371] = bytes([0x0C, 0, 0, 0, 0, 0, 10, 35, 0, 0, 0])
    playing[0xD37C] = bytes([0x20, 0, 0, 0, 0, 0, 10, 0, 0xFE, 0, 0])
    playing[0xD4B0] = bytes([2, 3, 4, 13, 11])
    playing[0xD4D1] = bytes([5, 6])
    before = state_of(playing, red)
    assert [msgspec.structs.astuple(edge) for edge in before.connections] == [
        ("up", 0x0C, 0, 35),
        ("down", 0x20, -2, -17),
    ]
    assert [msgspec.structs.astuple(sign) for sign in before.signs] == [(4, 3, 5), (11, 13, 6)]
    playing[0xD4B0] = 1
    assert before.diff(state_of(playing, red)) == ["the map's signs changed"]


def test_warps_and_people_stand_on_squares(playing, red):
    playing[0xD3AE] = bytes([2, 1, 7, 2, 0x25, 7, 3, 0, 0xFF])
    playing[0xD4E1] = 1
    playing[0xC110] = bytes([9, 0, 0, 0, 0, 0, 0, 0, 0, 4])
    playing[0xC214] = bytes([4 + 5, 4 + 2])
    state = state_of(playing, red)
    assert [(warp.x, warp.y, warp.destination, warp.destination_name) for warp in state.warps] == [
        (7, 1, 0x25, "REDS_HOUSE_1F"),
        (3, 7, None, "outside"),
    ]
    (person,) = state.sprites
    assert (person.slot, person.x, person.y, person.facing, person.on_screen) == (1, 2, 5, "up", True)


@pytest.mark.parametrize(
    ("address", "data", "told"),
    [
        (0xD347, b"\x9a\x00\x00", "money"),
        (0xD163, b"\x07", "party counts 7"),
        (0xD164, bytes([PONYTA + 1]), "but listed as"),
        (0xD165, b"\x00", "no end mark"),
        (0xD16B, bytes([31]), "unknown species"),
        (0xD16B + 1, b"\x00\x63", "99 HP of 20"),
        (0xD16B + 0x21, b"\x65", "level 101"),
        (0xD31F, b"\x64", "holds 100"),
        (0xD31D, b"\xff", "bag counts 255"),
        (0xD356, b"\x01", "badges differ"),
        (0xD35E, b"\xfe", "map id FEh"),
        (0xC109, b"\x05", "facing"),
        (0xD057, b"\x09", "battle"),
        (0xDA43, b"\x3c", "clock"),
        (0xD3AE, b"\x21", "33 warps"),
        (0xD4B0, b"\x11", "17 signs"),
        (0xD53A, b"\x33", "PC counts 51"),
        (0xD5A0, b"\x0c", "number 13"),
        (0xDA80, b"\x15", "box counts 21"),
        (0xDA80, b"\x01\x1f\x00", "box creature 1 is species 0 but listed as 31"),
    ],
)
def test_what_no_game_writes_is_named_as_an_oddity(playing, red, address, data, told):
    playing[address] = data
    assert any(told in oddity for oddity in state_of(playing, red).oddities)


def test_blank_memory_is_a_game_not_yet_begun(ram, red):
    state = state_of(ram, red)
    assert not state.running and not state.party and not state.events and state.battle is None
    assert "No game" in state.summary()


@given(SEEDS)
def test_any_memory_gives_a_state(seed):
    state = read_state(MemoryImage([(0, noise(seed))]), load("red"))
    assert len(state.text) == 18 and len(state.party) <= 6 and len(state.bag) <= 20
    assert len(state.storage.creatures) <= 20 and len(state.storage.items) <= 50 and len(state.signs) <= 16
    assert state.player.money >= 0
    assert state.summary()
    assert state.diff(state) == []
    msgspec.json.encode(state)
    assert len(read_boxes(noise(seed)[:0x8000], load("red"), [])) == 12


@given(SEEDS, SEEDS)
def test_any_two_states_can_be_compared(before, after):
    red = load("red")
    first, second = (read_state(MemoryImage([(0, noise(seed))]), red) for seed in (before, after))
    assert all(first.diff(second))


def test_changes_are_told_in_words(playing, red):
    before = state_of(playing, red)
    playing[0xD35E] = 0x25
    playing[0xD16B] = creature(hp=4, level=6, status=8)
    playing[0xD31F] = 1
    playing[0xD74B] = 4
    changes = before.diff(state_of(playing, red))
    assert "map REDS_HOUSE_2F -> REDS_HOUSE_1F at (3, 6)" in changes
    assert {"PONYTA level 5 -> 6", "PONYTA hp 19 -> 4", "PONYTA status healthy -> poisoned"} <= set(changes)
    assert "bag -2 POTION" in changes
    assert "event EVENT_GOT_STARTER set" in changes
    assert len(changes) == 6


def test_a_summary_tells_where_things_stand(playing, red):
    text = state_of(playing, red).summary()
    assert "REDS_HOUSE_2F (26h) at x=3 y=6, facing left" in text
    assert "BLAZE (PONYTA) L5 19/20 HP" in text
    assert "POTION x3" in text


def test_a_state_needs_its_spans_and_a_known_layout(playing, red):
    with pytest.raises(UsageProblem, match="not in this memory image"):
        read_state(playing.image(STATE_SPANS[:-1]), red)
    with pytest.raises(UsageProblem, match="Nothing is known"):
        read_state(playing.image(), load("generic"))
