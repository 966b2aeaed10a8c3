/* Reading species, moves and items from the data banks. */
#pragma bank 3
#include "creatures.h"

#define MOVE_SIZE 19
#define ITEM_SIZE 18

struct species species;
static uint8_t loaded; /* its index */
uint8_t item_kind;
uint16_t item_value, item_price;

static void fill_header(uint8_t index)
{
    wMonHeader[0] = index;
    copy(wMonHeader + 1, species.base, 5);
    copy(wMonHeader + 6, species.types, 4);
    wMonHeader[10] = 0x77;
    copy(wMonHeader + 11, species.front + 1, 2);
    copy(wMonHeader + 13, species.back + 1, 2);
    copy(wMonHeader + 15, species.moves, 4);
    wMonHeader[19] = species.growth;
}

/* A species that does not exist (a poked number) behaves like the first one. */
void load_species(uint8_t index) __banked
{
    if (index && index == loaded)
        return;
    loaded = index;
    far_entry(SPECIES_TABLE_BANK, SPECIES_TABLE, index);
    if (!entry_bank)
        far_entry(SPECIES_TABLE_BANK, SPECIES_TABLE, SPECIES_FERNIT);
    far_copy(&species, entry_bank, entry_address, sizeof(species));
    fill_header(index);
}

void species_name(uint8_t index) __banked
{
    load_species(index);
    copy(wStringBuffer, species.name, NAME_SIZE);
}

static uint16_t move_record(uint8_t move)
{
    return MOVE_TABLE + (uint16_t)(move > 165 ? 0 : move) * MOVE_SIZE;
}

uint8_t move_points(uint8_t move)
{
    return far_byte(MOVE_TABLE_BANK, (const uint8_t *)(move_record(move) + 5));
}

void load_move(uint8_t move, uint8_t *into) __banked
{
    uint16_t place = move_record(move);
    far_copy(into, MOVE_TABLE_BANK, place, 6);
    far_copy(wStringBuffer, MOVE_TABLE_BANK, place + 6, 13);
    wStringBuffer[13] = 0x50;
}

void item_name(uint8_t item) __banked
{
    uint16_t place = ITEM_TABLE + (uint16_t)item * ITEM_SIZE;
    far_copy(wStringBuffer, ITEM_TABLE_BANK, place, 13);
    wStringBuffer[13] = 0x50;
    item_kind = far_byte(ITEM_TABLE_BANK, (const uint8_t *)(place + 13));
    far_copy(&item_value, ITEM_TABLE_BANK, place + 14, 2);
    far_copy(&item_price, ITEM_TABLE_BANK, place + 16, 2);
}
