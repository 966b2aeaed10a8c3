/* Giving names. */
#pragma bank 5
#include "screens.h"

void name_mon(uint8_t slot) __banked
{
    (void)slot;
}
