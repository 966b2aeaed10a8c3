"""What the screen says: text, dialogue, menus."""

# ruff: noqa: RUF001  (the game's own × is meant)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerl.cartridge import load, read_screen_text, read_state

FRAME = {mark: 0x79 + place for place, mark in enumerate("┌─┐│└┘")}
CODES = {text: code for code, text in reversed(load("red").charmap.items())} | FRAME | {":": 0x9C, ".": 0xE8}
SCENERY = 0x2C


def draw(ram, rows: dict[int, str]) -> None:
    """Put rows of text on a screen of scenery; ``~`` is a piece of scenery."""
    for row in range(18):
        cells = rows.get(row, "").ljust(20, "~")
        ram[0xC3A0 + 20 * row] = bytes(SCENERY if cell == "~" else CODES[cell] for cell in cells)


BOX = {12: "┌" + "─" * 18 + "┐", **dict.fromkeys(range(13, 17), "│" + " " * 18 + "│"), 17: "└" + "─" * 18 + "┘"}


def test_scenery_is_blank_and_text_is_text(ram, red):
    draw(ram, {3: "~~HELLO there!"})
    text = read_screen_text(bytes(ram.data[0xC3A0 : 0xC3A0 + 360]), red.charmap)
    assert text[3] == "  HELLO there!      "
    assert text[4] == " " * 20
    assert len(text) == 18


def test_a_cell_with_two_letters_makes_its_row_longer(red):
    tilemap = bytes([0x88, 0xBE]) + bytes(358)
    assert read_screen_text(tilemap, red.charmap)[0] == "I't" + " " * 18


@given(st.binary(min_size=360, max_size=360))
def test_any_screen_is_18_rows_of_at_least_20_letters(tilemap):
    text = read_screen_text(tilemap, load("red").charmap)
    assert len(text) == 18 and all(len(row) >= 20 for row in text)


def test_dialogue_is_the_text_in_the_box(ram, red):
    draw(ram, BOX | {14: "│Hello there!      │", 16: "│Welcome to the   ▼│"})
    dialogue = read_state(ram.image(), red).dialogue
    assert dialogue is not None
    assert dialogue.text == "Hello there! Welcome to the"
    assert dialogue.waits


def test_no_box_is_no_dialogue_and_no_cursor_no_menu(ram, red):
    draw(ram, {14: "│Hello there!      │"})
    state = read_state(ram.image(), red)
    assert state.dialogue is None and state.menu is None


def test_a_menu_has_entries_and_a_cursor(ram, red):
    draw(
        ram,
        {
            0: "~~~~~~~~~~┌────────┐",
            1: "~~~~~~~~~~│        │",
            2: "~~~~~~~~~~│ POKéDEX│",
            3: "~~~~~~~~~~│        │",
            4: "~~~~~~~~~~│▶ITEM   │",
            5: "~~~~~~~~~~│        │",
            6: "~~~~~~~~~~│ EXIT   │",
            7: "~~~~~~~~~~└────────┘",
            9: "~~~~~~~~~~~~NOT PART",
        },
    )
    ram[0xCC26] = 1
    menu = read_state(ram.image(), red).menu
    assert menu is not None
    assert menu.entries == ("POKéDEX", "ITEM", "EXIT")
    assert (menu.cursor, menu.item, menu.row, menu.column) == (1, 1, 4, 11)


def test_a_list_keeps_each_quantity_with_its_item(ram, red):
    draw(
        ram,
        {
            2: "~~~~┌──────────────┐",
            3: "~~~~│              │",
            4: "~~~~│ POTION       │",
            5: "~~~~│         × 3  │",
            6: "~~~~│▶TOWN MAP     │",
            7: "~~~~│              │",
            8: "~~~~│ ANTIDOTE     │",
            9: "~~~~│         × 2 ▼│",
            10: "~~~~└──────────────┘",
        },
    )
    ram[0xCC36] = 3
    menu = read_state(ram.image(), red).menu
    assert menu is not None
    assert (menu.entries, menu.cursor) == (("POTION × 3", "TOWN MAP", "ANTIDOTE × 2"), 1)
    assert menu.scroll == 3


def test_the_party_menu_has_two_rows_for_each_creature(ram, red):
    draw(
        ram,
        BOX
        | {
            0: "   BLAZE     L5     ",
            1: "            19/ 20  ",
            2: "   SPARK     L7     ",
            3: "▶           10/ 20  ",
            14: "│Choose one.       │",
        },
    )
    menu = read_state(ram.image(), red).menu
    assert menu is not None
    assert (menu.entries, menu.cursor) == (("BLAZE L5 19/ 20", "SPARK L7 10/ 20"), 1)


def test_a_question_keeps_its_box_and_its_choice(ram, red):
    draw(
        ram,
        BOX
        | {
            7: "~~~~~~~~~~~~~~┌────┐",
            8: "~~~~~~~~~~~~~~│▶YES│",
            9: "~~~~~~~~~~~~~~│    │",
            10: "~~~~~~~~~~~~~~│ NO │",
            11: "~~~~~~~~~~~~~~└────┘",
            14: "│Save the game?    │",
        },
    )
    state = read_state(ram.image(), red)
    assert state.dialogue is not None and state.menu is not None
    assert state.dialogue.text == "Save the game?"
    assert state.menu.entries == ("YES", "NO")
    assert "Menu, cursor in brackets: [YES] | NO" in state.summary()


@pytest.mark.parametrize("cursor", range(4))
def test_the_battle_menu_has_two_columns(ram, red, cursor):
    marks = ["▶" if place == cursor else " " for place in range(4)]
    draw(
        ram,
        BOX
        | {
            12: "┌───────┌──────────┐",
            13: "│       │          │",
            14: f"│       │{marks[0]}FIGHT{marks[1]}Pk  │",
            15: "│       │          │",
            16: f"│       │{marks[2]}ITEM {marks[3]}RUN │",
        },
    )
    state = read_state(ram.image(), red)
    assert state.menu is not None and state.dialogue is not None
    assert (state.menu.entries, state.menu.cursor) == (("FIGHT", "Pk", "ITEM", "RUN"), cursor)
    assert state.dialogue.text == ""
