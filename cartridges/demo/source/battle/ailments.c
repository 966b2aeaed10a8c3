/* Losing and gaining points, and the ailments that hold a glim back or hurt it. */
#pragma bank 2
#include "internal.h"

void name_side(uint8_t side)
{
    if (side == MINE) {
        copy_name(wNameBuffer, wBattleMonNick);
        return;
    }
    encode_name(wNameBuffer, "Enemy ");
    copy_name(wNameBuffer + 6, wEnemyMonNick);
}

static void tell(uint8_t side, uint16_t text)
{
    name_side(side);
    note(text);
}

void hurt(uint8_t side, uint16_t damage)
{
    uint8_t *fighter = fighters[side];
    uint16_t before = big_word(fighter + FIGHTER_HP);
    set_big_word(fighter + FIGHTER_HP, before > damage ? before - damage : 0);
    store_fighter(side);
    slide_bar(side, before);
}

void heal_fighter(uint8_t side, uint16_t points)
{
    uint8_t *fighter = fighters[side];
    uint16_t before = big_word(fighter + FIGHTER_HP), most = big_word(fighter + FIGHTER_MAX_HP);
    set_big_word(fighter + FIGHTER_HP, points > most - before ? most : before + points);
    store_fighter(side);
    slide_bar(side, before);
}

/* Waking up takes the turn, as in Red. */
static uint8_t sleeps(uint8_t side)
{
    uint8_t *status = fighters[side] + FIGHTER_STATUS;
    if (!(*status & STATUS_SLEEP))
        return 0;
    (*status)--;
    store_fighter(side);
    tell(side, *status & STATUS_SLEEP ? TEXT_ASLEEP : TEXT_WOKE);
    draw_status(side);
    return 1;
}

static uint8_t is_confused(uint8_t side)
{
    if (!(*battle_status[side] & CONFUSED))
        return 0;
    if (!--*confusion[side]) {
        *battle_status[side] &= (uint8_t)~CONFUSED;
        tell(side, TEXT_CLEAR_AGAIN);
        return 0;
    }
    tell(side, TEXT_IS_CONFUSED);
    if (random() & 1)
        return 0;
    note(TEXT_HURT_ITSELF);
    hurt(side, confusion_damage(side));
    return 1;
}

/* Returns 1 if something keeps this side from moving. */
uint8_t is_held_back(uint8_t side)
{
    if (sleeps(side))
        return 1;
    if (*battle_status[side] & FLINCHED) {
        tell(side, TEXT_FLINCHED);
        return 1;
    }
    if (is_confused(side))
        return 1;
    if (!(fighters[side][FIGHTER_STATUS] & STATUS_PARALYSIS) || random() >= 64)
        return 0;
    note(side == MINE ? TEXT_MINE_STUCK : TEXT_ENEMY_STUCK);
    return 1;
}

/* After its turn a poisoned or burned glim loses a sixteenth. */
void ailment(uint8_t side)
{
    uint16_t part;
    if (is_down(side) || !(fighters[side][FIGHTER_STATUS] & (STATUS_POISON | STATUS_BURN)))
        return;
    part = big_word(fighters[side] + FIGHTER_MAX_HP) >> 4;
    tell(side, fighters[side][FIGHTER_STATUS] & STATUS_POISON ? TEXT_HURT_BY_POISON : TEXT_HURT_BY_BURN);
    hurt(side, part ? part : 1);
}
