/* The story: what people with a script do, what happens on entering a map or a square. */
#pragma bank 1
#include "world.h"
#include "../battle/battle.h"
#include "../screens/screens.h"

static void load_species_name(uint8_t species)
{
    species_name(species);
    copy(wNameBuffer, wStringBuffer, 11);
}

/* ------------------------------------------------------------ losing */

static void halve_money(void)
{
    uint8_t i, digit, carry = 0, out;
    for (i = 0; i < 3; i++) {
        digit = (wPlayerMoney[i] >> 4) + carry * 10;
        carry = digit & 1;
        out = (digit >> 1) << 4;
        digit = (wPlayerMoney[i] & 15) + carry * 10;
        carry = digit & 1;
        wPlayerMoney[i] = out | (digit >> 1);
    }
}

void after_lost_battle(void)
{
    halve_money();
    party_heal();
    go_to_safe_place();
    say(TEXT_HEALED_BACK);
    close_talk();
}

/* ------------------------------------------------------------ healing */

static void heal(uint16_t greeting)
{
    print_text(greeting);
    if (ask_yes_no()) {
        party_heal();
        wLastBlackoutMap = wCurMap == MAP_LEAGUE_LOBBY ? MAP_LEAGUE_LOBBY : wLastMap;
        say(TEXT_NURSE_DONE);
    }
    say(TEXT_NURSE_BYE);
}

static void mother(uint16_t text)
{
    if (!wPartyCount) {
        say(text);
        return;
    }
    say(TEXT_MOTHER_HEALS);
    party_heal();
    say(TEXT_MOTHER_DONE);
}

/* ------------------------------------------------------------ the laboratory */

static uint8_t rival_counterpart(uint8_t species)
{
    if (species == SPECIES_FERNIT)
        return SPECIES_CINDERLING;
    return species == SPECIES_CINDERLING ? SPECIES_PUDDLOP : SPECIES_FERNIT;
}

/* Battles a trainer from a dialogue; the map is shown again afterwards. */
static uint8_t trainer_battle(uint8_t trainer, uint8_t number)
{
    uint8_t result;
    close_talk();
    result = battle_trainer(trainer, number);
    enter_map();
    return result;
}

static uint8_t party_number_of(uint8_t rival)
{
    return rival == SPECIES_FERNIT ? 0 : rival == SPECIES_CINDERLING ? 1 : 2;
}

static void rival_battle(void)
{
    wRivalStarter = rival_counterpart(wPlayerStarter);
    load_species_name(wRivalStarter);
    say(TEXT_RIVAL_CHOOSES);
    if (trainer_battle(TRAINER_RIVAL, party_number_of(wRivalStarter)) == BATTLE_WON)
        say(TEXT_RIVAL_WON);
    else
        say(TEXT_RIVAL_LOST);
    party_heal();
    say(TEXT_RIVAL_LEAVES);
    set_event(EVENT_BATTLED_RIVAL_IN_LABORATORY);
    enter_map();
    bag_add(ITEM_GLIM_ORB, 5);
    set_event(EVENT_GOT_ORBS_FROM_SCHOLAR);
    say(TEXT_SCHOLAR_ORBS);
}

static void choose_starter(uint16_t text)
{
    uint8_t species = text == TEXT_STARTER_LEAF ? SPECIES_FERNIT : text == TEXT_STARTER_FIRE ? SPECIES_CINDERLING : SPECIES_PUDDLOP;
    if (event(EVENT_GOT_STARTER)) {
        say(TEXT_STARTER_EMPTY);
        return;
    }
    print_text(text);
    if (!ask_yes_no())
        return;
    wPlayerStarter = species;
    party_add_gift(species, 5);
    set_event(EVENT_GOT_STARTER);
    load_species_name(species);
    say(TEXT_STARTER_TAKEN);
    rival_battle();
}

/* ------------------------------------------------------------ gym and league */

static void leader(uint16_t text)
{
    if (event(EVENT_BEAT_FLINT)) {
        say(TEXT_LEADER_AFTER);
        return;
    }
    say(text);
    wGymLeaderNo = 1;
    if (trainer_battle(TRAINER_FLINT, 0) != BATTLE_WON) {
        after_lost_battle();
        return;
    }
    say(TEXT_LEADER_WON);
    set_event(EVENT_BEAT_FLINT);
    wObtainedBadges |= 1;
    wBeatGymFlags |= 1;
    say(TEXT_LEADER_BADGE);
}

static void champion(uint16_t text)
{
    say(text);
    if (trainer_battle(TRAINER_CHAMPION, 0) != BATTLE_WON) {
        after_lost_battle();
        return;
    }
    say(TEXT_CHAMPION_WON);
    set_event(EVENT_BEAT_CHAMPION);
    say(TEXT_CHAMPION_OPENS);
    enter_map();
}

/* ------------------------------------------------------------ dispatch */

void run_script(uint8_t script, uint16_t text)
{
    switch (script) {
    case SCRIPT_HEAL: heal(text); break;
    case SCRIPT_MOTHER: mother(text); break;
    case SCRIPT_STARTER: choose_starter(text); break;
    case SCRIPT_SCHOLAR: say(event(EVENT_GOT_STARTER) ? TEXT_SCHOLAR_AFTER : text); break;
    case SCRIPT_LEADER: leader(text); break;
    case SCRIPT_CHAMPION: champion(text); break;
    default: say(text);
    }
}

void run_map_script(void)
{
    if (map_head.script != SCRIPT_HALL_OF_FAME)
        return;
    say(TEXT_HALL_CEREMONY);
    window_hide();
    hall_of_fame();
}

/* After a step: returns 1 if something happened instead of the usual. */
uint8_t step_script(void)
{
    if (wCurMap != MAP_FERNHOLM || wYCoord > 1 || wPartyCount)
        return 0;
    text_box();
    say(TEXT_FERNHOLM_STOP);
    close_talk();
    walk_step(FACING_DOWN);
    return 1;
}
