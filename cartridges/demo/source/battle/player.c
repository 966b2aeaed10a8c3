/* The player's choices in battle: FIGHT, TEAM, BAG, RUN. */
#pragma bank 2
#include "internal.h"
#include "../growth/growth.h"
#include "../items/items.h"
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
    chance = scaled(mine, 32, foe >> 2) + 30 * wNumRunAttempts;
    if (mine >= foe || chance > 255 || random() < chance) {
        wEscapedFromBattle = 1;
        note(TEXT_RAN);
        return ACTION_LEAVE;
    }
    note(TEXT_CANNOT_RUN);
    return ACTION_SPENT;
}

/* Gen-1-like: one draw against the catch rate, eased by ailments, one against the points that are left. `kind` is the orb's value
   in tenths: 10, 15 or 20. */
static uint8_t is_caught(uint8_t kind)
{
    uint16_t draw = random(), quarter = big_word(wEnemyMon + FIGHTER_HP) >> 2;
    uint8_t status = wEnemyMon[FIGHTER_STATUS], ease = status & STATUS_SLEEP ? 25 : status ? 12 : 0;
    uint16_t chance = scaled(big_word(wEnemyMon + FIGHTER_MAX_HP), 255, kind == 15 ? 8 : 12);
    if (kind == 255)
        return 1;
    if (kind > 10)
        draw = scaled(draw, kind == 15 ? 201 : 151, 256);
    if (draw < ease)
        return 1;
    if (draw - ease > wEnemyMon[FIGHTER_CATCH])
        return 0;
    chance = scaled(chance, 1, quarter);
    return random() <= (chance > 255 ? 255 : (uint8_t)chance);
}

static void keep_caught(void)
{
    uint8_t room;
    say(TEXT_CAUGHT);
    room = take_mon(wEnemyMons);
    if (room == IN_TEAM)
        name_mon(wPartyCount - 1);
    else {
        copy_name(wNameBuffer, wEnemyMonNick);
        say(TEXT_SENT_TO_BOX);
    }
}

/* One throw. */
static uint8_t throw_orb(uint8_t place)
{
    uint8_t kind = (uint8_t)item_value;
    if (wIsInBattle == 2) {
        say(TEXT_NO_ORBS_HERE);
        return ACTION_MOVE;
    }
    if (wPartyCount >= 6 && wBoxCount >= BOX_PLACES) {
        say(TEXT_BOX_FULL);
        return ACTION_MOVE;
    }
    copy_name(wNameBuffer, wStringBuffer);
    bag_remove(place);
    note(TEXT_THREW);
    erase_picture(ENEMY);
    wait_frames(30);
    if (!is_caught(kind)) {
        draw_pictures(ENEMY);
        note(TEXT_BROKE_FREE);
        return ACTION_SPENT;
    }
    keep_caught();
    return ACTION_LEAVE;
}

/* Brings what an item did to the glim that fights into the battle. */
static void refresh_mine(void)
{
    const uint8_t *mon = PARTY_MON(wPlayerMonNumber);
    copy(wBattleMon + FIGHTER_HP, mon + MON_HP, 2);
    wBattleMon[FIGHTER_STATUS] = mon[MON_STATUS];
    copy(wBattleMon + FIGHTER_PP, mon + MON_PP, 4);
    apply_stat(MINE, 1);
    apply_stat(MINE, 3);
    draw_status(MINE);
}

static uint8_t use_on_team(uint8_t place)
{
    uint8_t slot = choose_mon(), worked;
    draw_scene();
    if (slot == NOTHING_CHOSEN)
        return ACTION_MOVE;
    worked = use_on_mon(wBagItems[place * 2], slot);
    if (!worked)
        return ACTION_MOVE;
    bag_remove(place);
    refresh_mine();
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
    if (place == NOTHING_CHOSEN)
        return ACTION_MOVE;
    item_name(wBagItems[place * 2]);
    switch (item_kind) {
    case ITEM_KIND_ORB: return throw_orb(place);
    case ITEM_KIND_HEAL:
    case ITEM_KIND_CURE:
    case ITEM_KIND_REVIVE:
    case ITEM_KIND_POINTS: return use_on_team(place);
    default: say(TEXT_NO_USE); return ACTION_MOVE;
    }
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
    wait_frame();
    draw_menu();
    wait_frame();
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
