/* The title screen, and a new game's first values. */
#pragma bank 3
#include "screens.h"

static void new_game(void)
{
    static const uint8_t names[] = {0x91, 0x8E, 0x81, 0x88, 0x8D, 0x50, 0x89, 0x80, 0x92, 0x8F, 0x84, 0x91, 0x50}; /* ROBIN, JASPER */
    copy(wPlayerName, names, 6);
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
}

static void intro(void)
{
    clear_tiles();
    say(TEXT_INTRO);
}

void title(void) __banked
{
    clear_tiles();
    put(4, 4, "GLIMMER VALE");
    put(5, 14, "PRESS START");
    window_show();
    wait_press(BUTTON_A | BUTTON_START);
    clear_area(5, 14, 11, 1);
    box(3, 9, 12, 3);
    put(6, 10, "NEW GAME");
    wCurrentMenuItem = 0;
    choose(5, 10, 0, BUTTON_A | BUTTON_START);
    new_game();
    intro();
    window_hide();
}
