/* The team in the START menu: a glim's page, and the order of the team. */
#pragma bank 3
#include "screens.h"

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
    put_number(17, y, big_word(value), 3);
}

static void show_growth(const uint8_t *mon)
{
    uint32_t have = get_exp(mon), next = exp_of_level(mon[MON_SPECIES], mon[MON_LEVEL] + 1);
    put(9, 9, "EXP");
    put_number(13, 9, have > 65535 ? 65535 : (uint16_t)have, 5);
    put(9, 10, "NEXT");
    put_number(14, 10, next > have && next - have < 65536 ? (uint16_t)(next - have) : 0, 5);
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
    put(15, 2, status_word(mon));
    wait_frame();
    show_stat(3, "HP", mon + MON_HP);
    show_stat(4, "MAX HP", mon + MON_MAX_HP);
    show_stat(5, "ATTACK", mon + MON_ATTACK);
    show_stat(6, "DEFENCE", mon + MON_DEFENCE);
    show_stat(7, "SPEED", mon + MON_SPEED);
    show_stat(8, "SPECIAL", mon + MON_SPECIAL);
    wait_frame();
    show_growth(mon);
    wait_frame();
    show_moves(mon);
    wait_press(BUTTON_A | BUTTON_B);
}

static void change_places(uint8_t slot)
{
    uint8_t other = choose_mon();
    if (other != NOTHING_CHOSEN && other != slot)
        party_swap(slot, other);
}

/* STATS, SWITCH or CANCEL. */
static void offer(uint8_t slot)
{
    uint8_t pressed;
    box(11, 10, 7, 6);
    put(13, 12, "STATS");
    put(13, 14, "SWITCH");
    put(13, 16, "CANCEL");
    wCurrentMenuItem = 0;
    pressed = choose(12, 12, 2, BUTTON_A | BUTTON_B);
    if (pressed & BUTTON_B)
        return;
    if (wCurrentMenuItem == 0)
        show_mon(slot);
    else if (wCurrentMenuItem == 1)
        change_places(slot);
}

void team(void)
{
    uint8_t slot;
    while ((slot = choose_mon()) != NOTHING_CHOSEN)
        offer(slot);
}
