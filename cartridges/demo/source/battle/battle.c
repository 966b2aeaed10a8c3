/* The course of a battle. */
#pragma bank 2
#include "internal.h"

static uint8_t prize_for_level;

/* With the enemy's party complete, so that whoever reads memory never sees a part of it. */
static void start(uint8_t kind)
{
    fill(wEnemyMon, 0, FIGHTER_SIZE);
    fill(wBattleMon, 0, FIGHTER_SIZE);
    wIsInBattle = kind;
    wBattleResult = BATTLE_WON;
    wEscapedFromBattle = 0;
    wNumRunAttempts = 0;
    wPlayerMoveListIndex = 0;
    wBattleAndStartSavedMenuItem = 0;
    wUpdateSpritesEnabled = 0;
    wPartyGainExpFlags = 0;
    wCanEvolveFlags = 0;
    rBGP = 0xE4;
    hide_sprites();
    clear_tiles();
    text_box();
    window_show();
    wPlayerMonNumber = first_healthy();
    if (wPlayerMonNumber == 6)
        wPlayerMonNumber = 0;
}

static void draw_enemy_move(uint8_t count)
{
    wEnemySelectedMove = count ? wEnemyMon[FIGHTER_MOVES + random_below(count)] : STRUGGLE;
    load_move(wEnemySelectedMove, move_data[ENEMY]);
}

/* Any of its moves; a trainer thinks twice about one that would do little. */
static void choose_enemy_move(void)
{
    uint8_t count = 0;
    while (count < 4 && wEnemyMon[FIGHTER_MOVES + count])
        count++;
    draw_enemy_move(count);
    if (wIsInBattle == 2 && (!move_data[ENEMY][MOVE_POWER] || chart_tenths(move_data[ENEMY][MOVE_TYPE], wBattleMon[FIGHTER_TYPES]) < 10))
        draw_enemy_move(count);
    load_move(wPlayerSelectedMove, move_data[MINE]);
}

static uint8_t mine_is_first(void)
{
    uint16_t mine = big_word(wBattleMon + FIGHTER_SPEED), foe = big_word(wEnemyMon + FIGHTER_SPEED);
    uint8_t quick_mine = move_data[MINE][MOVE_EFFECT] == EFFECT_FIRST, quick_foe = move_data[ENEMY][MOVE_EFFECT] == EFFECT_FIRST;
    if (quick_mine != quick_foe)
        return quick_mine;
    return mine == foe ? random() & 1 : mine > foe;
}

static void half_turn(uint8_t side)
{
    if (is_down(MINE) || is_down(ENEMY))
        return;
    use_move(side);
    ailment(side);
}

static void turn(uint8_t action)
{
    uint8_t first;
    *battle_status[MINE] &= (uint8_t)~FLINCHED;
    *battle_status[ENEMY] &= (uint8_t)~FLINCHED;
    choose_enemy_move();
    wait_frame();
    if (action == ACTION_SPENT) {
        half_turn(ENEMY);
        return;
    }
    first = mine_is_first() ? MINE : ENEMY;
    half_turn(first);
    half_turn(first ^ 1);
}

static uint8_t enemies_left(void)
{
    uint8_t slot;
    for (slot = 0; slot < wEnemyPartyCount && wIsInBattle == 2; slot++)
        if (big_word(wEnemyMons + (uint16_t)slot * MON_SIZE + MON_HP))
            return 1;
    return 0;
}

/* Sends the enemy's next glim. Returns 0 if there is none. */
static uint8_t next_enemy(void)
{
    uint8_t slot;
    for (slot = 0; slot < wEnemyPartyCount && wIsInBattle == 2; slot++)
        if (big_word(wEnemyMons + (uint16_t)slot * MON_SIZE + MON_HP)) {
            send_enemy(slot);
            note(TEXT_TRAINER_SENDS);
            return 1;
        }
    return 0;
}

/* Returns 1 when the battle is decided. */
static uint8_t after_turn(void)
{
    if (is_down(ENEMY)) {
        erase_picture(ENEMY);
        note(TEXT_ENEMY_FAINTED);
        share_experience();
    }
    if (is_down(MINE)) {
        erase_picture(MINE);
        note(TEXT_MINE_FAINTED);
        if (first_healthy() == 6) {
            wBattleResult = BATTLE_LOST;
            return 1;
        }
        if (!is_down(ENEMY) || enemies_left()) {
            send_mine(choose_next_mine());
            note(TEXT_GO_MINE);
        }
    }
    return is_down(ENEMY) && !next_enemy();
}

static void fight(void)
{
    uint8_t action;
    do {
        action = player_action();
        if (action == ACTION_LEAVE) {
            wBattleResult = BATTLE_LEFT;
            return;
        }
        turn(action);
    } while (!after_turn());
}

static uint8_t finish(void)
{
    if (wBattleResult == BATTLE_LOST) {
        say(TEXT_LOST);
        wIsInBattle = 0xFF;
        wait_frame();
    }
    else
        evolve_team();
    wIsInBattle = 0;
    wCurOpponent = 0;
    wUpdateSpritesEnabled = 1;
    return wBattleResult;
}

uint8_t battle_wild(uint8_t index, uint8_t level) __banked
{
    uint8_t high = random();
    wCurOpponent = index;
    wCurEnemyLevel = level;
    build_mon(wEnemyMons, index, level, high, random());
    wEnemyPartySpecies[0] = index;
    wEnemyPartySpecies[1] = 0xFF;
    wEnemyPartyCount = 1;
    wait_frame();
    start(1);
    send_enemy(0);
    note(TEXT_WILD_APPEARS);
    send_mine(wPlayerMonNumber);
    note(TEXT_GO_MINE);
    fight();
    return finish();
}

static void load_party(uint16_t at, uint8_t bank, uint8_t number)
{
    uint8_t level, index, slot = 0;
    while (number)
        if (!far_byte(bank, (const uint8_t *)at++))
            number--;
    while ((level = far_byte(bank, (const uint8_t *)at)) != 0) {
        index = far_byte(bank, (const uint8_t *)(at + 1));
        build_mon(wEnemyMons + (uint16_t)slot * MON_SIZE, index, level, 0x98, 0x88);
        wEnemyPartySpecies[slot++] = index;
        wCurEnemyLevel = level;
        at += 2;
        wait_frame();
    }
    wEnemyPartySpecies[slot] = 0xFF;
    wEnemyPartyCount = slot;
}

static uint8_t load_trainer(uint8_t trainer, uint8_t number)
{
    uint8_t bank, picture;
    uint16_t at;
    far_entry(TRAINER_TABLE_BANK, TRAINER_TABLE, trainer);
    bank = entry_bank;
    at = entry_address;
    wTrainerClass = trainer;
    wTrainerNo = number + 1;
    wCurOpponent = 200 + trainer;
    far_copy(wTrainerName, bank, at, 13);
    prize_for_level = far_byte(bank, (const uint8_t *)(at + 13));
    picture = far_byte(bank, (const uint8_t *)(at + 14));
    wEnemyPartyCount = 0;
    load_party(at + 15, bank, number);
    return picture;
}

static void pay_prize(void)
{
    uint16_t prize = (uint16_t)prize_for_level * wCurEnemyLevel;
    note(TEXT_TRAINER_BEATEN);
    set_big_word(wNumberBuffer, prize);
    money_add(prize);
    say(TEXT_PRIZE);
}

uint8_t battle_trainer(uint8_t trainer, uint8_t number) __banked
{
    uint8_t picture = load_trainer(trainer, number);
    start(2);
    draw_trainer(picture);
    note(TEXT_TRAINER_WANTS);
    wait_frames(20);
    next_enemy();
    send_mine(wPlayerMonNumber);
    note(TEXT_GO_MINE);
    fight();
    if (wBattleResult == BATTLE_WON)
        pay_prize();
    return finish();
}
