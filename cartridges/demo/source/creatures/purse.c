/* Money: three bytes of decimal digits, the most significant first, from 0 to 999999. */
#pragma bank 3
#include "creatures.h"

void money_gain(const uint8_t *bcd) __banked
{
    if (add_decimal(wPlayerMoney, bcd))
        fill(wPlayerMoney, 0x99, 3);
}

void money_add(uint16_t amount) __banked
{
    uint8_t bcd[3];
    decimal(bcd, amount, 0);
    money_gain(bcd);
}

uint8_t money_enough(const uint8_t *bcd) __banked
{
    uint8_t i;
    for (i = 0; i < 3; i++)
        if (wPlayerMoney[i] != bcd[i])
            return wPlayerMoney[i] > bcd[i];
    return 1;
}

static uint8_t borrowed;

static uint8_t digit_less(uint8_t from, uint8_t what)
{
    what += borrowed;
    borrowed = from < what;
    if (borrowed)
        from += 10;
    return from - what;
}

/* Only for what is there: see money_enough(). */
void money_take(const uint8_t *bcd) __banked
{
    uint8_t i, low, high;
    borrowed = 0;
    for (i = 3; i--;) {
        low = digit_less(wPlayerMoney[i] & 15, bcd[i] & 15);
        high = digit_less(wPlayerMoney[i] >> 4, bcd[i] >> 4);
        wPlayerMoney[i] = low | (high << 4);
    }
}
