/* Saving: everything from the player's name to the last box goes to battery RAM, with a checksum behind it. */
#pragma bank 3
#include "screens.h"

#define FIRST BYTES(0xD158)
#define SIZE (0xDEE2 - 0xD158)
#define SAVED BYTES(0xA598)
#define CHECK (*(uint16_t *)0xB524)
#define MARK BYTE(0xB526)
#define RAM_GATE LIVE(0x0000)
#define RAM_BANK LIVE(0x4000)

static uint16_t checksum(void)
{
    const uint8_t *at = SAVED;
    uint16_t left = SIZE, sum = 1;
    while (left--)
        sum += *at++;
    return sum;
}

static void open_ram(void)
{
    RAM_GATE = 0x0A;
    RAM_BANK = 1;
}

void save_game(void)
{
    open_ram();
    copy(SAVED, FIRST, SIZE);
    CHECK = checksum();
    MARK = 0x5A;
    RAM_GATE = 0;
}

/* Returns 1 and fills the memory if there is a sound saved game. */
uint8_t load_game(void)
{
    uint8_t sound;
    open_ram();
    sound = MARK == 0x5A && CHECK == checksum();
    if (sound)
        copy(FIRST, SAVED, SIZE);
    RAM_GATE = 0;
    return sound;
}
