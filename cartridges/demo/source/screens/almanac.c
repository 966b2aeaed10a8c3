/* The almanac: which glims were seen and caught, by their dex numbers. */
#pragma bank 3
#include "screens.h"

#define ROWS_SHOWN 7
#define CAUGHT_MARK 0x78

static uint8_t index_of(uint8_t dex)
{
    return far_byte(DEX_TABLE_BANK, (const uint8_t *)(DEX_TABLE + dex));
}

static uint8_t count(const uint8_t *flags)
{
    uint8_t dex, number = 0;
    for (dex = 0; dex < DEX_COUNT; dex++)
        if (flag(flags, dex))
            number++;
    return number;
}

static void draw_row(uint8_t dex, uint8_t y)
{
    put_number(1, y, dex, 3);
    if (flag(wPokedexOwned, dex - 1))
        *tile_at(5, y) = CAUGHT_MARK;
    if (!flag(wPokedexSeen, dex - 1)) {
        put(7, y, "----------");
        return;
    }
    species_name(index_of(dex));
    put_name(7, y, wStringBuffer);
}

static void draw_list(void)
{
    uint8_t i;
    clear_tiles();
    put(1, 1, "SEEN");
    put_number(6, 1, count(wPokedexSeen), 3);
    put(11, 1, "OWN");
    put_number(15, 1, count(wPokedexOwned), 3);
    for (i = 0; i < ROWS_SHOWN && wListScrollOffset + i < DEX_COUNT; i++) {
        wait_frame();
        draw_row(wListScrollOffset + i + 1, 4 + i * 2);
    }
}

static void put_types(void)
{
    uint8_t i, name[11];
    for (i = 0; i < 2; i++) {
        if (i && species.types[0] == species.types[1])
            return;
        far_copy(name, TYPE_NAMES_BANK, TYPE_NAMES + (uint16_t)species.types[i] * 11, 11);
        put_name(10, 6 + i, name);
    }
}

static void show_page(uint8_t dex)
{
    clear_tiles();
    draw_front(index_of(dex), 1, 2);
    box(0, 11, 18, 5);
    put_name(10, 2, species.name);
    put(10, 4, "No.");
    put_number(13, 4, dex, 3);
    put_types();
    put(2, 13, flag(wPokedexOwned, dex - 1) ? "One of them is" : "Seen, but never");
    put(2, 15, flag(wPokedexOwned, dex - 1) ? "your friend." : "caught so far.");
    wait_press(BUTTON_A | BUTTON_B);
}

static void scroll(uint8_t pressed)
{
    if (pressed & BUTTON_UP && wListScrollOffset)
        wListScrollOffset--;
    if (pressed & BUTTON_DOWN && wListScrollOffset + ROWS_SHOWN < DEX_COUNT)
        wListScrollOffset++;
}

void almanac(void)
{
    uint8_t pressed, dex, rows = DEX_COUNT < ROWS_SHOWN ? DEX_COUNT : ROWS_SHOWN;
    hide_sprites();
    wListScrollOffset = 0;
    wCurrentMenuItem = 0;
    for (;;) {
        draw_list();
        window_show();
        pressed = choose(0, 4, rows - 1, BUTTON_A | BUTTON_B | BUTTON_UP | BUTTON_DOWN);
        if (pressed & BUTTON_B)
            return;
        dex = wListScrollOffset + wCurrentMenuItem + 1;
        if (!(pressed & BUTTON_A))
            scroll(pressed);
        else if (flag(wPokedexSeen, dex - 1))
            show_page(dex);
    }
}
