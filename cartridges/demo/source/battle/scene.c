/* The battle's picture: the two glims, their names, levels and bars, and short notes in the text box. */
#pragma bank 2
#include "internal.h"

#define LEVEL_SIGN 0x6E
#define BAR_TILES 6
#define BAR_WIDTH 48

/* A text that goes on by itself; A or B hurry it. */
void note(uint16_t text)
{
    uint8_t left = 18;
    print_text(text);
    while (left--) {
        wait_frame();
        if (hJoyPressed & (BUTTON_A | BUTTON_B))
            return;
    }
}

void erase_picture(uint8_t side)
{
    if (side == MINE) {
        clear_area(1, 6, 6, 6);
        send_picture(1, 6);
    } else {
        clear_area(12, 0, 7, 7);
        send_picture(12, 0);
    }
}

static void load_tiles(const uint8_t *place, uint16_t to, uint8_t tiles)
{
    bring_tiles(to, place[0], place[1] | ((uint16_t)place[2] << 8), tiles);
}

void draw_pictures(uint8_t side)
{
    erase_picture(side);
    wait_frames(4);
    load_species(fighters[side][0]);
    if (side == MINE) {
        load_tiles(species.back, 0x9310, 36);
        put_picture_codes(1, 6, 6, 0x31);
    } else {
        load_tiles(species.front, 0x9000, 49);
        put_picture_codes(12, 0, 7, 0);
    }
}

/* A person, three times as large as on the map. */
void draw_trainer(uint8_t picture)
{
    far_entry(TRAINER_ART_TABLE_BANK, TRAINER_ART_TABLE, picture - 1);
    bring_tiles(0x9000, entry_bank, entry_address, 49);
    put_picture_codes(12, 0, 7, 0);
}

static uint8_t bar_pixels(uint16_t hp, uint16_t most)
{
    uint16_t pixels = scaled(hp, BAR_WIDTH, most);
    if (pixels > BAR_WIDTH)
        return BAR_WIDTH;
    return pixels || !hp ? (uint8_t)pixels : 1;
}

static void draw_bar(uint8_t *at, uint8_t pixels)
{
    uint8_t i, part;
    *at++ = 0x71;
    *at++ = 0x62;
    for (i = 0; i < BAR_TILES; i++) {
        part = pixels > 8 ? 8 : pixels;
        pixels -= part;
        *at++ = 0x63 + part;
    }
    *at = 0x6D;
}

static void draw_points(uint8_t side, uint16_t hp)
{
    uint16_t most = big_word(fighters[side] + FIGHTER_MAX_HP);
    draw_bar(tile_at(side == MINE ? 10 : 2, side == MINE ? 9 : 2), bar_pixels(hp, most));
    if (side == ENEMY)
        return;
    put_number(11, 10, hp, 3);
    put(14, 10, "/");
    put_number(15, 10, most, 3);
}

static void draw_level(uint8_t side, uint8_t x, uint8_t y)
{
    uint8_t status = fighters[side][FIGHTER_STATUS], level = fighters[side][FIGHTER_LEVEL];
    if (status) {
        put(x, y, status & STATUS_SLEEP ? "SLP" : status & STATUS_POISON ? "PSN" : status & STATUS_BURN ? "BRN" : "PAR");
        return;
    }
    *tile_at(x, y) = LEVEL_SIGN;
    put_number(x + 1, y, level, level > 99 ? 3 : level > 9 ? 2 : 1);
}

void draw_status(uint8_t side)
{
    if (side == ENEMY) {
        clear_area(0, 0, 12, 4);
        put_name(1, 0, wEnemyMonNick);
        draw_level(ENEMY, 4, 1);
    } else {
        clear_area(9, 7, 11, 5);
        put_name(10, 7, wBattleMonNick);
        draw_level(MINE, 14, 8);
    }
    draw_points(side, big_word(fighters[side] + FIGHTER_HP));
}

/* Lets the bar run from an earlier value to the present one, two pixels a frame. */
void slide_bar(uint8_t side, uint16_t from)
{
    uint16_t to = big_word(fighters[side] + FIGHTER_HP), most = big_word(fighters[side] + FIGHTER_MAX_HP);
    uint16_t step = most / 24 + 1;
    while (from != to) {
        if (from > to)
            from = from - to > step ? from - step : to;
        else
            from = to - from > step ? from + step : to;
        draw_points(side, from);
        wait_frame();
    }
}

void blink_picture(uint8_t side)
{
    uint8_t times;
    for (times = 0; times < 2; times++) {
        erase_picture(side);
        wait_frames(4);
        if (side == MINE)
            put_picture_codes(1, 6, 6, 0x31);
        else
            put_picture_codes(12, 0, 7, 0);
        wait_frames(4);
    }
}

/* Everything again, after another screen. */
void draw_scene(void)
{
    clear_tiles();
    draw_pictures(ENEMY);
    draw_pictures(MINE);
    wait_frame();
    draw_status(ENEMY);
    draw_status(MINE);
    wait_frame();
    text_box();
}
