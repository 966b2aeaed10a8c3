/* Using a move: accuracy, damage, side effects, ailments. */
#pragma bank 2
#include "internal.h"

static void hurt(uint8_t side, uint16_t damage)
{
    uint8_t *fighter = fighters[side];
    uint16_t before = big_word(fighter + FIGHTER_HP);
    set_big_word(fighter + FIGHTER_HP, before > damage ? before - damage : 0);
    store_fighter(side);
    slide_bar(side, before);
}

static void change_stat(uint8_t side, uint8_t stat, uint8_t up, uint16_t text)
{
    uint8_t *stage = stat_mods[side] + stat - 1;
    if (*stage == (up ? 13 : 1)) {
        note(TEXT_NOTHING_HAPPENED);
        return;
    }
    *stage += up ? 1 : -1;
    apply_stat(side, stat);
    note(text);
}

static void give_status(uint8_t side, uint8_t status, uint16_t text)
{
    uint8_t *fighter = fighters[side];
    if (fighter[FIGHTER_STATUS] || is_down(side))
        return;
    fighter[FIGHTER_STATUS] = status;
    apply_stat(side, 1);
    apply_stat(side, 3);
    store_fighter(side);
    draw_status(side);
    note(text);
}

static void side_effect(uint8_t effect)
{
    uint8_t foe = hWhoseTurn ^ 1;
    switch (effect) {
    case EFFECT_ATTACK_DOWN: change_stat(foe, 1, 0, TEXT_ATTACK_FELL); break;
    case EFFECT_DEFENCE_DOWN: change_stat(foe, 2, 0, TEXT_DEFENCE_FELL); break;
    case EFFECT_ATTACK_UP: change_stat(hWhoseTurn, 1, 1, TEXT_ATTACK_ROSE); break;
    case EFFECT_DEFENCE_UP: change_stat(hWhoseTurn, 2, 1, TEXT_DEFENCE_ROSE); break;
    case EFFECT_BURN_CHANCE:
        if (random() < 26)
            give_status(foe, STATUS_BURN, TEXT_BURNED);
        break;
    case EFFECT_PARALYZE_CHANCE:
        if (random() < 26)
            give_status(foe, STATUS_PARALYSIS, TEXT_PARALYZED);
        break;
    case EFFECT_POISON_CHANCE:
        if (random() < 52)
            give_status(foe, STATUS_POISON, TEXT_POISONED);
    }
}

static void tell_luck(void)
{
    if (wCriticalHit)
        note(TEXT_CRITICAL);
    if (effectiveness > 10)
        note(TEXT_STRONG);
    else if (effectiveness < 10)
        note(TEXT_WEAK);
}

static void strike(uint8_t side)
{
    uint16_t damage = compute_damage();
    if (!effectiveness) {
        note(TEXT_NO_EFFECT);
        return;
    }
    blink_picture(side ^ 1);
    hurt(side ^ 1, damage ? damage : 1);
    tell_luck();
}

static uint8_t is_held_back(uint8_t side)
{
    if (!(fighters[side][FIGHTER_STATUS] & STATUS_PARALYSIS) || random() >= 64)
        return 0;
    note(side == MINE ? TEXT_MINE_STUCK : TEXT_ENEMY_STUCK);
    return 1;
}

static void spend_point(uint8_t side)
{
    uint8_t i, *fighter = fighters[side];
    for (i = 0; i < 4; i++)
        if (fighter[FIGHTER_MOVES + i] == move_data[side][MOVE_NUMBER]) {
            if (fighter[FIGHTER_PP + i])
                fighter[FIGHTER_PP + i]--;
            break;
        }
    store_fighter(side);
}

void use_move(uint8_t side)
{
    uint8_t *move = move_data[side];
    hWhoseTurn = side;
    if (is_held_back(side))
        return;
    spend_point(side);
    load_move(move[MOVE_NUMBER], move);
    note(side == MINE ? TEXT_MINE_USED : TEXT_ENEMY_USED);
    wMoveMissed = random() >= move[MOVE_ACCURACY] && move[MOVE_ACCURACY] != 255;
    if (wMoveMissed) {
        note(TEXT_MISSED);
        return;
    }
    if (move[MOVE_POWER])
        strike(side);
    if (!is_down(side ^ 1) && !(move[MOVE_POWER] && !effectiveness))
        side_effect(move[MOVE_EFFECT]);
}

/* After its turn a poisoned or burned glim loses a sixteenth. */
void ailment(uint8_t side)
{
    uint16_t part;
    if (is_down(side) || !(fighters[side][FIGHTER_STATUS] & (STATUS_POISON | STATUS_BURN)))
        return;
    part = big_word(fighters[side] + FIGHTER_MAX_HP) >> 4;
    note(TEXT_HURT_BY);
    hurt(side, part ? part : 1);
}
