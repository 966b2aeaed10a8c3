/* Losing: half the money, and the way back to where one was last healed; and poison, which works in the field too. */
#pragma bank 1
#include "world.h"
#include "../creatures/creatures.h"

static void halve_money(void)
{
    uint8_t i, digit, carry = 0, out;
    for (i = 0; i < 3; i++) {
        digit = (wPlayerMoney[i] >> 4) + carry * 10;
        carry = digit & 1;
        out = (digit >> 1) << 4;
        digit = (wPlayerMoney[i] & 15) + carry * 10;
        carry = digit & 1;
        wPlayerMoney[i] = out | (digit >> 1);
    }
}

void after_lost_battle(void)
{
    halve_money();
    party_heal();
    go_to_safe_place();
    say(TEXT_HEALED_BACK);
    close_talk();
}

/* Here one wakes up from now on: this map if it has a place for it, else the one outside. */
void remember_safe_place(void)
{
    wLastBlackoutMap = map_head.flags & MAP_WAKE ? wCurMap : wLastMap;
}

static uint8_t poison_takes_a_point(uint8_t *mon)
{
    uint16_t points = big_word(mon + MON_HP);
    if (!(mon[MON_STATUS] & 8) || !points)
        return 0;
    set_big_word(mon + MON_HP, points - 1);
    return points == 1;
}

/* Every fourth step each poisoned glim loses a point. */
void field_poison(void)
{
    uint8_t slot;
    if (wStepCounter & 3)
        return;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        if (poison_takes_a_point(PARTY_MON(slot))) {
            PARTY_MON(slot)[MON_STATUS] = 0;
            copy_name(wNameBuffer, PARTY_NICK(slot));
            talk_box();
            say(TEXT_FIELD_POISON);
            close_talk();
        }
    if (wPartyCount && first_healthy() == 6)
        after_lost_battle();
}
