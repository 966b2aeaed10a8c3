/* Lists that scroll: four rows show, the last entry is CANCEL. */
#include "home.h"

#define ROWS_SHOWN 4
#define DOWN_ARROW 0xEE

static void draw_rows(uint8_t entries, uint8_t shown, draw_row_function draw_row)
{
    uint8_t i, place;
    box(4, 2, 14, 9);
    wait_frame();
    for (i = 0; i < shown; i++) {
        if (i == 2)
            wait_frame();
        place = wListScrollOffset + i;
        if (place < entries)
            draw_row(place, 4 + i * 2);
        else
            put(6, 4 + i * 2, "CANCEL");
    }
    if (wListScrollOffset + shown <= entries)
        *tile_at(18, 11) = DOWN_ARROW;
}

/* Place of the chosen entry, or NOTHING_CHOSEN. Starts at the top. */
uint8_t choose_in_list(uint8_t entries, draw_row_function draw_row)
{
    uint8_t pressed, place, shown = entries + 1 > ROWS_SHOWN ? ROWS_SHOWN : entries + 1;
    wListCount = entries;
    wListScrollOffset = 0;
    wCurrentMenuItem = 0;
    for (;;) {
        draw_rows(entries, shown, draw_row);
        window_show();
        pressed = choose(5, 4, shown - 1, BUTTON_A | BUTTON_B | BUTTON_UP | BUTTON_DOWN);
        place = wListScrollOffset + wCurrentMenuItem;
        wWhichPokemon = place;
        if (pressed & BUTTON_B)
            return NOTHING_CHOSEN;
        if (pressed & BUTTON_A)
            return place < entries ? place : NOTHING_CHOSEN;
        if (pressed & BUTTON_UP && wListScrollOffset)
            wListScrollOffset--;
        if (pressed & BUTTON_DOWN && place < entries)
            wListScrollOffset++;
    }
}

static void step_quantity(uint8_t pressed)
{
    uint8_t most = wMaxItemQuantity;
    if (pressed & BUTTON_UP)
        wItemQuantity = wItemQuantity >= most ? 1 : wItemQuantity + 1;
    else if (pressed & BUTTON_DOWN)
        wItemQuantity = wItemQuantity <= 1 ? most : wItemQuantity - 1;
    else if (pressed & BUTTON_RIGHT)
        wItemQuantity = wItemQuantity + 10 > most ? most : wItemQuantity + 10;
    else if (pressed & BUTTON_LEFT)
        wItemQuantity = wItemQuantity <= 10 ? 1 : wItemQuantity - 10;
}

/* How many, from 1 to `most`; `show_price` writes what they cost, if there is one. Returns 0 for none. */
uint8_t choose_quantity(uint8_t most, void (*show_price)(void))
{
    wMaxItemQuantity = most;
    wItemQuantity = 1;
    box(7, 9, 11, 1);
    *tile_at(8, 10) = 0xF1;
    do {
        put_two_digits(9, 10, wItemQuantity);
        if (show_price)
            show_price();
        do
            wait_frame();
        while (!hJoyPressed);
        step_quantity(hJoyPressed);
    } while (!(hJoyPressed & (BUTTON_A | BUTTON_B)));
    return hJoyPressed & BUTTON_A ? wItemQuantity : 0;
}
