/* Random numbers out of the divider register: the same inputs at the same frames give the same luck. */
#include "home.h"

void random_mix(void);

uint8_t random(void)
{
    random_mix();
    return hRandomAdd;
}

uint8_t random_below(uint8_t limit)
{
    return (uint8_t)(((uint16_t)random() * limit) >> 8);
}
