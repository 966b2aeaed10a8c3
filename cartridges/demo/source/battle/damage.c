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
    return far_third(TYPE_CHART_BANK, TYPE_CHART, ((uint16_t)attacker << 8) | defender, 10);
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

static uint16_t plain_damage(uint16_t level, uint8_t power, uint16_t attack, uint16_t defence)
{
    uint16_t weight = (scaled(level, 2, 5) + 2) * power;
    uint16_t damage = scaled(scaled(weight, attack, defence), 1, 50);
    return (damage > 997 ? 997 : damage) + 2;
}

static uint16_t raw_damage(uint8_t side, const uint8_t *move)
{
    uint8_t special = is_special(move[MOVE_TYPE]);
    uint16_t attack = stat_for(side, special ? 4 : 1), defence = stat_for(side ^ 1, special ? 4 : 2);
    uint16_t level = fighters[side][FIGHTER_LEVEL];
    return plain_damage(wCriticalHit ? level * 2 : level, move[MOVE_POWER], attack, defence);
}

/* What a confused glim does to itself: a plain hit of power 40. */
uint16_t confusion_damage(uint8_t side)
{
    const uint8_t *fighter = fighters[side];
    return plain_damage(fighter[FIGHTER_LEVEL], 40, big_word(fighter + FIGHTER_ATTACK), big_word(fighter + FIGHTER_DEFENCE));
}

/* For the side hWhoseTurn; sets wCriticalHit and effectiveness. */
uint16_t compute_damage(void)
{
    uint8_t side = hWhoseTurn, i, tenths, luck;
    uint8_t *attacker = fighters[side], *defender = fighters[side ^ 1], *move = move_data[side];
    uint16_t damage;
    wCriticalHit = is_critical(attacker, move);
    damage = raw_damage(side, move);
    wait_frame();
    if (move[MOVE_TYPE] == attacker[FIGHTER_TYPES] || move[MOVE_TYPE] == attacker[FIGHTER_TYPES + 1])
        damage += damage >> 1;
    effectiveness = 10;
    for (i = 0; i < 2; i++) {
        if (i && defender[FIGHTER_TYPES] == defender[FIGHTER_TYPES + 1])
            break;
        tenths = chart_tenths(move[MOVE_TYPE], defender[FIGHTER_TYPES + i]);
        damage = scaled(damage, tenths, 10);
        effectiveness = (uint8_t)scaled(effectiveness, tenths, 10);
    }
    wDamageMultipliers = effectiveness;
    do
        luck = random();
    while (luck < 217);
    if (damage > 1)
        damage = scaled(damage, luck, 255);
    set_big_word(wDamage, damage);
    return damage;
}
