/* Evolution: the old and the new shape take turns, faster and faster. B stops it. */
#pragma bank 5
#include "growth.h"
#include "../screens/screens.h"

#define COLOURS 0xE4
#define SHADOWS 0xFC /* all but white is black */

static void load_picture(uint8_t index, uint16_t to)
{
    load_species(index);
    bring_tiles(to, species.front[0], species.front[1] | ((uint16_t)species.front[2] << 8), 49);
}

static void show_picture(uint8_t code)
{
    put_picture_codes(7, 2, 7, code);
}

/* As shadows. Returns 0 if B was pressed. */
static uint8_t take_turns(uint8_t may_stop)
{
    uint8_t turn, left;
    rBGP = SHADOWS;
    for (turn = 0; turn < 14; turn++) {
        show_picture(turn & 1 ? 0x00 : 0x31);
        for (left = 18 - turn; left; left--) {
            wait_frame();
            if (may_stop && hJoyPressed & BUTTON_B)
                return 0;
        }
    }
    return 1;
}

static uint8_t has_plain_name(uint8_t slot, uint8_t index)
{
    uint8_t i;
    load_species(index);
    for (i = 0; i < NAME_SIZE && species.name[i] != 0x50; i++)
        if (species.name[i] != PARTY_NICK(slot)[i])
            return 0;
    return PARTY_NICK(slot)[i] == 0x50;
}

static void become(uint8_t slot, uint8_t index)
{
    uint8_t *mon = PARTY_MON(slot), plain = has_plain_name(slot, mon[MON_SPECIES]);
    uint16_t before = big_word(mon + MON_MAX_HP);
    wait_frame();
    mon[MON_SPECIES] = index;
    wPartySpecies[slot] = index;
    compute_stats(mon);
    wait_frame();
    set_big_word(mon + MON_HP, big_word(mon + MON_HP) + big_word(mon + MON_MAX_HP) - before);
    copy(mon + MON_TYPES, species.types, 2);
    mon[MON_CATCH] = species.catch_rate;
    if (plain)
        copy(PARTY_NICK(slot), species.name, NAME_SIZE);
    see_species(index, 1);
    wEvolutionOccurred = 1;
}

static uint8_t ceremony(uint8_t slot, uint8_t index, uint8_t may_stop)
{
    uint8_t changed;
    clear_tiles();
    window_show();
    wait_frames(3);
    load_picture(PARTY_MON(slot)[MON_SPECIES], 0x9000);
    load_picture(index, 0x9310);
    show_picture(0x00);
    copy_name(wNameBuffer, PARTY_NICK(slot));
    print_text(TEXT_EVOLVING);
    wait_frames(30);
    changed = take_turns(may_stop);
    show_picture(changed ? 0x31 : 0x00);
    rBGP = COLOURS;
    if (!changed) {
        say(TEXT_EVOLUTION_STOPPED);
        return 0;
    }
    species_name(index);
    become(slot, index);
    species_name(index);
    say(TEXT_EVOLVED);
    teach_level(slot);
    return 1;
}

uint8_t evolve(uint8_t slot, uint8_t may_stop) __banked
{
    uint8_t *mon = PARTY_MON(slot);
    load_species(mon[MON_SPECIES]);
    if (!species.evolution_level || mon[MON_LEVEL] < species.evolution_level)
        return 0;
    return ceremony(slot, species.evolution, may_stop);
}
