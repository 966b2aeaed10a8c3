/* Scripts: the byte code that tools/scripts.py makes of data/scripts.toml. */
#pragma bank 1
#include "script.h"
#include "../creatures/creatures.h"

static uint8_t script_bank;
static uint16_t script_start, script_at;
static uint8_t running; /* 0: stopped altogether */
static uint8_t going;   /* 0: this script has ended */
static uint8_t acted;   /* 1: it did more than to test */
uint8_t last_battle_won;

uint8_t next_byte(void)
{
    return far_byte(script_bank, (const uint8_t *)script_at++);
}

uint16_t next_word(void)
{
    uint8_t low = next_byte();
    return low | ((uint16_t)next_byte() << 8);
}

void stop_script(void)
{
    running = 0;
}

/* ------------------------------------------------------------ tests */

static uint8_t has_species(uint8_t species)
{
    uint8_t slot;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        if (PARTY_MON(slot)[MON_SPECIES] == species)
            return 1;
    return 0;
}

static uint8_t owned_count(void)
{
    uint8_t number, count = 0;
    for (number = 0; number < 151; number++)
        if (flag(wPokedexOwned, number))
            count++;
    return count;
}

static uint8_t says_yes(uint16_t text)
{
    talk_box();
    print_text(text);
    return ask_yes_no();
}

static uint8_t test_holds(uint8_t kind, const uint8_t *arguments)
{
    uint16_t number = arguments[0] | ((uint16_t)arguments[1] << 8);
    switch (kind) {
    case TEST_EVENT: return condition_holds(number);
    case TEST_ITEM: return bag_place(arguments[0]) != 0xFF;
    case TEST_MONEY: return money_enough(arguments);
    case TEST_PARTY: return wPartyCount;
    case TEST_FULL: return wPartyCount >= 6;
    case TEST_SPECIES: return has_species(arguments[0]);
    case TEST_STARTER: return wPlayerStarter == arguments[0];
    case TEST_OWNED: return owned_count() >= arguments[0];
    case TEST_YES: return says_yes(number);
    case TEST_FACING: return wSpriteState1[9] == arguments[0];
    case TEST_MAP: return wCurMap == arguments[0];
    default: return last_battle_won;
    }
}

/* Goes on behind the test if it holds, else at the place it names. */
static void run_test(void)
{
    uint8_t i, kind = next_byte(), arguments[3];
    uint16_t otherwise;
    for (i = 0; i < 3; i++)
        arguments[i] = next_byte();
    otherwise = next_word();
    if (!test_holds(kind & 0x7F, arguments) != (kind >= 0x80))
        script_at = script_start + otherwise;
}

/* ------------------------------------------------------------ running */

static void one_command(void)
{
    uint8_t command = next_byte();
    if (command == COMMAND_STOP)
        going = 0;
    else if (command == COMMAND_JUMP)
        script_at = script_start + next_word();
    else if (command == COMMAND_TEST)
        run_test();
    else if (command < COMMAND_COUNT) {
        acted = 1;
        commands[command]();
    }
}

static void run_to_end(uint16_t script)
{
    far_entry(SCRIPT_TABLE_BANK, SCRIPT_TABLE, script);
    script_bank = entry_bank;
    script_start = entry_address;
    script_at = script_start;
    for (going = 1; going && running;)
        one_command();
}

/* The command `call`: another script, and then on with this one. */
void call_script(uint16_t script)
{
    uint8_t bank = script_bank;
    uint16_t start = script_start, at = script_at;
    run_to_end(script);
    script_bank = bank;
    script_start = start;
    script_at = at;
    going = 1;
}

void run_script(uint16_t script)
{
    running = 1;
    acted = 0;
    run_to_end(script);
    if (hWY != 144)
        close_talk();
    if (acted)
        refresh_world();
}

void run_map_script(void)
{
    if (!entered_map)
        return;
    entered_map = 0;
    if (map_head.script)
        run_script(map_head.script);
}

/* After a step: returns 1 if the square has a script and the script did something visible or moved the player. */
uint8_t run_trigger(void)
{
    uint8_t i, trigger[6], map = wCurMap, y = wYCoord, x = wXCoord;
    for (i = 0; i < map_head.triggers.count; i++) {
        far_copy(trigger, map_bank, map_head.triggers.at + i * 6, 6);
        if ((uint8_t)(y - trigger[0]) >= trigger[2] || (uint8_t)(x - trigger[1]) >= trigger[3])
            continue;
        run_script(trigger[4] | ((uint16_t)trigger[5] << 8));
        return map != wCurMap || y != wYCoord || x != wXCoord;
    }
    return 0;
}
