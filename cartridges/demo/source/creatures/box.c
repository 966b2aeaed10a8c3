/* The storage box: twenty glims of 33 bytes; the rest of their values is worked out when they come back. */
#pragma bank 3
#include "creatures.h"

#define BOX_MON(place) (wBoxMons + (uint16_t)(place) * BOX_MON_SIZE)
#define BOX_OT(place) (wBoxMonOT + (uint16_t)(place) * NAME_SIZE)
#define BOX_NICK(place) (wBoxMonNicks + (uint16_t)(place) * NAME_SIZE)

static uint8_t put_in_box(const uint8_t *mon, const uint8_t *owner, const uint8_t *name)
{
    uint8_t place = wBoxCount;
    if (place >= BOX_PLACES)
        return NO_ROOM;
    copy(BOX_MON(place), mon, BOX_MON_SIZE);
    BOX_MON(place)[MON_BOX_LEVEL] = mon[MON_LEVEL];
    copy(BOX_OT(place), owner, NAME_SIZE);
    copy(BOX_NICK(place), name, NAME_SIZE);
    wBoxSpecies[place] = mon[MON_SPECIES];
    wBoxSpecies[place + 1] = 0xFF;
    wBoxCount++;
    return IN_BOX;
}

/* A new glim: into the team if there is room, else into the box. */
uint8_t take_mon(const uint8_t *mon) __banked
{
    if (party_add_mon(mon))
        return IN_TEAM;
    see_species(mon[MON_SPECIES], 1);
    return put_in_box(mon, wPlayerName, species.name);
}

uint8_t box_deposit(uint8_t slot) __banked
{
    uint8_t room = put_in_box(PARTY_MON(slot), PARTY_OT(slot), PARTY_NICK(slot));
    if (room)
        party_remove(slot);
    return room;
}

void box_release(uint8_t place) __banked
{
    for (; place + 1 < wBoxCount && place + 1 < BOX_PLACES; place++) {
        copy(BOX_MON(place), BOX_MON(place + 1), BOX_MON_SIZE);
        copy(BOX_OT(place), BOX_OT(place + 1), NAME_SIZE);
        copy(BOX_NICK(place), BOX_NICK(place + 1), NAME_SIZE);
        wBoxSpecies[place] = wBoxSpecies[place + 1];
    }
    wBoxCount--;
    wBoxSpecies[wBoxCount] = 0xFF;
}

uint8_t box_withdraw(uint8_t place) __banked
{
    uint8_t mon[MON_SIZE], slot = wPartyCount;
    if (slot >= 6)
        return 0;
    fill(mon, 0, MON_SIZE);
    copy(mon, BOX_MON(place), BOX_MON_SIZE);
    mon[MON_LEVEL] = mon[MON_BOX_LEVEL];
    compute_stats(mon);
    party_add_mon(mon);
    copy(PARTY_OT(slot), BOX_OT(place), NAME_SIZE);
    copy(PARTY_NICK(slot), BOX_NICK(place), NAME_SIZE);
    box_release(place);
    return 1;
}
