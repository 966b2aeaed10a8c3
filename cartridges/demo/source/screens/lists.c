/* The team's list, a glim's page, and the bag's list. */
#pragma bank 3
#include "screens.h"

#define ROWS_SHOWN 4

void draw_front(uint8_t index, uint8_t x, uint8_t y)
{
    uint8_t row, column, code = 0;
    load_species(index);
    far_video_copy(0x9000, species.front[0], species.front[1] | ((uint16_t)species.front[2] << 8), 49 * 16);
    for (column = 0; column < 7; column++)
        for (row = 0; row < 7; row++)
            *tile_at(x + column, y + row) = code++;
}

static void put_level(uint8_t x, uint8_t y, uint8_t level)
{
    *tile_at(x, y) = 0x6E;
    put_number(x + 1, y, level, level > 99 ? 3 : level > 9 ? 2 : 1);
}

static void put_points(uint8_t x, uint8_t y, const uint8_t *mon)
{
    put_number(x, y, big_word(mon + MON_HP), 3);
    put(x + 3, y, "/");
    put_number(x + 4, y, big_word(mon + MON_MAX_HP), 3);
}

static void draw_team(void)
{
    uint8_t slot;
    clear_tiles();
    for (slot = 0; slot < wPartyCount && slot < 6; slot++) {
        put_name(3, slot * 2, PARTY_NICK(slot));
        put_level(14, slot * 2, PARTY_MON(slot)[MON_LEVEL]);
        put(8, slot * 2 + 1, "HP");
        put_points(11, slot * 2 + 1, PARTY_MON(slot));
    }
    box(0, 14, 18, 2);
    put(1, 16, "Choose a glim.");
}

uint8_t choose_mon(void) __banked
{
    uint8_t pressed;
    if (!wPartyCount)
        return NOTHING_CHOSEN;
    hide_sprites();
    draw_team();
    window_show();
    wCurrentMenuItem = 0;
    pressed = choose(1, 0, (wPartyCount > 6 ? 6 : wPartyCount) - 1, BUTTON_A | BUTTON_B);
    return pressed & BUTTON_A ? wCurrentMenuItem : NOTHING_CHOSEN;
}

static void draw_items(uint8_t shown)
{
    uint8_t i, place;
    box(4, 2, 14, 9);
    for (i = 0; i < shown; i++) {
        place = wListScrollOffset + i;
        if (place >= wNumBagItems) {
            put(6, 4 + i * 2, "CANCEL");
            break;
        }
        item_name(wBagItems[place * 2]);
        put_name(6, 4 + i * 2, wStringBuffer);
        *tile_at(15, 4 + i * 2) = 0xF1;
        put_number(16, 4 + i * 2, wBagItems[place * 2 + 1], 2);
    }
}

/* The list has the bag's places and CANCEL; four rows show. */
uint8_t choose_item(void) __banked
{
    uint8_t pressed, rows = wNumBagItems + 1, shown = rows > ROWS_SHOWN ? ROWS_SHOWN : rows, place;
    wListScrollOffset = 0;
    wCurrentMenuItem = 0;
    window_show();
    for (;;) {
        draw_items(shown);
        pressed = choose(5, 4, shown - 1, BUTTON_A | BUTTON_B | BUTTON_UP | BUTTON_DOWN);
        if (pressed & BUTTON_B)
            return NOTHING_CHOSEN;
        place = wListScrollOffset + wCurrentMenuItem;
        if (pressed & BUTTON_A)
            return place < wNumBagItems ? place : NOTHING_CHOSEN;
        if (pressed & BUTTON_UP && wListScrollOffset)
            wListScrollOffset--;
        if (pressed & BUTTON_DOWN && place + 1 < rows)
            wListScrollOffset++;
    }
}
