/* Using items: on a glim (in battle too) and in the field. */
#pragma bank 4
#include "items.h"
#include "../growth/growth.h"
#include "../screens/screens.h"
#include "../world/world.h"

static uint8_t tell(uint8_t worked, uint16_t text)
{
    say(worked ? text : TEXT_NO_USE);
    return worked;
}

static uint8_t heal(uint8_t *mon, uint16_t by)
{
    uint16_t points = big_word(mon + MON_HP), most = big_word(mon + MON_MAX_HP);
    if (!points || points >= most)
        return 0;
    set_big_word(mon + MON_HP, by > most - points ? most : points + by);
    return 1;
}

static uint8_t cure(uint8_t *mon, uint8_t what)
{
    if (!big_word(mon + MON_HP) || !(mon[MON_STATUS] & what))
        return 0;
    mon[MON_STATUS] = 0;
    return 1;
}

static uint8_t revive(uint8_t *mon, uint8_t percent)
{
    uint16_t points;
    if (big_word(mon + MON_HP))
        return 0;
    points = scaled(big_word(mon + MON_MAX_HP), percent, 100);
    set_big_word(mon + MON_HP, points ? points : 1);
    mon[MON_STATUS] = 0;
    return 1;
}

static uint8_t refill(uint8_t *mon, uint8_t by)
{
    uint8_t i, data[6], some = 0;
    for (i = 0; i < 4; i++) {
        if (!mon[MON_MOVES + i])
            continue;
        load_move(mon[MON_MOVES + i], data);
        some |= mon[MON_PP + i] < data[5];
        mon[MON_PP + i] = mon[MON_PP + i] + by > data[5] ? data[5] : mon[MON_PP + i] + by;
    }
    return some;
}

/* 1 if it worked; says what happened. */
uint8_t use_on_mon(uint8_t item, uint8_t slot) __banked
{
    uint8_t *mon = PARTY_MON(slot);
    uint16_t value;
    item_name(item);
    value = item_value;
    copy_name(wNameBuffer, PARTY_NICK(slot));
    switch (item_kind) {
    case ITEM_KIND_HEAL: return tell(heal(mon, value), TEXT_HEALED);
    case ITEM_KIND_CURE: return tell(cure(mon, (uint8_t)value), TEXT_CURED);
    case ITEM_KIND_REVIVE: return tell(revive(mon, (uint8_t)value), TEXT_REVIVED);
    case ITEM_KIND_POINTS: return tell(refill(mon, (uint8_t)value), TEXT_REFILLED);
    default: return tell(0, 0);
    }
}

/* One level more. */
static uint8_t use_level(uint8_t place)
{
    uint8_t slot = choose_mon(), *mon = PARTY_MON(slot);
    if (slot == NOTHING_CHOSEN)
        return USED_NOT;
    if (mon[MON_LEVEL] >= 100)
        return tell(0, 0);
    set_exp(mon, exp_of_level(mon[MON_SPECIES], mon[MON_LEVEL] + 1));
    bag_remove(place);
    level_up(slot);
    teach_level(slot);
    evolve(slot, 1);
    wCanEvolveFlags = 0;
    return USED;
}

static uint8_t use_on_team(uint8_t place)
{
    uint8_t slot = choose_mon();
    if (slot == NOTHING_CHOSEN || !use_on_mon(wBagItems[place * 2], slot))
        return USED_NOT;
    bag_remove(place);
    return USED;
}

static uint8_t use_repel(uint8_t place)
{
    wRepelRemainingSteps = (uint8_t)item_value;
    bag_remove(place);
    say(TEXT_REPEL_USED);
    return USED;
}

static uint8_t use_escape(uint8_t place)
{
    if (tileset_outside[wCurMapTileset] || wCurMap >= MAP_LEAGUE_LOBBY) {
        say(TEXT_NO_USE);
        return USED_NOT;
    }
    bag_remove(place);
    say(TEXT_ESCAPED);
    go_to_safe_place();
    return USED_AND_LEFT;
}

static uint8_t use_lamp(void)
{
    if (!wMapPalOffset) {
        say(TEXT_NO_USE);
        return USED_NOT;
    }
    wMapPalOffset = 0;
    say(TEXT_LAMP_LIT);
    return USED;
}

uint8_t use_item(uint8_t place) __banked
{
    item_name(wBagItems[place * 2]);
    switch (item_kind) {
    case ITEM_KIND_HEAL:
    case ITEM_KIND_CURE:
    case ITEM_KIND_REVIVE:
    case ITEM_KIND_POINTS: return wPartyCount ? use_on_team(place) : USED_NOT;
    case ITEM_KIND_LEVEL: return wPartyCount ? use_level(place) : USED_NOT;
    case ITEM_KIND_REPEL: return use_repel(place);
    case ITEM_KIND_ESCAPE: return use_escape(place);
    case ITEM_KIND_LAMP: return use_lamp();
    default: say(TEXT_NO_USE); return USED_NOT;
    }
}

void toss_item(uint8_t place) __banked
{
    uint8_t count;
    item_name(wBagItems[place * 2]);
    copy_name(wNameBuffer, wStringBuffer);
    if (item_kind == ITEM_KIND_KEY) {
        say(TEXT_TOO_DEAR);
        return;
    }
    count = choose_quantity(wBagItems[place * 2 + 1], 0);
    if (!count)
        return;
    print_text(TEXT_TOSS);
    if (!ask_yes_no())
        return;
    while (count--)
        bag_remove(place);
    say(TEXT_TOSSED);
}
