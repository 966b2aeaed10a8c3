/* What moves do besides damage. */
#pragma bank 2
#include "internal.h"

#define TYPE_NUMBER_POISON 3
#define TYPE_NUMBER_FIRE 20

static const char *const stat_names[6] = {"ATTACK", "DEFENCE", "SPEED", "SPECIAL", "AIM", "EVASION"};

/* Statistic 0 attack .. 3 special, 4 accuracy, 5 evasion. */
static void change_stat(uint8_t side, uint8_t stat, int8_t by)
{
    uint8_t *stage = stat_mods[side] + stat;
    int8_t wanted = (int8_t)*stage + by;
    if (*stage == (by > 0 ? 13 : 1)) {
        note(TEXT_NOTHING_HAPPENED);
        return;
    }
    *stage = wanted < 1 ? 1 : wanted > 13 ? 13 : wanted;
    if (stat < 4)
        apply_stat(side, stat + 1);
    name_side(side);
    encode_name(wStringBuffer, stat_names[stat]);
    note(by > 0 ? TEXT_STAT_ROSE : TEXT_STAT_FELL);
}

static uint8_t is_immune(const uint8_t *fighter, uint8_t status)
{
    uint8_t type = status == STATUS_POISON ? TYPE_NUMBER_POISON : status == STATUS_BURN ? TYPE_NUMBER_FIRE : 0xFF;
    return fighter[FIGHTER_TYPES] == type || fighter[FIGHTER_TYPES + 1] == type;
}

/* `only_effect`: the move has no other, so it is told if nothing happens. */
static void give_status(uint8_t side, uint8_t status, uint16_t text, uint8_t only_effect)
{
    uint8_t *fighter = fighters[side];
    if (is_down(side))
        return;
    if (fighter[FIGHTER_STATUS] || is_immune(fighter, status)) {
        if (only_effect)
            note(TEXT_NOTHING_HAPPENED);
        return;
    }
    fighter[FIGHTER_STATUS] = status;
    apply_stat(side, 1);
    apply_stat(side, 3);
    store_fighter(side);
    draw_status(side);
    name_side(side);
    note(text);
}

static void confuse(uint8_t side)
{
    if (is_down(side) || *battle_status[side] & CONFUSED)
        return;
    *battle_status[side] |= CONFUSED;
    *confusion[side] = 2 + (random() & 3);
    name_side(side);
    note(TEXT_BECAME_CONFUSED);
}

static void heal_half(uint8_t side)
{
    uint16_t most = big_word(fighters[side] + FIGHTER_MAX_HP);
    if (big_word(fighters[side] + FIGHTER_HP) >= most) {
        note(TEXT_NOTHING_HAPPENED);
        return;
    }
    heal_fighter(side, most / 2);
    name_side(side);
    note(TEXT_REGAINED);
}

static void drain(uint8_t side, uint16_t damage)
{
    heal_fighter(side, damage > 1 ? damage / 2 : 1);
    name_side(side);
    note(TEXT_DRAINED);
}

static void recoil(uint8_t side, uint16_t damage)
{
    hurt(side, damage > 4 ? damage / 4 : 1);
    name_side(side);
    note(TEXT_RECOILED);
}

/* Chances are Red's, out of 256. */
static uint8_t by_chance(uint8_t chance)
{
    return random() < chance;
}

static uint8_t change_by_number(uint8_t effect, uint8_t side)
{
    if (effect >= EFFECT_ATTACK_UP && effect <= EFFECT_EVASION_UP)
        change_stat(side, effect - EFFECT_ATTACK_UP, 1);
    else if (effect >= EFFECT_ATTACK_DOWN && effect <= EFFECT_EVASION_DOWN)
        change_stat(side ^ 1, effect - EFFECT_ATTACK_DOWN, -1);
    else if (effect >= EFFECT_ATTACK_UP2 && effect <= EFFECT_SPECIAL_UP2)
        change_stat(side, effect - EFFECT_ATTACK_UP2, 2);
    else if (effect >= EFFECT_ATTACK_DOWN2 && effect <= EFFECT_SPEED_DOWN2)
        change_stat(side ^ 1, effect - EFFECT_ATTACK_DOWN2, -2);
    else if (effect >= EFFECT_ATTACK_DOWN_CHANCE && effect <= EFFECT_SPECIAL_DOWN_CHANCE) {
        if (!is_down(side ^ 1) && by_chance(85))
            change_stat(side ^ 1, effect - EFFECT_ATTACK_DOWN_CHANCE, -1);
    } else
        return 0;
    return 1;
}

void side_effect(uint8_t effect, uint16_t damage)
{
    uint8_t side = hWhoseTurn, foe = hWhoseTurn ^ 1;
    if (change_by_number(effect, side))
        return;
    switch (effect) {
    case EFFECT_SLEEP: give_status(foe, 1 + random_below(7), TEXT_FELL_ASLEEP, 1); break;
    case EFFECT_POISON: give_status(foe, STATUS_POISON, TEXT_POISONED, 1); break;
    case EFFECT_PARALYZE: give_status(foe, STATUS_PARALYSIS, TEXT_PARALYZED, 1); break;
    case EFFECT_CONFUSE: confuse(foe); break;
    case EFFECT_HEAL: heal_half(side); break;
    case EFFECT_DRAIN: drain(side, damage); break;
    case EFFECT_RECOIL: recoil(side, damage); break;
    case EFFECT_BURN_CHANCE:
        if (by_chance(26))
            give_status(foe, STATUS_BURN, TEXT_BURNED, 0);
        break;
    case EFFECT_PARALYZE_CHANCE:
        if (by_chance(26))
            give_status(foe, STATUS_PARALYSIS, TEXT_PARALYZED, 0);
        break;
    case EFFECT_POISON_CHANCE:
        if (by_chance(52))
            give_status(foe, STATUS_POISON, TEXT_POISONED, 0);
        break;
    case EFFECT_CONFUSE_CHANCE:
        if (by_chance(26))
            confuse(foe);
        break;
    case EFFECT_FLINCH_CHANCE:
        if (by_chance(26))
            *battle_status[foe] |= FLINCHED;
    }
}
