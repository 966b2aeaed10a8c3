/* The player's choices in battle: FIGHT, TEAM, BAG, RUN. */
#pragma bank 2
#include "internal.h"
#include "../screens/screens.h"

static uint8_t has_points(void)
{
    uint8_t i;
    for (i = 0; i < 4; i++)
        if (wBattleMon[FIGHTER_MOVES + i] && wBattleMon[FIGHTER_PP + i])
            return 1;
    return 0;
}

static uint8_t draw_moves(void)
{
    uint8_t i, data[6];
    box(4, 12, 14, 4);
    for (i = 0; i < 4 && wBattleMon[FIGHTER_MOVES + i]; i++) {
        load_move(wBattleMon[FIGHTER_MOVES + i], data);
        put_name(6, 13 + i, wStringBuffer);
        put_number(17, 13 + i, wBattleMon[FIGHTER_PP + i], 2);
    }
    return i;
}

/* Returns 1 if a move was chosen. */
static uint8_t choose_move(void)
{
    uint8_t pressed, count;
    if (!has_points()) {
        note(TEXT_STRUGGLES);
        wPlayerSelectedMove = STRUGGLE;
        return 1;
    }
    count = draw_moves();
    hUILayoutFlags |= 2;
    wCurrentMenuItem = wPlayerMoveListIndex;
    pressed = choose(5, 13, count - 1, BUTTON_A | BUTTON_B);
    hUILayoutFlags &= (uint8_t)~2;
    if (pressed & BUTTON_B)
        return 0;
    wPlayerMoveListIndex = wCurrentMenuItem;
    if (!wBattleMon[FIGHTER_PP + wPlayerMoveListIndex]) {
        say(TEXT_NO_POINTS);
        return 0;
    }
    wPlayerSelectedMove = wBattleMon[FIGHTER_MOVES + wPlayerMoveListIndex];
    return 1;
}

static uint8_t try_to_run(void)
{
    uint16_t mine = big_word(wBattleMon + FIGHTER_SPEED), foe = big_word(wEnemyMon + FIGHTER_SPEED);
    uint16_t chance;
    if (wIsInBattle == 2) {
        say(TEXT_NO_RUNNING);
        return ACTION_MOVE;
    }
    wNumRunAttempts++;
    chance = mine * 32 / ((foe >> 2) ? foe >> 2 : 1) + 30 * wNumRunAttempts;
    if (mine >= foe || chance > 255 || random() < chance) {
        wEscapedFromBattle = 1;
        note(TEXT_RAN);
        return ACTION_LEAVE;
    }
    note(TEXT_CANNOT_RUN);
    return ACTION_SPENT;
}

/* One throw. The weaker the glim and the rarer its refusal, the likelier. */
static uint8_t throw_orb(uint8_t place)
{
    uint16_t most = big_word(wEnemyMon + FIGHTER_MAX_HP), hp = big_word(wEnemyMon + FIGHTER_HP);
    uint16_t chance = (uint16_t)((uint32_t)(most * 3 - hp * 2) * wEnemyMon[FIGHTER_CATCH] / (most * 3));
    if (wIsInBattle == 2) {
        say(TEXT_NO_ORBS_HERE);
        return ACTION_MOVE;
    }
    bag_remove(place);
    note(TEXT_THREW);
    erase_picture(ENEMY);
    wait_frames(30);
    if (random() > chance) {
        draw_pictures(ENEMY);
        note(TEXT_BROKE_FREE);
        return ACTION_SPENT;
    }
    say(TEXT_CAUGHT);
    see_species(wEnemyMon[0], 1);
    if (!party_add_mon(wEnemyMons))
        say(TEXT_PARTY_FULL);
    return ACTION_LEAVE;
}

static uint8_t use_drop(uint8_t place)
{
    uint16_t before = big_word(wBattleMon + FIGHTER_HP), most = big_word(wBattleMon + FIGHTER_MAX_HP);
    if (before == most) {
        say(TEXT_NO_USE);
        return ACTION_MOVE;
    }
    bag_remove(place);
    set_big_word(wBattleMon + FIGHTER_HP, before + item_value > most ? most : before + item_value);
    store_fighter(MINE);
    slide_bar(MINE, before);
    copy_name(wNameBuffer, wBattleMonNick);
    note(TEXT_HEALED);
    return ACTION_SPENT;
}

static uint8_t use_bag(void)
{
    uint8_t place;
    if (!wNumBagItems) {
        say(TEXT_BAG_EMPTY);
        return ACTION_MOVE;
    }
    place = choose_item();
    draw_scene();
    if (place == 0xFF)
        return ACTION_MOVE;
    item_name(wBagItems[place * 2]);
    if (item_kind == ITEM_KIND_ORB)
        return throw_orb(place);
    if (item_kind == ITEM_KIND_HEAL)
        return use_drop(place);
    say(TEXT_NO_USE);
    return ACTION_MOVE;
}

/* Slot of a glim that can come out, or FF. */
static uint8_t choose_from_team(void)
{
    uint8_t slot = choose_mon();
    draw_scene();
    if (slot == 0xFF)
        return slot;
    copy_name(wNameBuffer, PARTY_NICK(slot));
    if (!big_word(PARTY_MON(slot) + MON_HP))
        say(TEXT_NO_WILL);
    else if (slot == wPlayerMonNumber)
        say(TEXT_ALREADY_OUT);
    else
        return slot;
    return 0xFF;
}

static uint8_t change(void)
{
    uint8_t slot = choose_from_team();
    if (slot == 0xFF)
        return ACTION_MOVE;
    note(TEXT_COME_BACK);
    send_mine(slot);
    note(TEXT_GO_MINE);
    return ACTION_SPENT;
}

/* After a defeat: the player must send another. */
uint8_t choose_next_mine(void)
{
    uint8_t slot;
    do
        slot = choose_from_team();
    while (slot == 0xFF);
    return slot;
}

static uint8_t menu_column;

static void draw_menu(void)
{
    text_box();
    box(7, 12, 11, 4);
    put(9, 14, "FIGHT");
    put(15, 14, "TEAM");
    put(9, 16, "BAG");
    put(15, 16, "RUN");
}

/* Two columns of two: FIGHT and BAG, TEAM and RUN. Returns row plus twice the column. */
static uint8_t choose_action(void)
{
    uint8_t pressed;
    draw_menu();
    wCurrentMenuItem = wBattleAndStartSavedMenuItem & 1;
    for (;;) {
        pressed = choose(menu_column ? 14 : 8, 14, 1, BUTTON_A | (menu_column ? BUTTON_LEFT : BUTTON_RIGHT));
        if (pressed & BUTTON_A)
            break;
        menu_column ^= 1;
    }
    wBattleAndStartSavedMenuItem = wCurrentMenuItem;
    return wCurrentMenuItem + menu_column * 2;
}

uint8_t player_action(void)
{
    uint8_t done;
    for (;;) {
        switch (choose_action()) {
        case 0:
            if (choose_move())
                return ACTION_MOVE;
            draw_scene();
            continue;
        case 1: done = use_bag(); break;
        case 2: done = change(); break;
        default: done = try_to_run();
        }
        if (done != ACTION_MOVE)
            return done;
    }
}
