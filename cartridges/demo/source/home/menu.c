/* Menus: a cursor in front of one of several rows. */
#include "home.h"

#define CURSOR 0xED
#define LEFT_CURSOR 0xEC
#define SPACE 0x7F

static uint8_t deaf_to_b; /* frames for which B is not heard */

static uint8_t *cursor_place(void)
{
    uint8_t rows = (hUILayoutFlags & 2) ? 1 : 2;
    return tile_at(wTopMenuItemX, wTopMenuItemY + wCurrentMenuItem * rows);
}

static void move_cursor(uint8_t pressed)
{
    if (pressed & BUTTON_UP) {
        if (wCurrentMenuItem)
            wCurrentMenuItem--;
        else if (wMenuWrappingEnabled)
            wCurrentMenuItem = wMaxMenuItem;
    } else if (wCurrentMenuItem < wMaxMenuItem)
        wCurrentMenuItem++;
    else if (wMenuWrappingEnabled)
        wCurrentMenuItem = 0;
}

/* Starts at wCurrentMenuItem. Returns the buttons among `keys` that ended it. Direction keys may be among them: then they end it
   only at an end of the list, where the caller scrolls. */
uint8_t choose(uint8_t x, uint8_t y, uint8_t last, uint8_t keys)
{
    uint8_t pressed;
    wTopMenuItemX = x;
    wTopMenuItemY = y;
    wMaxMenuItem = last;
    wMenuWatchedKeys = keys;
    if (wCurrentMenuItem > last)
        wCurrentMenuItem = last;
    for (;;) {
        *cursor_place() = CURSOR;
        wait_frame();
        pressed = hJoyPressed;
        if (deaf_to_b) {
            deaf_to_b--;
            pressed &= (uint8_t)~BUTTON_B;
        }
        if (pressed & keys & (BUTTON_A | BUTTON_B | BUTTON_START | BUTTON_SELECT | BUTTON_LEFT | BUTTON_RIGHT))
            break;
        if (pressed & keys & BUTTON_UP && !wCurrentMenuItem)
            break;
        if (pressed & keys & BUTTON_DOWN && wCurrentMenuItem == last)
            break;
        if (pressed & (BUTTON_UP | BUTTON_DOWN)) {
            *cursor_place() = SPACE;
            move_cursor(pressed);
        }
    }
    deaf_to_b = 0;
    *cursor_place() = (pressed & BUTTON_A) ? LEFT_CURSOR : SPACE;
    wLastMenuItem = wCurrentMenuItem;
    return pressed & keys;
}

/* A menu that follows a text: a B that was to hurry the text does not close it. */
uint8_t choose_after_text(uint8_t x, uint8_t y, uint8_t last)
{
    deaf_to_b = 8;
    return choose(x, y, last, BUTTON_A | BUTTON_B);
}

/* The small box above the text box. B means no. */
uint8_t ask_yes_no(void)
{
    uint8_t pressed;
    box(14, 7, 4, 3);
    put(16, 8, "YES");
    put(16, 10, "NO");
    wCurrentMenuItem = 0;
    pressed = choose_after_text(15, 8, 1);
    wChosenMenuItem = wCurrentMenuItem;
    return (pressed & BUTTON_A) && wCurrentMenuItem == 0;
}
