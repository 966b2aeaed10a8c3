/* The team's list, a glim's page, and the bag's list. */
#pragma bank 3
#include "screens.h"

#define LIST_ITEMS 3 /* as in Red: 2 shop, 3 bag */

/* Seven by seven tiles. */
void put_picture(uint8_t bank, uint16_t address, uint8_t x, uint8_t y)
{
    bring_tiles(0x9000, bank, address, 49);
    put_picture_codes(x, y, 7, 0);
}

void draw_front(uint8_t index, uint8_t x, uint8_t y)
{
    load_species(index);
    put_picture(species.front[0], species.front[1] | ((uint16_t)species.front[2] << 8), x, y);
}

const char *status_word(const uint8_t *mon)
{
    uint8_t status = mon[MON_STATUS];
    if (!big_word(mon + MON_HP))
        return "FNT";
    if (!status)
        return "";
    return status & 7 ? "SLP" : status & 8 ? "PSN" : status & 0x10 ? "BRN" : "PAR";
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
        put(3, slot * 2 + 1, status_word(PARTY_MON(slot)));
        put(8, slot * 2 + 1, "HP");
        put_points(11, slot * 2 + 1, PARTY_MON(slot));
        wait_frame();
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
    wait_frame();
    draw_team();
    window_show();
    wCurrentMenuItem = 0;
    pressed = choose(1, 0, (wPartyCount > 6 ? 6 : wPartyCount) - 1, BUTTON_A | BUTTON_B);
    return pressed & BUTTON_A ? wCurrentMenuItem : NOTHING_CHOSEN;
}

static void draw_item_row(uint8_t place, uint8_t y)
{
    item_name(wBagItems[place * 2]);
    put_name(6, y, wStringBuffer);
    if (item_kind == ITEM_KIND_KEY)
        return;
    *tile_at(15, y + 1) = 0xF1;
    put_number(16, y + 1, wBagItems[place * 2 + 1], 2);
}

/* Place in the bag, or NOTHING_CHOSEN. */
uint8_t choose_item(void) __banked
{
    wListMenuID = LIST_ITEMS;
    wListPointer = 0xD31D;
    return choose_in_list(wNumBagItems > BAG_PLACES ? BAG_PLACES : wNumBagItems, draw_item_row);
}
