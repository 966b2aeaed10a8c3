/* Using a move: what holds back, accuracy, hits, side effects. */
#pragma bank 2
#include "internal.h"

static void tell_luck(void)
{
    if (wCriticalHit)
        note(TEXT_CRITICAL);
    if (effectiveness > 10)
        note(TEXT_STRONG);
    else if (effectiveness < 10)
        note(TEXT_WEAK);
}

/* One hit. Returns the damage, 0 if there is no effect. */
static uint16_t strike(uint8_t side)
{
    uint16_t damage = compute_damage();
    wait_frame();
    if (!effectiveness) {
        note(TEXT_NO_EFFECT);
        return 0;
    }
    if (!damage)
        damage = 1;
    blink_picture(side ^ 1);
    hurt(side ^ 1, damage);
    tell_luck();
    return damage;
}

static uint8_t number_of_hits(uint8_t effect)
{
    static const uint8_t many[8] = {2, 2, 2, 3, 3, 3, 4, 5};
    if (effect == EFFECT_TWICE)
        return 2;
    return effect == EFFECT_MANY ? many[random() & 7] : 1;
}

static uint16_t all_hits(uint8_t side, uint8_t effect)
{
    uint8_t hits = number_of_hits(effect), done = 0;
    uint16_t damage = 0;
    while (done < hits && !is_down(side ^ 1)) {
        damage = strike(side);
        if (!damage)
            return 0;
        done++;
    }
    if (hits > 1) {
        set_big_word(wNumberBuffer, done);
        note(TEXT_HITS);
    }
    return damage;
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

static uint8_t works_on_oneself(const uint8_t *move)
{
    uint8_t effect = move[MOVE_EFFECT];
    return !move[MOVE_POWER] && ((effect >= EFFECT_ATTACK_UP && effect <= EFFECT_EVASION_UP) || effect == EFFECT_HEAL ||
                                 (effect >= EFFECT_ATTACK_UP2 && effect <= EFFECT_SPECIAL_UP2));
}

/* The move's accuracy under both sides' stages. */
static uint8_t misses(uint8_t side, const uint8_t *move)
{
    uint16_t chance;
    if (move[MOVE_EFFECT] == EFFECT_SURE || works_on_oneself(move))
        return 0;
    chance = scaled(move[MOVE_ACCURACY], stage_of(side, 4), stage_of(side ^ 1, 5));
    return chance < 255 && random() >= (uint8_t)chance;
}

void use_move(uint8_t side)
{
    uint8_t *move = move_data[side];
    uint16_t damage = 0;
    hWhoseTurn = side;
    if (is_held_back(side))
        return;
    wait_frame();
    spend_point(side);
    load_move(move[MOVE_NUMBER], move);
    note(side == MINE ? TEXT_MINE_USED : TEXT_ENEMY_USED);
    wMoveMissed = misses(side, move);
    if (wMoveMissed) {
        note(TEXT_MISSED);
        return;
    }
    wait_frame();
    if (move[MOVE_POWER])
        damage = all_hits(side, move[MOVE_EFFECT]);
    if (damage || !move[MOVE_POWER])
        side_effect(move[MOVE_EFFECT], damage);
}
