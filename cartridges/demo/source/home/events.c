/* Story flags and the conditions that data files may name. */
#include "home.h"

static const uint8_t bit_masks[] = {1, 2, 4, 8, 16, 32, 64, 128};

uint8_t event(uint16_t number)
{
    return wEventFlags[number >> 3] & bit_masks[number & 7];
}

void set_event(uint16_t number)
{
    wEventFlags[number >> 3] |= bit_masks[number & 7];
}

void clear_event(uint16_t number)
{
    wEventFlags[number >> 3] &= (uint8_t)~bit_masks[number & 7];
}

uint8_t flag(const uint8_t *flags, uint8_t number)
{
    return flags[number >> 3] & bit_masks[number & 7];
}

void set_flag(uint8_t *flags, uint8_t number)
{
    flags[number >> 3] |= bit_masks[number & 7];
}

uint8_t condition_holds(uint16_t condition)
{
    if (condition & 0x8000)
        return !condition_holds(condition & 0x7FFF);
    if (condition & 0x2000)
        return wObtainedBadges & bit_masks[condition & 7];
    return event(condition);
}
