"""What a picture says is what memory says."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from pokerl.cartridge import load
from pokerl.cartridge.pixels import (
    Glyphs,
    ScreenReader,
    glyphs_from_pairs,
    glyphs_from_rom,
    glyphs_of_demo,
    patterns,
    read_bars,
)
from pokerl.cartridge.screen import read_dialogue, read_menu
from pokerl.errors import UsageProblem

DEMO_TOOLS = Path(__file__).parents[2] / "cartridges" / "demo"
BUTTONS = ("up", "down", "left", "right", "a", "a", "a", "b", "start")
MENU = (0xCC24, 0x13)


def look(console) -> tuple[np.ndarray, bytes]:
    """The picture and the tile map at one moment at which nothing moves.

    Two frames are drawn, since the emulator draws its very first one with the window a line too high.
    """
    while True:
        before = bytes(console.boy.memory[0xC3A0 : 0xC3A0 + 360])
        console.boy.tick(3, False, False)
        console.boy.tick(1, True, False)
        console.boy.tick(1, True, False)
        tilemap = bytes(console.boy.memory[0xC3A0 : 0xC3A0 + 360])
        picture = console.boy.screen.ndarray[:, :, :3].copy()
        console.boy.tick(3, False, False)
        if before == tilemap == bytes(console.boy.memory[0xC3A0 : 0xC3A0 + 360]):
            return picture, tilemap


def wander(console, presses: int, seed: int):
    """Random play that leans towards what opens boxes; yields what is seen after each press."""
    dice = random.Random(seed)
    for _ in range(presses):
        console.press(dice.choice(BUTTONS), hold=16, wait=48)
        yield look(console)


def assert_reads_as_memory(reader: ScreenReader, cartridge, picture, tilemap) -> int:
    """Compare what both say of boxes, menus and bars; returns how many of them there were."""
    seen, table = reader.read(picture), cartridge.screen_table
    dialogue = read_dialogue(tilemap, table)
    menu = read_menu(tilemap, bytes(MENU[1]), table)
    assert seen.dialogue == dialogue and not seen.strange
    assert seen.menu == menu
    assert seen.bars == read_bars(tilemap)
    return (dialogue is not None) + (menu is not None) + len(seen.bars)


@pytest.fixture(scope="module")
def demo():
    return load("demo")


@pytest.fixture
def reader(demo):
    return ScreenReader(glyphs_of_demo(), demo)


def test_random_play_reads_the_same_from_the_picture_as_from_memory(demo_console, demo, reader):
    demo_console.new_game(demo)
    found = sum(assert_reads_as_memory(reader, demo, *pair) for pair in wander(demo_console, 300, seed=3))
    assert found > 40


def test_the_start_menu_is_read_with_its_cursor(demo_console, demo, reader):
    demo_console.new_game(demo)
    demo_console.press("start", wait=64)
    demo_console.press("down", wait=32)
    seen = reader.read(look(demo_console)[0])
    assert seen.menu is not None and "SAVE" in seen.menu.entries and seen.menu.cursor == 1
    assert any("SAVE" in row for row in seen.rows)


def test_glyphs_learned_from_pairs_read_what_came_before(demo_console, demo):
    demo_console.new_game(demo)
    pairs = list(wander(demo_console, 300, seed=3))
    reader = ScreenReader(glyphs_from_pairs(pairs), demo)
    spoken = [(pair, read_dialogue(pair[1], demo.screen_table)) for pair in pairs]
    spoken = [(pair, dialogue) for pair, dialogue in spoken if dialogue]
    agreeing = sum(reader.read(picture).dialogue == dialogue for (picture, _), dialogue in spoken)
    assert len(spoken) > 10 and agreeing > 0.8 * len(spoken)


def test_somebody_who_reads_one_word_teaches_its_letters(demo_console, demo):
    demo_console.new_game(demo)
    demo_console.press("start", wait=64)
    picture, tilemap = look(demo_console)
    place = tilemap.find(bytes((0x92, 0x80, 0x95, 0x84)))
    row, column = divmod(place, 20)
    reader = ScreenReader(Glyphs({}).taught(picture, row, column, "SAVE", demo), demo)
    assert reader.tilemap(picture)[place : place + 4] == tilemap[place : place + 4]
    with pytest.raises(UsageProblem, match="does not fit"):
        Glyphs({}).taught(picture, 0, 18, "SAVE", demo)
    with pytest.raises(UsageProblem, match="no code for ~"):
        Glyphs({}).taught(picture, 0, 0, "~", demo)


def test_the_font_file_is_the_font_of_the_demo_game():
    sys.path.insert(0, str(DEMO_TOOLS))
    try:
        font = importlib.import_module("tools.font")
    finally:
        sys.path.remove(str(DEMO_TOOLS))
    drawn, codes = font.font_bytes(), glyphs_of_demo().codes
    for code in range(font.FIRST_CODE, 0x100):
        tile = drawn[(code - font.FIRST_CODE) * 16 :][:16]
        if any(tile):
            assert drawn[(codes[tile] - font.FIRST_CODE) * 16 :][:16] == tile


def test_glyphs_survive_a_file():
    glyphs = glyphs_of_demo()
    assert Glyphs.from_json(glyphs.to_json()) == glyphs
    for text in ("", "[]", '{"00": "41"}', '{"zz": "41"}', '{"' + "00" * 16 + '": "141"}'):
        with pytest.raises(UsageProblem, match="no glyphs"):
            Glyphs.from_json(text)


def test_bars_are_counted_in_pixels():
    row = bytes([0x71, 0x62, 0x6B, 0x6B, 0x66, 0x63, 0x63, 0x63, 0x6D]).ljust(20, b"\x7f")
    (bar,) = read_bars(bytes(40) + row + bytes(300))
    assert (bar.row, bar.column, bar.pixels) == (2, 1, 19)
    assert bar.share == pytest.approx(19 / 48)


@settings(max_examples=25, deadline=None)
@given(arrays(np.uint8, (144, 160, 3)))
def test_any_picture_is_read(picture):
    seen = ScreenReader(glyphs_of_demo(), load("demo")).read(picture)
    assert len(seen.rows) == 18 and len(seen.tilemap) == 360


def test_a_picture_of_another_size_is_refused(reader):
    with pytest.raises(UsageProblem, match="144 x 160"):
        reader.read(np.zeros((72, 80, 3), np.uint8))
    assert len(patterns(np.zeros((144, 160), np.uint8))) == 360


def test_a_game_without_known_glyphs_says_what_to_do():
    with pytest.raises(UsageProblem, match=r"glyphs_from_pairs"):
        glyphs_from_rom(lambda *_: b"", load("generic"))


@pytest.mark.rom
def test_the_real_game_reads_the_same_from_the_picture_as_from_memory(console, real):
    rom, game = real.path.read_bytes(), real.cartridge
    glyphs = glyphs_from_rom(lambda bank, address, length: rom[bank * 0x4000 + address % 0x4000 :][:length], game)
    reader = ScreenReader(glyphs, game)
    console.new_game(game)
    found = sum(assert_reads_as_memory(reader, game, *pair) for pair in wander(console, 100, seed=4))
    assert found > 20
