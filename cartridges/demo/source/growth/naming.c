/* The naming screen: letters in a grid, as in Red: A types, B takes back, START or END finishes, SELECT changes case. */
#pragma bank 5
#include "growth.h"

#define COLUMNS 9
#define ROWS 5
#define LETTERS 45
#define CURSOR 0xED
#define SPACE 0x7F
#define END_OF_NAME 0x50
#define UNDERSCORE 0x76
#define PLACE_OF_END 44

/* The last place is END. */
static const char upper[LETTERS] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ ():-?!./,'       ";
static const char lower[LETTERS] = "abcdefghijklmnopqrstuvwxyz ():-?!./,'       ";

static uint8_t length, most, place;

static uint8_t letter_code(uint8_t number)
{
    uint8_t code[2];
    char text[2];
    text[0] = wAlphabetCase ? lower[number] : upper[number];
    text[1] = 0;
    encode_name(code, text);
    return code[0];
}

static uint8_t *cell(uint8_t number)
{
    return tile_at(2 + number % COLUMNS * 2, 5 + number / COLUMNS * 2);
}

static void draw_letters(void)
{
    uint8_t number;
    box(0, 4, 18, 9);
    for (number = 0; number < PLACE_OF_END; number++) {
        if (!(number & 7))
            wait_frame();
        *cell(number) = letter_code(number);
    }
    wait_frame();
    put(16, 13, "END");
    put(2, 15, wAlphabetCase ? "UPPER CASE" : "lower case");
    put(2, 16, "SELECT: case");
}

static void draw_name(void)
{
    uint8_t i;
    for (i = 0; i < most; i++)
        *tile_at(9 + i, 2) = i < length ? wNamingBuffer[i] : UNDERSCORE;
}

static void move_cursor(uint8_t pressed)
{
    uint8_t row = place / COLUMNS, column = place % COLUMNS;
    if (pressed & BUTTON_RIGHT)
        column = column == COLUMNS - 1 ? 0 : column + 1;
    else if (pressed & BUTTON_LEFT)
        column = column ? column - 1 : COLUMNS - 1;
    else if (pressed & BUTTON_DOWN)
        row = row == ROWS - 1 ? 0 : row + 1;
    else if (pressed & BUTTON_UP)
        row = row ? row - 1 : ROWS - 1;
    place = row * COLUMNS + column;
}

static void type(void)
{
    if (length < most)
        wNamingBuffer[length++] = letter_code(place);
    if (length == most)
        place = PLACE_OF_END;
}

/* Returns 1 when the name is finished. */
static uint8_t act(uint8_t pressed)
{
    if (pressed & BUTTON_START || (pressed & BUTTON_A && place == PLACE_OF_END))
        return 1;
    if (pressed & BUTTON_A)
        type();
    else if (pressed & BUTTON_B && length)
        length--;
    else if (pressed & BUTTON_SELECT) {
        wAlphabetCase ^= 1;
        draw_letters();
    } else
        move_cursor(pressed);
    return 0;
}

/* Types a name of at most `room` letters into wNamingBuffer; an empty one means that the old name stays. */
static void type_name(uint8_t room, const char *title)
{
    most = room;
    length = 0;
    place = 0;
    wAlphabetCase = 0;
    hide_sprites();
    clear_tiles();
    put(1, 1, title);
    draw_letters();
    window_show();
    do {
        draw_name();
        *(cell(place) - 1) = CURSOR;
        wait_frame();
        *(cell(place) - 1) = SPACE;
    } while (!act(hJoyPressed));
    wNamingBuffer[length] = END_OF_NAME;
}

void name_mon(uint8_t slot) __banked
{
    copy_name(wNameBuffer, PARTY_NICK(slot));
    print_text(TEXT_NAME_IT);
    if (!ask_yes_no())
        return;
    type_name(10, "WHAT NAME?");
    if (length)
        copy(PARTY_NICK(slot), wNamingBuffer, NAME_SIZE);
}

void name_player(void) __banked
{
    type_name(7, "YOUR NAME?");
    if (length)
        copy_name(wPlayerName, wNamingBuffer);
}
