/* Copying, and reading from data banks. */
#include "home.h"
#include <string.h>

/* start.s */
extern uint8_t video_tiles;
void copy_video_tiles(uint16_t to, uint16_t from);

uint8_t entry_bank;
uint16_t entry_address;

void copy(void *to, const void *from, uint16_t count)
{
    memcpy(to, from, count);
}

void fill(void *to, uint8_t value, uint16_t count)
{
    memset(to, value, count);
}

/* Tiles into video memory; while the screen is on, only when it does not read them. */
void far_video_copy(uint16_t to, uint8_t bank, uint16_t address, uint16_t count)
{
    uint8_t before = hLoadedROMBank;
    select_bank(bank);
    if (rLCDC & 0x80) {
        video_tiles = count >> 4;
        copy_video_tiles(to, address);
    } else
        memcpy((void *)to, (const void *)address, count);
    select_bank(before);
}

uint8_t far_byte(uint8_t bank, const uint8_t *address)
{
    uint8_t before = hLoadedROMBank, value;
    select_bank(bank);
    value = *address;
    select_bank(before);
    return value;
}

void far_copy(void *to, uint8_t bank, uint16_t address, uint16_t count)
{
    uint8_t before = hLoadedROMBank;
    select_bank(bank);
    copy(to, (const void *)address, count);
    select_bank(before);
}

/* Looks up a place (bank, address) in a table of three-byte entries. */
void far_entry(uint8_t bank, uint16_t table, uint16_t number)
{
    uint8_t entry[3];
    far_copy(entry, bank, table + number * 3, 3);
    entry_bank = entry[0];
    entry_address = entry[1] | ((uint16_t)entry[2] << 8);
}

uint16_t big_word(const uint8_t *at)
{
    return ((uint16_t)at[0] << 8) | at[1];
}

void set_big_word(uint8_t *at, uint16_t value)
{
    at[0] = value >> 8;
    at[1] = (uint8_t)value;
}
