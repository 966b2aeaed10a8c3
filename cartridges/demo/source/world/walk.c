/* Steps: turning, collision, scrolling, ledges. */
#pragma bank 1
#include "world.h"

#define FACING_OF_PLAYER wSpriteState1[9]
#define Y_VECTOR wSpriteState1[3]
#define X_VECTOR wSpriteState1[5]

const int8_t step_y[4] = {1, -1, 0, 0};
const int8_t step_x[4] = {0, 0, -1, 1};
static const uint8_t direction_bits[4] = {4, 8, 2, 1}; /* down, up, left, right, as in Red */

/* The lower left tile of the square in front, which decides about it. */
static uint8_t tile_in_front(uint8_t side)
{
    return *tile_at(8 + step_x[side] * 2, 9 + step_y[side] * 2);
}

static uint8_t is_in(const uint8_t *list, uint8_t tile)
{
    for (; *list != 0xFF; list++)
        if (*list == tile)
            return 1;
    return 0;
}

static uint8_t kind_of(uint8_t tile)
{
    return tile < 0x60 ? tile_kinds[tile] : 0;
}

/* What the player stands on. */
uint8_t kind_here(void)
{
    return kind_of(*tile_at(8, 9));
}

/* A square in sight, seen from the player: could one stand there? */
uint8_t square_is_passable(int8_t squares_down, int8_t squares_right)
{
    return is_in(wTilesetCollisionPtr, *tile_at(8 + squares_right * 2, 9 + squares_down * 2));
}

static uint8_t leaves_map(uint8_t y, uint8_t x)
{
    return y >= wCurrentMapHeight2 || x >= wCurrentMapWidth2;
}

static uint8_t has_connection(uint8_t side)
{
    static const uint8_t bits[4] = {4, 8, 2, 1};
    return wCurMapConnections & bits[side];
}

static uint8_t is_free(uint8_t side, uint8_t y, uint8_t x)
{
    if (wSimulatedJoypadStatesIndex)
        return 1;
    if (leaves_map(y, x) && !has_connection(side))
        return 0;
    return is_in(wTilesetCollisionPtr, wTileInFrontOfPlayer) && !person_at(y, x);
}

static uint16_t scrolled(uint16_t pointer, int8_t rows, int8_t columns)
{
    uint8_t column = (uint8_t)(pointer + columns) & 31;
    uint16_t row = (pointer + rows * 32) & 0x3E0;
    return 0x9800 | row | column;
}

/* Hands the two rows or columns that come into view to the vblank handler. */
static void queue_strip(uint8_t side)
{
    uint8_t i, *to = wRedrawTiles;
    const uint8_t *from;
    if (side < 2) {
        copy(to, tile_at(0, side ? 0 : 16), 40);
        hRedrawDest = scrolled(wMapViewVRAMPointer, side ? 0 : 16, 0);
        hRedrawMode = 2;
        return;
    }
    from = tile_at(side == 2 ? 0 : 18, 0);
    for (i = 0; i < 18; i++) {
        *to++ = from[0];
        *to++ = from[1];
        from += 20;
    }
    hRedrawDest = scrolled(wMapViewVRAMPointer, 0, side == 2 ? 0 : 18);
    hRedrawMode = 1;
}

static void scroll_pixel(uint8_t side, uint8_t hop)
{
    hSCX += step_x[side];
    hSCY += step_y[side];
    wWalkCounter = (uint8_t)(17 - step_phase) >> 1;
    wSpriteState1[4] = 60 - (hop ? (step_phase < 9 ? step_phase : 17 - step_phase) : 0);
}

/* The last of the sixteen frames already shows the new coordinates: who lets go of the button when they change stops here. */
static void arrive_on_square(uint8_t side, uint8_t loaded)
{
    wYCoord += step_y[side];
    wXCoord += step_x[side];
    step_phase = 0;
    wWalkCounter = 0;
    wPlayerLastStopDirection = wPlayerMovingDirection;
    wPlayerMovingDirection = 0;
    wSpriteState1[4] = 60;
    step_number++;
    cross_edge(loaded);
}

static void one_square(uint8_t side, uint8_t hop)
{
    uint8_t next = neighbour_ahead(wYCoord + step_y[side], wXCoord + step_x[side]);
    Y_VECTOR = step_y[side];
    X_VECTOR = step_x[side];
    wPlayerMovingDirection = direction_bits[side];
    wPlayerDirection = wPlayerMovingDirection;
    set_view(wYCoord + step_y[side], wXCoord + step_x[side]);
    wMapViewVRAMPointer = scrolled(wMapViewVRAMPointer, step_y[side] * 2, step_x[side] * 2);
    queue_strip(side);
    for (step_phase = 1; step_phase < 16; step_phase++) {
        scroll_pixel(side, hop);
        draw_people();
        if (next != NO_MAP)
            load_ahead(next, step_phase - 1);
        wait_frame();
    }
    scroll_pixel(side, hop);
    arrive_on_square(side, next);
    draw_people();
    wait_frame();
}

/* One step without asking what is in the way. */
void walk_step(uint8_t facing)
{
    FACING_OF_PLAYER = facing;
    one_square(facing >> 2, 0);
}

static uint8_t hops_ledge(uint8_t side)
{
    static const uint8_t ledges[4] = {KIND_LEDGE, 0, KIND_LEDGE_LEFT, KIND_LEDGE_RIGHT};
    return side != 1 && kind_of(wTileInFrontOfPlayer) == ledges[side] &&
           !person_at(wYCoord + step_y[side] * 2, wXCoord + step_x[side] * 2);
}

/* A held direction. Returns 1 if a step was made. */
uint8_t try_move(uint8_t facing)
{
    uint8_t side = facing >> 2, before = FACING_OF_PLAYER;
    FACING_OF_PLAYER = facing;
    if (before == (facing ^ 4)) { /* turning round takes a moment, and a short tap only turns */
        draw_people();
        wait_frames(3);
        return 0;
    }
    wTileInFrontOfPlayer = tile_in_front(side);
    if (hops_ledge(side)) {
        one_square(side, 1);
        one_square(side, 1);
        return 1;
    }
    if (!is_free(side, wYCoord + step_y[side], wXCoord + step_x[side]))
        return 0;
    one_square(side, 0);
    return 1;
}

/* Ice carries on as long as it lasts; a pushing square carries its own way until a wall, another or a stopping square. */
void carry_on(void)
{
    uint8_t kind, side = FACING_OF_PLAYER >> 2, pushed = 0;
    for (;;) {
        kind = kind_here();
        if (kind >= KIND_PUSH_DOWN) {
            side = kind - KIND_PUSH_DOWN;
            pushed = 1;
        } else if (kind == KIND_STOP || (kind != KIND_ICE && !pushed))
            return;
        wTileInFrontOfPlayer = tile_in_front(side);
        if (leaves_map(wYCoord + step_y[side], wXCoord + step_x[side]) || !is_free(side, wYCoord + step_y[side], wXCoord + step_x[side]))
            return;
        if (pushed)
            FACING_OF_PLAYER = side << 2;
        one_square(side, 0);
    }
}
