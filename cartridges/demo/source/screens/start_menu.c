/* The START menu: team, bag, card, save. */
#pragma bank 3
#include "screens.h"
#include "../items/items.h"
#include "../world/world.h"

static void show_moves(const uint8_t *mon)
{
    uint8_t i, data[6];
    box(0, 12, 18, 4);
    for (i = 0; i < 4 && mon[MON_MOVES + i]; i++) {
        load_move(mon[MON_MOVES + i], data);
        put_name(2, 13 + i, wStringBuffer);
        put_number(15, 13 + i, mon[MON_PP + i], 2);
    }
}

static void show_stat(uint8_t y, const char *name, const uint8_t *value)
{
    put(9, y, name);
    put_number(16, y, big_word(value), 3);
}

/* One glim's page. */
static void show_mon(uint8_t slot)
{
    const uint8_t *mon = PARTY_MON(slot);
    clear_tiles();
    draw_front(mon[MON_SPECIES], 1, 1);
    put_name(9, 1, PARTY_NICK(slot));
    *tile_at(9, 2) = 0x6E;
    put_number(10, 2, mon[MON_LEVEL], 3);
    show_stat(4, "HP", mon + MON_HP);
    show_stat(5, "ATTACK", mon + MON_ATTACK);
    show_stat(6, "DEFENCE", mon + MON_DEFENCE);
    show_stat(7, "SPEED", mon + MON_SPEED);
    show_stat(8, "SPECIAL", mon + MON_SPECIAL);
    show_moves(mon);
    wait_press(BUTTON_A | BUTTON_B);
}

static void team(void)
{
    uint8_t slot;
    for (;;) {
        slot = choose_mon();
        if (slot == NOTHING_CHOSEN)
            return;
        show_mon(slot);
    }
}

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
        place = choose_item();
        if (place == NOTHING_CHOSEN)
            return 0;
        if (use_or_toss(place))
            return 1;
        restore_map_behind_menu();
    }
}

static void card(void)
{
    hide_sprites();
    clear_tiles();
    box(0, 0, 18, 9);
    put(2, 2, "NAME/");
    put_name(8, 2, wPlayerName);
    put(2, 4, "MONEY/");
    put_money(8, 4, wPlayerMoney);
    put(2, 6, "TIME/");
    put_number(8, 6, wPlayTimeHours, 3);
    put(11, 6, ":");
    put_two_digits(12, 6, wPlayTimeMinutes);
    put(2, 8, "BADGES/");
    if (wObtainedBadges & 1)
        put(10, 8, "PEBBLE");
    wait_press(BUTTON_A | BUTTON_B);
}

static void save(void)
{
    save_game();
    say(TEXT_SAVED);
}

static uint8_t draw_menu(void)
{
    box(10, 0, 8, 11);
    put(12, 2, "TEAM");
    put(12, 4, "BAG");
    put_name(12, 6, wPlayerName);
    put(12, 8, "SAVE");
    put(12, 10, "EXIT");
    refresh_people();
    window_show();
    wCurrentMenuItem = wBattleAndStartSavedMenuItem;
    return choose(11, 2, 4, BUTTON_A | BUTTON_B | BUTTON_START);
}

void start_menu(void) __banked
{
    wBattleAndStartSavedMenuItem = 0;
    while (draw_menu() & BUTTON_A) {
        wBattleAndStartSavedMenuItem = wCurrentMenuItem;
        switch (wCurrentMenuItem) {
        case 0: team(); break;
        case 1:
            if (bag())
                return;
            break;
        case 2: card(); break;
        case 3: save(); return;
        default: return;
        }
        restore_map_behind_menu();
    }
}
