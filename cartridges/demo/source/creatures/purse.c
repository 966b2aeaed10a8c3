/* Money: three bytes of decimal digits, the most significant first, from 0 to 999999. */
#pragma bank 3
#include "creatures.h"

void to_bcd(uint32_t amount, uint8_t *bcd) __banked
{
    uint8_t i, low;
    if (amount > 999999)
        amount = 999999;
    for (i = 3; i--;) {
        low = amount % 10;
        amount /= 10;
        bcd[i] = low | ((uint8_t)(amount % 10) << 4);
        amount /= 10;
    }
}

void money_gain(const uint8_t *bcd) __banked
{
    uint8_t i, low, high, carry = 0;
    for (i = 3; i--;) {
        low = (wPlayerMoney[i] & 15) + (bcd[i] & 15) + carry;
        high = (wPlayerMoney[i] >> 4) + (bcd[i] >> 4) + low / 10;
        wPlayerMoney[i] = (low % 10) | ((high % 10) << 4);
        carry = high / 10;
    }
    if (carry)
        fill(wPlayerMoney, 0x99, 3);
}

void money_add(uint16_t amount) __banked
{
    uint8_t bcd[3];
    to_bcd(amount, bcd);
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
