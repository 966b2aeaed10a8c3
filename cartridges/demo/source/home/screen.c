/* Drawing into wTileMap; the vblank handler brings it to the window layer, a third a frame. */
#include "home.h"

#define SPACE 0x7F

void screen_off(void)
{
    if (!(rLCDC & 0x80))
        return;
    hAutoBGTransferEnabled = 0;
    sleep_frame();
    main_ticks++;
    while (rLY < 145)
        ;
    rLCDC = 0;
}

void screen_on(void)
{
    rLCDC = 0xE3;
}

void clear_tiles(void)
{
    fill(wTileMap, SPACE, 360);
}

uint8_t *tile_at(uint8_t x, uint8_t y)
{
    return wTileMap + (uint16_t)y * 20 + x;
}

void clear_area(uint8_t x, uint8_t y, uint8_t width, uint8_t height)
{
    while (height--)
        fill(tile_at(x, y++), SPACE, width);
}

static void box_row(uint8_t *at, uint8_t width, uint8_t left, uint8_t middle, uint8_t right)
{
    *at++ = left;
    fill(at, middle, width);
    at[width] = right;
}

/* A frame with this much room inside. */
void box(uint8_t x, uint8_t y, uint8_t width, uint8_t height)
{
    box_row(tile_at(x, y++), width, 0x79, 0x7A, 0x7B);
    while (height--)
        box_row(tile_at(x, y++), width, 0x7C, SPACE, 0x7C);
    box_row(tile_at(x, y), width, 0x7D, 0x7A, 0x7E);
}

static uint8_t screen_code(char letter)
{
    static const char marks[] = "(:)-?!./,'>$";
    static const uint8_t codes[] = {0x9A, 0x9C, 0x9B, 0xE3, 0xE6, 0xE7, 0xE8, 0xF3, 0xF4, 0xE0, 0xED, 0xF0};
    uint8_t i;
    if (letter == ' ')
        return SPACE;
    if (letter >= 'A' && letter <= 'Z')
        return letter + 0x3F;
    if (letter >= 'a' && letter <= 'z')
        return letter + 0x3F;
    if (letter >= '0' && letter <= '9')
        return letter + 0xC6;
    for (i = 0; marks[i]; i++)
        if (marks[i] == letter)
            return codes[i];
    return SPACE;
}

void put(uint8_t x, uint8_t y, const char *text)
{
    uint8_t *at = tile_at(x, y);
    while (*text)
        *at++ = screen_code(*text++);
}

/* Plain characters as a name in screen codes. */
void encode_name(uint8_t *to, const char *text)
{
    while (*text)
        *to++ = screen_code(*text++);
    *to = 0x50;
}

/* A name in screen codes that ends with 50h. */
void put_name(uint8_t x, uint8_t y, const uint8_t *name)
{
    uint8_t *at = tile_at(x, y);
    uint8_t left = 12;
    while (*name != 0x50 && left--)
        *at++ = *name++;
}

void copy_name(uint8_t *to, const uint8_t *from)
{
    uint8_t left = 12;
    while (*from != 0x50 && left--)
        *to++ = *from++;
    *to = 0x50;
}

/* The last digits of a packed number of six; in front of the first that counts stand spaces, or zeros. */
void put_digits(uint8_t *at, const uint8_t *packed, uint8_t digits, uint8_t zeros)
{
    uint8_t digit, place = digits;
    packed += 2;
    while (place-- > 0) {
        digit = *(packed - (place >> 1));
        digit = place & 1 ? digit >> 4 : digit & 15;
        zeros |= digit || !place;
        *at++ = zeros ? 0xF6 + digit : SPACE;
    }
}

/* Right-aligned in a field. */
void put_number(uint8_t x, uint8_t y, uint16_t value, uint8_t digits)
{
    uint8_t packed[3];
    decimal(packed, value, 0);
    put_digits(tile_at(x, y), packed, digits, 0);
}

void put_two_digits(uint8_t x, uint8_t y, uint8_t value)
{
    uint8_t packed[3];
    decimal(packed, value, 0);
    put_digits(tile_at(x, y), packed, 2, 1);
}

void put_money(uint8_t x, uint8_t y, const uint8_t *bcd)
{
    *tile_at(x, y) = 0xF0;
    put_digits(tile_at(x + 1, y), bcd, 6, 0);
}

/* Brings seven by seven codes of the tile map to the screen in one piece, at the next frame. */
void send_picture(uint8_t x, uint8_t y)
{
    picture_from = tile_at(x, y);
    picture_to = 0x9C00 + (uint16_t)y * 32 + x;
    picture_waits = 1;
}

/* A square of numbered tiles, column by column, at most seven of each. */
void put_picture_codes(uint8_t x, uint8_t y, uint8_t size, uint8_t code)
{
    uint8_t row, column, *at, *top = tile_at(x, y);
    for (column = 0; column < size; column++) {
        at = top++;
        for (row = 0; row < size; row++) {
            *at = code++;
            at += 20;
        }
    }
    send_picture(x, y);
}

/* Lets the window, which shows wTileMap, cover the whole screen once it has been brought up to date. */
void window_show(void)
{
    hAutoBGTransferEnabled = 1;
    if (hWY == 0)
        return;
    hAutoBGTransferPortion = 0;
    wait_frames(3);
    hWY = 0;
}

void window_hide(void)
{
    hWY = 144;
    hAutoBGTransferEnabled = 0;
}

void hide_sprites(void)
{
    fill(wShadowOAM, 0, 160);
}
