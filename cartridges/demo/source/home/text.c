/* The text box at the bottom: types out dialogue from the data banks. */
#include "home.h"

#define END 0x50
#define LINE 0x4F
#define PARAGRAPH 0x51
#define CONTINUE 0x55
#define RAM_STRING 0x01
#define DECIMAL 0x02
#define ARROW 0xEE
#define SPACE 0x7F
#define FIRST_LINE (0xC3A0 + 14 * 20 + 1)
#define SECOND_LINE (0xC3A0 + 16 * 20 + 1)
#define ARROW_PLACE (wTileMap + 16 * 20 + 18)

static uint8_t *cursor;
static uint8_t hurry; /* a held button shows the rest at once */

static void type(uint8_t code)
{
    *cursor++ = code;
    if (hJoyHeld & (BUTTON_A | BUTTON_B)) {
        hurry ^= 1;
        if (hurry)
            return;
    }
    wait_frames(wOptions & 7 ? wOptions & 7 : 1);
}

static void type_name(const uint8_t *name)
{
    uint8_t left = 18;
    while (*name != END && left--)
        type(*name++);
}

static void type_number(uint16_t value)
{
    uint8_t packed[3], digits[5], place;
    decimal(packed, value, 0);
    put_digits(digits, packed, 5, 0);
    for (place = 0; place < 5; place++)
        if (digits[place] != SPACE)
            type(digits[place]);
}

void text_box(void)
{
    box(0, 12, 18, 4);
    cursor = (uint8_t *)FIRST_LINE;
}

/* Blinks the arrow until A or B is pressed. */
void print_prompt(void)
{
    uint8_t blink = 0;
    do {
        if (!(blink++ & 15))
            *ARROW_PLACE = (blink & 16) ? SPACE : ARROW;
        wait_frame();
    } while (!(hJoyPressed & (BUTTON_A | BUTTON_B)));
    *ARROW_PLACE = SPACE;
}

static void scroll_up(void)
{
    print_prompt();
    copy((void *)FIRST_LINE, (void *)SECOND_LINE, 18);
    fill((void *)SECOND_LINE, SPACE, 18);
    cursor = (uint8_t *)SECOND_LINE;
}

static void next_page(void)
{
    print_prompt();
    text_box();
}

static const uint8_t *text_word(uint8_t bank, const uint8_t *at)
{
    return (const uint8_t *)(far_byte(bank, at) | ((uint16_t)far_byte(bank, at + 1) << 8));
}

/* Types a text into a fresh box and leaves it there. */
void print_text(uint16_t number)
{
    const uint8_t *at;
    uint8_t code, bank;
    far_entry(TEXT_TABLE_BANK, TEXT_TABLE, number);
    bank = entry_bank;
    at = (const uint8_t *)entry_address;
    text_box();
    window_show();
    wait_frame();
    while ((code = far_byte(bank, at++)) != END) {
        if (code == LINE)
            cursor = (uint8_t *)SECOND_LINE;
        else if (code == PARAGRAPH)
            next_page();
        else if (code == CONTINUE)
            scroll_up();
        else if (code == RAM_STRING || code == DECIMAL) {
            if (code == RAM_STRING)
                type_name(text_word(bank, at));
            else
                type_number(big_word(text_word(bank, at)));
            at += 2;
        } else
            type(code);
    }
}

void say(uint16_t number)
{
    print_text(number);
    print_prompt();
}
