/* Who fights: copying between the party and the battle, and statistics under stages. */
#pragma bank 2
#include "internal.h"

uint8_t *const fighters[2] = {(uint8_t *)0xD014, (uint8_t *)0xCFE5};
uint8_t *const stat_mods[2] = {(uint8_t *)0xCD1A, (uint8_t *)0xCD2E};
uint8_t *const plain_stats[2] = {(uint8_t *)0xCD10, (uint8_t *)0xCD24};
uint8_t *const move_data[2] = {(uint8_t *)0xCFD2, (uint8_t *)0xCFCC};

uint8_t *const battle_status[2] = {(uint8_t *)0xD062, (uint8_t *)0xD067};
uint8_t *const confusion[2] = {(uint8_t *)0xD06B, (uint8_t *)0xD070};

/* Stage 7 is plain; hundredths, as in Red. */
static const uint8_t stage_hundredths[14] = {0, 25, 28, 33, 40, 50, 66, 100, 150, 200, 250, 255, 255, 255};

/* 300 and 400 do not fit into a byte; a stage that is none counts as plain. */
uint16_t stage_of(uint8_t side, uint8_t stat)
{
    uint8_t stage = stat_mods[side][stat];
    if (stage > 10 && stage < 14)
        return (uint16_t)(stage - 5) * 50;
    return stage < 14 ? stage_hundredths[stage] : 100;
}

void load_fighter(uint8_t side, const uint8_t *mon)
{
    uint8_t *fighter = fighters[side];
    copy(fighter, mon, 12);
    copy(fighter + FIGHTER_DVS, mon + MON_DVS, 2);
    fighter[FIGHTER_LEVEL] = mon[MON_LEVEL];
    copy(fighter + FIGHTER_MAX_HP, mon + MON_MAX_HP, 10);
    copy(fighter + FIGHTER_PP, mon + MON_PP, 4);
    copy(plain_stats[side], mon + MON_MAX_HP, 10);
}

static uint8_t *home_of(uint8_t side)
{
    uint8_t slot = fighters[side][FIGHTER_SLOT];
    return side == MINE ? PARTY_MON(slot) : wEnemyMons + (uint16_t)slot * MON_SIZE;
}

/* HP, ailment and points go back to the party after every change. */
void store_fighter(uint8_t side)
{
    uint8_t *fighter = fighters[side], *mon = home_of(side);
    copy(mon + MON_HP, fighter + FIGHTER_HP, 2);
    mon[MON_STATUS] = fighter[FIGHTER_STATUS];
    copy(mon + MON_PP, fighter + FIGHTER_PP, 4);
}

uint8_t is_down(uint8_t side)
{
    return !big_word(fighters[side] + FIGHTER_HP);
}

/* Statistic 1 attack .. 4 special: plain value by stage; burns halve attack, paralysis quarters speed. */
void apply_stat(uint8_t side, uint8_t stat)
{
    uint8_t *fighter = fighters[side];
    uint16_t value = big_word(plain_stats[side] + stat * 2), hundredths = stage_of(side, stat - 1);
    if (hundredths != 100)
        value = scaled(value, hundredths, 100);
    if (stat == 1 && fighter[FIGHTER_STATUS] & STATUS_BURN)
        value >>= 1;
    if (stat == 3 && fighter[FIGHTER_STATUS] & STATUS_PARALYSIS)
        value >>= 2;
    if (!value)
        value = 1;
    set_big_word(fighter + FIGHTER_MAX_HP + stat * 2, value > 999 ? 999 : value);
}

static void enter_side(uint8_t side, const uint8_t *mon, uint8_t slot)
{
    uint8_t stat;
    load_fighter(side, mon);
    fighters[side][FIGHTER_SLOT] = slot;
    fill(stat_mods[side], 7, 6);
    *battle_status[side] = 0;
    *confusion[side] = 0;
    for (stat = 1; stat < 5; stat++)
        apply_stat(side, stat);
}

void send_mine(uint8_t slot)
{
    wPlayerMonNumber = slot;
    enter_side(MINE, PARTY_MON(slot), slot);
    wait_frame();
    copy(wBattleMonNick, PARTY_NICK(slot), NAME_SIZE);
    set_flag(&wPartyGainExpFlags, slot);
    draw_pictures(MINE);
    wait_frame();
    draw_status(MINE);
    wait_frame();
}

void send_enemy(uint8_t slot)
{
    wait_frame();
    enter_side(ENEMY, wEnemyMons + (uint16_t)slot * MON_SIZE, slot);
    see_species(wEnemyMon[0], 0);
    wait_frame();
    copy(wEnemyMonNick, species.name, NAME_SIZE);
    wPartyGainExpFlags = 0;
    set_flag(&wPartyGainExpFlags, wPlayerMonNumber);
    draw_pictures(ENEMY);
    wait_frame();
    draw_status(ENEMY);
    wait_frame();
}
