/* Statistics from base values, DVs, stat experience and level, by the formulas of the first generation. */
#pragma bank 3
#include "creatures.h"

#define GROWTH_FAST 4
#define EXPERIENCE_SIZE (256 * 3)

/* Square root of the stat experience, rounded up, a quarter of it. Bit by bit: `rest` is what the square of the root so far leaves. */
static uint8_t effort(uint16_t stat_exp)
{
    uint16_t rest = stat_exp, root = 0, bit;
    if (!stat_exp)
        return 0;
    for (bit = 0x4000; bit; bit >>= 2)
        if (rest >= root + bit) {
            rest -= root + bit;
            root = (root >> 1) + bit;
        } else
            root >>= 1;
    if (rest && root < 255)
        root++;
    return (uint8_t)(root >> 2);
}

static uint8_t dv_of(const uint8_t *mon, uint8_t stat)
{
    const uint8_t *dvs = mon + MON_DVS;
    switch (stat) {
    case 0: return ((dvs[0] >> 1) & 8) | ((dvs[0] << 2) & 4) | ((dvs[1] >> 3) & 2) | (dvs[1] & 1);
    case 1: return dvs[0] >> 4;
    case 2: return dvs[0] & 15;
    case 3: return dvs[1] >> 4;
    default: return dvs[1] & 15;
    }
}

static uint16_t stat_value(const uint8_t *mon, uint8_t stat)
{
    uint8_t level = mon[MON_LEVEL];
    uint16_t value = (uint16_t)(species.base[stat] + dv_of(mon, stat)) * 2 + effort(big_word(mon + MON_STAT_EXP + stat * 2));
    value = scaled(value, level, 100) + 5;
    return stat ? value : value + level + 5;
}

/* All five values of a glim whose species, DVs, stat experience and level are set. */
void compute_stats(uint8_t *mon) __banked
{
    uint8_t stat;
    load_species(mon[MON_SPECIES]);
    for (stat = 0; stat < 5; stat++)
        set_big_word(mon + MON_MAX_HP + stat * 2, stat_value(mon, stat));
}

/* From the table that tools/creatures.py makes: a list of three bytes a level for each growth. */
uint32_t exp_of_level(uint8_t index, uint8_t level) __banked
{
    uint32_t exp = 0;
    uint16_t at = EXPERIENCE + (uint16_t)level * 3;
    load_species(index);
    if (species.growth)
        at += species.growth == GROWTH_FAST ? EXPERIENCE_SIZE : EXPERIENCE_SIZE * 2;
    far_copy(&exp, EXPERIENCE_BANK, at, 3);
    return exp;
}

uint32_t get_exp(const uint8_t *mon) __banked
{
    return ((uint32_t)mon[MON_EXP] << 16) | big_word(mon + MON_EXP + 1);
}

void set_exp(uint8_t *mon, uint32_t exp) __banked
{
    mon[MON_EXP] = (uint8_t)(exp >> 16);
    set_big_word(mon + MON_EXP + 1, (uint16_t)exp);
}

uint8_t free_place(const uint8_t *mon, uint8_t move) __banked
{
    uint8_t i;
    for (i = 0; i < 4; i++) {
        if (mon[MON_MOVES + i] == move)
            return 4;
        if (!mon[MON_MOVES + i])
            return i;
    }
    return 4;
}

void set_move(uint8_t *mon, uint8_t place, uint8_t move) __banked
{
    mon[MON_MOVES + place] = move;
    mon[MON_PP + place] = move_points(move);
}

uint8_t move_of_level(uint8_t index, uint8_t level, uint8_t which) __banked
{
    uint8_t i;
    load_species(index);
    for (i = 0; i < 16 && species.learned[i]; i += 2)
        if (species.learned[i] == level && !which--)
            return species.learned[i + 1];
    return 0;
}

static uint8_t knows(const uint8_t *mon, uint8_t move)
{
    uint8_t i;
    for (i = 0; i < 4; i++)
        if (mon[MON_MOVES + i] == move)
            return 1;
    return 0;
}

/* A full set loses its oldest move. */
static void push_move(uint8_t *mon, uint8_t move)
{
    uint8_t i, *moves = mon + MON_MOVES;
    if (!move || knows(mon, move))
        return;
    for (i = 0; i < 3 && moves[i]; i++)
        ;
    if (moves[i])
        for (i = 0; i < 3; i++)
            moves[i] = moves[i + 1];
    moves[i] = move;
}

static void first_moves(uint8_t *mon)
{
    uint8_t i;
    for (i = 0; i < 4; i++)
        push_move(mon, species.moves[i]);
    for (i = 0; i < 16 && species.learned[i]; i += 2)
        if (species.learned[i] <= mon[MON_LEVEL])
            push_move(mon, species.learned[i + 1]);
    for (i = 0; i < 4 && mon[MON_MOVES + i]; i++)
        mon[MON_PP + i] = move_points(mon[MON_MOVES + i]);
}

void build_mon(uint8_t *mon, uint8_t index, uint8_t level, uint8_t dvs_high, uint8_t dvs_low) __banked
{
    fill(mon, 0, MON_SIZE);
    mon[MON_SPECIES] = index;
    mon[MON_LEVEL] = level;
    mon[MON_DVS] = dvs_high;
    mon[MON_DVS + 1] = dvs_low;
    copy(mon + MON_OT_ID, wPlayerID, 2);
    set_exp(mon, exp_of_level(index, level));
    compute_stats(mon);
    copy(mon + MON_TYPES, species.types, 2);
    mon[MON_CATCH] = species.catch_rate;
    copy(mon + MON_HP, mon + MON_MAX_HP, 2);
    wait_frame();
    first_moves(mon);
}
