/* How much a hit takes: level, power, attack against defence, own type, types, and luck. */
#pragma bank 2
#include "internal.h"

uint8_t effectiveness;

static uint8_t is_special(uint8_t type)
{
    return type >= 20;
}

uint8_t chart_tenths(uint8_t attacker, uint8_t defender)
{
    uint8_t row[3];
    uint16_t at = TYPE_CHART;
    for (;; at += 3) {
        far_copy(row, TYPE_CHART_BANK, at, 3);
        if (row[0] == 0xFF)
            return 10;
        if (row[0] == attacker && row[1] == defender)
            return row[2];
    }
}

/* A critical hit comes with half the base speed out of 256, and doubles the level. */
static uint8_t is_critical(const uint8_t *attacker, const uint8_t *move)
{
    uint16_t chance;
    load_species(attacker[0]);
    chance = species.base[3] >> 1;
    if (move[MOVE_EFFECT] == EFFECT_CRITICAL)
        chance *= 8;
    return random() < (chance > 255 ? 255 : chance);
}

static uint16_t stat_for(uint8_t side, uint8_t stat)
{
    return wCriticalHit ? big_word(plain_stats[side] + stat * 2) : big_word(fighters[side] + FIGHTER_MAX_HP + stat * 2);
}

static uint32_t raw_damage(uint8_t side, const uint8_t *move)
{
    uint8_t special = is_special(move[MOVE_TYPE]);
    uint16_t attack = stat_for(side, special ? 4 : 1), defence = stat_for(side ^ 1, special ? 4 : 2);
    uint16_t level = fighters[side][FIGHTER_LEVEL] * (wCriticalHit ? 2 : 1);
    uint32_t damage = (uint32_t)(level * 2 / 5 + 2) * move[MOVE_POWER] * attack / (defence ? defence : 1) / 50;
    return (damage > 997 ? 997 : damage) + 2;
}

/* What a confused glim does to itself: a plain hit of power 40. */
uint16_t confusion_damage(uint8_t side)
{
    uint16_t attack = big_word(fighters[side] + FIGHTER_ATTACK), defence = big_word(fighters[side] + FIGHTER_DEFENCE);
    uint8_t level = fighters[side][FIGHTER_LEVEL];
    return (uint16_t)((uint32_t)(level * 2 / 5 + 2) * 40 * attack / (defence ? defence : 1) / 50) + 2;
}

/* For the side hWhoseTurn; sets wCriticalHit and effectiveness. */
uint16_t compute_damage(void)
{
    uint8_t side = hWhoseTurn, i, tenths, luck;
    uint8_t *attacker = fighters[side], *defender = fighters[side ^ 1], *move = move_data[side];
    uint32_t damage;
    wCriticalHit = is_critical(attacker, move);
    damage = raw_damage(side, move);
    if (move[MOVE_TYPE] == attacker[FIGHTER_TYPES] || move[MOVE_TYPE] == attacker[FIGHTER_TYPES + 1])
        damage += damage >> 1;
    effectiveness = 10;
    for (i = 0; i < 2; i++) {
        if (i && defender[FIGHTER_TYPES] == defender[FIGHTER_TYPES + 1])
            break;
        tenths = chart_tenths(move[MOVE_TYPE], defender[FIGHTER_TYPES + i]);
        damage = damage * tenths / 10;
        effectiveness = (uint8_t)((uint16_t)effectiveness * tenths / 10);
    }
    wDamageMultipliers = effectiveness;
    do
        luck = random();
    while (luck < 217);
    if (damage > 1)
        damage = damage * luck / 255;
    set_big_word(wDamage, (uint16_t)damage);
    return (uint16_t)damage;
}
