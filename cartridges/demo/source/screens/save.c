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

#define PIECE 192 /* bytes that are added up in half a frame */

static uint16_t checksum(void)
{
    const uint8_t *at = SAVED;
    uint16_t left = SIZE, sum = 1;
    uint8_t piece = 0;
    while (left--) {
        sum += *at++;
        if (++piece == PIECE) {
            piece = 0;
            wait_frame();
        }
    }
    return sum;
}

static void copy_in_pieces(uint8_t *to, const uint8_t *from)
{
    uint16_t done;
    for (done = 0; done < SIZE; done += PIECE) {
        copy(to + done, from + done, SIZE - done < PIECE ? SIZE - done : PIECE);
        wait_frame();
    }
}

static void open_ram(void)
{
    RAM_GATE = 0x0A;
    RAM_BANK = 1;
}

void save_game(void)
{
    open_ram();
    MARK = 0; /* whoever switches off now has no saved game */
    copy_in_pieces(SAVED, FIRST);
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
