/* What victory brings: experience, stat experience, levels, new moves. */
#pragma bank 2
#include "internal.h"
#include "../growth/growth.h"

static uint8_t sharers(void)
{
    uint8_t slot, count = 0;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        if (flag(&wPartyGainExpFlags, slot) && big_word(PARTY_MON(slot) + MON_HP))
            count++;
    return count;
}

static void add_stat_exp(uint8_t *mon, uint8_t enemy)
{
    uint8_t stat;
    uint16_t value;
    load_species(enemy);
    for (stat = 0; stat < 5; stat++) {
        value = big_word(mon + MON_STAT_EXP + stat * 2);
        if (value < 65535u - species.base[stat])
            set_big_word(mon + MON_STAT_EXP + stat * 2, value + species.base[stat]);
    }
}

static void refresh_fighter(uint8_t slot)
{
    uint8_t stat;
    if (slot != wPlayerMonNumber)
        return;
    load_fighter(MINE, PARTY_MON(slot));
    wBattleMon[FIGHTER_SLOT] = slot;
    for (stat = 1; stat < 5; stat++)
        apply_stat(MINE, stat);
    draw_status(MINE);
}

/* Moves are learned when the new values show already; the list of moves to forget covers a part of the scene. */
static void grow(uint8_t slot)
{
    const uint8_t *mon = PARTY_MON(slot);
    level_up(slot);
    refresh_fighter(slot);
    wait_frame();
    if (!move_of_level(mon[MON_SPECIES], mon[MON_LEVEL], 0))
        return;
    teach_level(slot);
    refresh_fighter(slot);
    draw_pictures(MINE);
    draw_status(MINE);
}

static void gain(uint8_t slot, uint16_t amount)
{
    uint8_t *mon = PARTY_MON(slot);
    add_stat_exp(mon, wEnemyMon[0]);
    copy_name(wNameBuffer, PARTY_NICK(slot));
    set_big_word(wNumberBuffer, amount);
    note(TEXT_GAINED);
    if (mon[MON_LEVEL] >= 100)
        return;
    set_exp(mon, get_exp(mon) + amount);
    wait_frame();
    while (mon[MON_LEVEL] < 100 && get_exp(mon) >= exp_of_level(mon[MON_SPECIES], mon[MON_LEVEL] + 1))
        grow(slot);
}

void share_experience(void)
{
    uint8_t slot, count = sharers();
    uint16_t amount;
    if (!count)
        return;
    load_species(wEnemyMon[0]);
    amount = scaled(scaled(species.exp, wEnemyMon[FIGHTER_LEVEL], 7), 1, count);
    if (wIsInBattle == 2)
        amount += amount >> 1;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        if (flag(&wPartyGainExpFlags, slot) && big_word(PARTY_MON(slot) + MON_HP))
            gain(slot, amount);
}

/* After the battle: whoever reached a new level may change its shape. */
void evolve_team(void)
{
    uint8_t slot;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        if (flag(&wCanEvolveFlags, slot) && big_word(PARTY_MON(slot) + MON_HP))
            evolve(slot, 1);
    wCanEvolveFlags = 0;
}
