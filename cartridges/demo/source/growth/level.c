/* A new level: values, and the moves that come with it. */
#pragma bank 5
#include "growth.h"

static void load_names(uint8_t slot, uint8_t move)
{
    uint8_t data[6];
    copy_name(wNameBuffer, PARTY_NICK(slot));
    load_move(move, data); /* its name, into wStringBuffer */
}

static uint8_t choose_move_to_forget(const uint8_t *mon)
{
    uint8_t i, data[6], pressed;
    print_text(TEXT_WHICH_TO_FORGET);
    box(4, 6, 14, 4);
    for (i = 0; i < 4; i++) {
        load_move(mon[MON_MOVES + i], data);
        put_name(6, 7 + i, wStringBuffer);
    }
    hUILayoutFlags |= 2;
    wCurrentMenuItem = 0;
    pressed = choose_after_text(5, 7, 3);
    hUILayoutFlags &= (uint8_t)~2;
    clear_area(4, 6, 16, 6);
    return pressed & BUTTON_A ? wCurrentMenuItem : 4;
}

static uint8_t make_room(uint8_t slot, uint8_t move)
{
    uint8_t place, *mon = PARTY_MON(slot);
    load_names(slot, move);
    print_text(TEXT_WANTS_TO_LEARN);
    if (!ask_yes_no())
        return 4;
    place = choose_move_to_forget(mon);
    if (place == 4)
        return 4;
    load_names(slot, mon[MON_MOVES + place]);
    say(TEXT_FORGOT);
    return place;
}

static uint8_t knows(const uint8_t *mon, uint8_t move)
{
    uint8_t i;
    for (i = 0; i < 4; i++)
        if (mon[MON_MOVES + i] == move)
            return 1;
    return 0;
}

/* Returns 1 if it knows the move now. */
uint8_t teach(uint8_t slot, uint8_t move)
{
    uint8_t *mon = PARTY_MON(slot), place = free_place(mon, move);
    if (knows(mon, move))
        return 1;
    if (place == 4)
        place = make_room(slot, move);
    load_names(slot, move);
    if (place == 4) {
        say(TEXT_NOT_LEARNED);
        return 0;
    }
    set_move(mon, place, move);
    load_names(slot, move);
    say(TEXT_LEARNED);
    return 1;
}

void teach_level(uint8_t slot) __banked
{
    uint8_t which, move, *mon = PARTY_MON(slot);
    for (which = 0; (move = move_of_level(mon[MON_SPECIES], mon[MON_LEVEL], which)); which++)
        teach(slot, move);
}

void level_up(uint8_t slot) __banked
{
    uint8_t *mon = PARTY_MON(slot);
    uint16_t before = big_word(mon + MON_MAX_HP);
    wait_frame();
    mon[MON_LEVEL]++;
    compute_stats(mon);
    set_big_word(mon + MON_HP, big_word(mon + MON_HP) + big_word(mon + MON_MAX_HP) - before);
    if (slot < 6)
        set_flag(&wCanEvolveFlags, slot);
    copy_name(wNameBuffer, PARTY_NICK(slot));
    set_big_word(wNumberBuffer, mon[MON_LEVEL]);
    wait_frame();
    say(TEXT_GREW);
}
