/* The START menu: almanac, team, bag, card, save, option. */
#pragma bank 3
#include "screens.h"
#include "../items/items.h"
#include "../world/world.h"

/* Returns 1 if the place has changed and the menu must close. */
static uint8_t use_or_toss(uint8_t place)
{
    uint8_t pressed;
    box(13, 10, 5, 3);
    put(15, 11, "USE");
    put(15, 13, "TOSS");
    wCurrentMenuItem = 0;
    pressed = choose(14, 11, 1, BUTTON_A | BUTTON_B);
    if (pressed & BUTTON_B)
        return 0;
    if (wCurrentMenuItem == 0)
        return use_item(place) == USED_AND_LEFT;
    toss_item(place);
    return 0;
}

static uint8_t bag(void)
{
    uint8_t place;
    if (!wNumBagItems) {
        say(TEXT_BAG_EMPTY);
        return 0;
    }
    for (;;) {
        hide_sprites();
        place = choose_item();
        if (place == NOTHING_CHOSEN)
            return 0;
        if (use_or_toss(place))
            return 1;
        restore_map_behind_menu();
    }
}

/* A number for each badge, in the order of the gyms. */
static void put_badges(void)
{
    uint8_t badge;
    for (badge = 0; badge < 8; badge++)
        if (flag(&wObtainedBadges, badge)) {
            *tile_at(2 + badge * 2, 14) = 0x70;
            *tile_at(2 + badge * 2, 15) = 0xF7 + badge;
        }
}

/* The player, as large as trainers in battle. */
static void put_portrait(uint8_t x, uint8_t y)
{
    far_entry(TRAINER_ART_TABLE_BANK, TRAINER_ART_TABLE, 0);
    put_picture(entry_bank, entry_address, x, y);
}

static void card(void)
{
    hide_sprites();
    clear_tiles();
    box(0, 0, 18, 8);
    put(2, 1, "NAME/");
    put_name(3, 2, wPlayerName);
    put(2, 4, "MONEY/");
    put_money(3, 5, wPlayerMoney);
    put(2, 7, "TIME/");
    put_number(3, 8, wPlayTimeHours, 3);
    put(6, 8, ":");
    put_two_digits(7, 8, wPlayTimeMinutes);
    put_portrait(11, 1);
    box(0, 10, 18, 6);
    put(2, 12, "BADGES/");
    put_badges();
    wait_press(BUTTON_A | BUTTON_B);
}

static void save(void)
{
    print_text(TEXT_SAVE_NOW);
    if (!ask_yes_no())
        return;
    save_game();
    say(TEXT_SAVED);
}

static void option(void)
{
    static const uint8_t speeds[3] = {1, 3, 5};
    uint8_t now = wOptions & 7;
    hide_sprites();
    clear_tiles();
    box(0, 0, 18, 8);
    put(1, 1, "TEXT SPEED");
    put(3, 3, "FAST");
    put(3, 5, "MEDIUM");
    put(3, 7, "SLOW");
    wCurrentMenuItem = now < 3 ? 0 : now < 5 ? 1 : 2;
    if (choose(2, 3, 2, BUTTON_A | BUTTON_B | BUTTON_START) & BUTTON_A)
        wOptions = (wOptions & 0xF8) | speeds[wCurrentMenuItem];
}

#define ALMANAC_GIVEN 37 /* D74B.5, as in Red */

/* Without the almanac the menu begins with the team. */
static uint8_t draw_menu(void)
{
    uint8_t y = 2, last = event(ALMANAC_GIVEN) ? 6 : 5;
    box(10, 0, 8, last * 2 + 3);
    if (last == 6) {
        put(12, y, "ALMANAC");
        y += 2;
    }
    put(12, y, "TEAM");
    put(12, y + 2, "BAG");
    put_name(12, y + 4, wPlayerName);
    put(12, y + 6, "SAVE");
    put(12, y + 8, "OPTION");
    put(12, y + 10, "EXIT");
    wait_frame();
    refresh_people();
    wait_frame();
    window_show();
    wCurrentMenuItem = wBattleAndStartSavedMenuItem;
    return choose(11, 2, last, BUTTON_A | BUTTON_B | BUTTON_START);
}

/* Returns 1 if the menu must close. */
static uint8_t act(uint8_t item)
{
    if (event(ALMANAC_GIVEN) && !item--) {
        almanac();
        return 0;
    }
    switch (item) {
    case 0: team(); return 0;
    case 1: return bag();
    case 2: card(); return 0;
    case 3: save(); return 1;
    case 4: option(); return 0;
    default: return 1;
    }
}

void start_menu(void) __banked
{
    wBattleAndStartSavedMenuItem = 0;
    while (draw_menu() & BUTTON_A) {
        wBattleAndStartSavedMenuItem = wCurrentMenuItem;
        if (act(wCurrentMenuItem))
            return;
        restore_map_behind_menu();
    }
}
