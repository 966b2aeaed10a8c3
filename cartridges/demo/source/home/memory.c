/* Copying, and reading from data banks. */
#include "home.h"
#include <string.h>

uint8_t entry_bank;
uint16_t entry_address;
uint8_t scenery_gone;

void copy(void *to, const void *from, uint16_t count)
{
    memcpy(to, from, count);
}

/* Tiles into video memory: the vblank handler copies eight a frame; to be called while none wait. At once if the screen is off. */
void send_tiles(uint16_t to, uint8_t bank, uint16_t address, uint8_t tiles)
{
    scenery_gone |= to >= SCENERY && to < SCENERY_END;
    if (!(rLCDC & 0x80)) {
        far_copy((void *)to, bank, address, (uint16_t)tiles << 4);
        return;
    }
    video_bank = bank;
    video_from = address;
    video_to = to;
    video_tiles = tiles;
}

/* The same, and waits until they are there. */
void bring_tiles(uint16_t to, uint8_t bank, uint16_t address, uint8_t tiles)
{
    while (video_tiles)
        wait_frame();
    send_tiles(to, bank, address, tiles);
    while (video_tiles)
        wait_frame();
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

/* In a list of three bytes each that ends with FF: the third that goes with the first two, or `otherwise`. */
uint8_t far_third(uint8_t bank, uint16_t list, uint16_t pair, uint8_t otherwise)
{
    uint8_t before = hLoadedROMBank, first = (uint8_t)(pair >> 8), second = (uint8_t)pair, one;
    const uint8_t *at = (const uint8_t *)list;
    select_bank(bank);
    for (; (one = *at) != 0xFF; at += 3)
        if (one == first && at[1] == second) {
            otherwise = at[2];
            break;
        }
    select_bank(before);
    return otherwise;
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
