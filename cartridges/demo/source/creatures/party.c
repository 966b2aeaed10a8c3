/* The party, the almanac's flags and the bag. */
#pragma bank 3
#include "creatures.h"

void see_species(uint8_t index, uint8_t own) __banked
{
    load_species(index);
    set_flag(wPokedexSeen, species.dex - 1);
    if (own)
        set_flag(wPokedexOwned, species.dex - 1);
}

uint8_t party_add_mon(const uint8_t *mon) __banked
{
    uint8_t slot = wPartyCount;
    if (slot >= 6)
        return 0;
    copy(PARTY_MON(slot), mon, MON_SIZE);
    wPartySpecies[slot] = mon[MON_SPECIES];
    wPartySpecies[slot + 1] = 0xFF;
    copy(PARTY_OT(slot), wPlayerName, NAME_SIZE);
    see_species(mon[MON_SPECIES], 1);
    copy(PARTY_NICK(slot), species.name, NAME_SIZE);
    wPartyCount++;
    return 1;
}

uint8_t party_add(uint8_t index, uint8_t level) __banked
{
    uint8_t mon[MON_SIZE];
    uint8_t high = random();
    build_mon(mon, index, level, high, random());
    return party_add_mon(mon);
}

/* A glim handed over by a person: always of even quality, so that a start is as good as any other. */
uint8_t party_add_gift(uint8_t index, uint8_t level) __banked
{
    uint8_t mon[MON_SIZE];
    build_mon(mon, index, level, 0x88, 0x88);
    return party_add_mon(mon);
}

static void heal_mon(uint8_t *mon)
{
    uint8_t i;
    copy(mon + MON_HP, mon + MON_MAX_HP, 2);
    mon[MON_STATUS] = 0;
    for (i = 0; i < 4; i++)
        mon[MON_PP + i] = move_points(mon[MON_MOVES + i]);
}

void party_heal(void) __banked
{
    uint8_t slot;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        heal_mon(PARTY_MON(slot));
}

uint8_t first_healthy(void) __banked
{
    uint8_t slot;
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        if (big_word(PARTY_MON(slot) + MON_HP))
            return slot;
    return 6;
}

uint8_t bag_add(uint8_t item, uint8_t count) __banked
{
    uint8_t i;
    for (i = 0; i < wNumBagItems && i < BAG_PLACES; i++)
        if (wBagItems[i * 2] == item) {
            wBagItems[i * 2 + 1] = wBagItems[i * 2 + 1] + count > 99 ? 99 : wBagItems[i * 2 + 1] + count;
            return 1;
        }
    if (wNumBagItems >= BAG_PLACES)
        return 0;
    wBagItems[i * 2] = item;
    wBagItems[i * 2 + 1] = count;
    wBagItems[i * 2 + 2] = 0xFF;
    wNumBagItems++;
    return 1;
}

/* Takes one away; the places behind an emptied one move up. */
void bag_remove(uint8_t place) __banked
{
    uint8_t *at = wBagItems + place * 2;
    if (--at[1])
        return;
    wNumBagItems--;
    while (at[0] != 0xFF) {
        at[0] = at[2];
        at[1] = at[3];
        at += 2;
    }
}

uint8_t bag_place(uint8_t item) __banked
{
    uint8_t place;
    for (place = 0; place < wNumBagItems && place < BAG_PLACES; place++)
        if (wBagItems[place * 2] == item)
            return place;
    return 0xFF;
}

static void swap_bytes(uint8_t *one, uint8_t *other, uint8_t count)
{
    uint8_t kept;
    while (count--) {
        kept = *one;
        *one++ = *other;
        *other++ = kept;
    }
}

void party_swap(uint8_t one, uint8_t other) __banked
{
    swap_bytes(wPartySpecies + one, wPartySpecies + other, 1);
    swap_bytes(PARTY_MON(one), PARTY_MON(other), MON_SIZE);
    swap_bytes(PARTY_OT(one), PARTY_OT(other), NAME_SIZE);
    swap_bytes(PARTY_NICK(one), PARTY_NICK(other), NAME_SIZE);
}

/* The glims behind it move up. */
void party_remove(uint8_t slot) __banked
{
    for (; slot + 1 < wPartyCount && slot < 5; slot++)
        party_swap(slot, slot + 1);
    wPartyCount--;
    wPartySpecies[wPartyCount] = 0xFF;
}
