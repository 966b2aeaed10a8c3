/* The title screen, and a new game's first values. */
#pragma bank 3
#include "screens.h"
#include "../growth/growth.h"
#include "../world/world.h"

#define LOGO_CODE 0x31

/* Three names to choose from, or one of the player's own. */
static void choose_name(void)
{
    static const char *const offered[] = {"ROBIN", "LINDEN", "AVERY"};
    uint8_t i;
    clear_tiles();
    box(0, 0, 10, 9);
    put(2, 0, "NAME");
    for (i = 0; i < 3; i++)
        put(2, 2 + i * 2, offered[i]);
    put(2, 8, "NEW NAME");
    window_show();
    wCurrentMenuItem = 0;
    choose(1, 2, 3, BUTTON_A);
    if (wCurrentMenuItem < 3)
        encode_name(wPlayerName, offered[wCurrentMenuItem]);
    else
        name_player();
}

static void new_game(void)
{
    static const uint8_t names[] = {0x91, 0x8E, 0x81, 0x88, 0x8D, 0x50, 0x89, 0x80, 0x92, 0x8F, 0x84, 0x91, 0x50}; /* ROBIN, JASPER */
    copy(wPlayerName, names, 6);
    choose_name();
    copy(wRivalName, names + 6, 7);
    wPlayerID[0] = random();
    wPlayerID[1] = random();
    wPlayerMoney[1] = 0x30;
    wPartySpecies[0] = 0xFF;
    wBagItems[0] = 0xFF;
    wCurMap = MAP_HERO_HOUSE_2F;
    wLastMap = MAP_FERNHOLM;
    wLastBlackoutMap = MAP_FERNHOLM;
    wYCoord = 5;
    wXCoord = 3;
    play_time_runs = 1;
    clear_tiles();
    say(TEXT_INTRO);
}

static uint8_t put_logo_word(uint8_t x, uint8_t y, uint8_t letters, uint8_t code)
{
    uint8_t row, column;
    for (row = 0; row < 2; row++)
        for (column = 0; column < letters * 2; column++)
            *tile_at(x + column, y + row) = code++;
    return code;
}

static void put_stars(void)
{
    static const uint8_t places[][2] = {{1, 2}, {4, 5}, {18, 3}, {15, 5}, {18, 7}, {3, 9}, {16, 11}, {1, 13}};
    uint8_t i;
    for (i = 0; i < sizeof(places) / 2; i++)
        *tile_at(places[i][0], places[i][1]) = 0x70;
}

static void draw_title(void)
{
    uint8_t code;
    clear_tiles();
    put_stars();
    bring_tiles(0x9000 + LOGO_CODE * 16, LOGO_BANK, LOGO, 44);
    code = put_logo_word(3, 1, 7, LOGO_CODE);
    put_logo_word(6, 4, 4, code);
    draw_front(SPECIES_FERNIT, 7, 7);
    put(5, 15, "PRESS START");
}

/* Returns 1 if the saved game is to go on. */
static uint8_t draw_menu(uint8_t has_save)
{
    uint8_t y = has_save ? 7 : 8;
    wCurrentMenuItem = 0;
    clear_area(0, 7, 20, 11);
    box(3, y, 12, has_save ? 4 : 2);
    if (has_save)
        put(6, 9, "CONTINUE");
    put(6, has_save ? 11 : 10, "NEW GAME");
    choose(5, has_save ? 9 : 10, has_save, BUTTON_A | BUTTON_START);
    return has_save && wCurrentMenuItem == 0;
}

void title(void) __banked
{
    uint8_t has_save = load_game();
    draw_title();
    window_show();
    wait_press(BUTTON_A | BUTTON_START);
    if (draw_menu(has_save)) {
        play_time_runs = 1;
        return;
    }
    if (has_save)
        fill((void *)0xD158, 0, 0xDEE2 - 0xD158);
    wOptions = 0x01;
    new_game();
}
