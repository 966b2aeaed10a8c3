/* What victory brings: experience, stat experience, levels, new moves. */
#pragma bank 2
#include "internal.h"

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

static void tell_move(uint8_t *mon)
{
    uint8_t data[6];
    learn_at_level(mon, mon[MON_LEVEL]);
    if (!learned_move)
        return;
    load_move(learned_move, data);
    say(TEXT_LEARNED);
}

static void grow(uint8_t slot)
{
    uint8_t *mon = PARTY_MON(slot);
    uint16_t before = big_word(mon + MON_MAX_HP);
    mon[MON_LEVEL]++;
    compute_stats(mon);
    set_big_word(mon + MON_HP, big_word(mon + MON_HP) + big_word(mon + MON_MAX_HP) - before);
    copy(wBattleMonNick, PARTY_NICK(slot), NAME_SIZE);
    refresh_fighter(slot);
    set_big_word(wNumberBuffer, mon[MON_LEVEL]);
    say(TEXT_GREW);
    tell_move(mon);
    refresh_fighter(slot);
}

static void gain(uint8_t slot, uint16_t amount)
{
    uint8_t *mon = PARTY_MON(slot);
    add_stat_exp(mon, wEnemyMon[0]);
    copy(wBattleMonNick, PARTY_NICK(slot), NAME_SIZE);
    set_big_word(wNumberBuffer, amount);
    note(TEXT_GAINED);
    if (mon[MON_LEVEL] >= 100)
        return;
    set_exp(mon, get_exp(mon) + amount);
    while (mon[MON_LEVEL] < 100 && get_exp(mon) >= exp_of_level(mon[MON_LEVEL] + 1))
        grow(slot);
}

void share_experience(void)
{
    uint8_t slot, count = sharers();
    uint32_t amount;
    if (!count)
        return;
    load_species(wEnemyMon[0]);
    amount = (uint32_t)species.exp * wEnemyMon[FIGHTER_LEVEL] / 7 / count;
    if (wIsInBattle == 2)
        amount += amount >> 1;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        if (flag(&wPartyGainExpFlags, slot) && big_word(PARTY_MON(slot) + MON_HP))
            gain(slot, (uint16_t)amount);
    copy(wBattleMonNick, PARTY_NICK(wPlayerMonNumber), NAME_SIZE);
}
