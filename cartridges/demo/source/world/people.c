/* People on the map: the sprite tables at C100 and C200, their pictures, and the object list. Slot 0 is the player. */
#pragma bank 1
#include "world.h"

#define STATE1(slot) BYTES(0xC100 | (uint8_t)((slot) << 4))
#define STATE2(slot) BYTES(0xC200 | (uint8_t)((slot) << 4))
#define PICTURE 0
#define IMAGE 2
#define Y_PIXELS 4
#define X_PIXELS 6
#define FACING 9
#define MAP_Y 4 /* in the second table, four more than the square, as in Red */
#define MAP_X 5
#define TILE_BASE 14
#define TILES_STANDING 12
#define PLAYER_TILES 24
#define PLACES 8
#define EXCLAMATION_MARK 0xE7 /* a letter of the font, whose tiles sprites can use, too */

uint8_t step_phase;
uint8_t step_number;
static uint8_t moving_slot, moving_phase; /* a person on the way to the next square */
static uint8_t scrolled_y, scrolled_x;    /* pixels that the current step has moved the map */
static uint8_t loaded[PLACES], coming;    /* pictures behind the player's, and the place of the last that was sent for */
static uint8_t undressed;                 /* who is to get a picture next, or 0 */
static uint8_t objects_end;               /* behind the last object that was drawn */

static void send_person(uint8_t picture, uint8_t tile, uint8_t tiles)
{
    far_entry(PEOPLE_ART_TABLE_BANK, PEOPLE_ART_TABLE, picture - 1);
    send_tiles(0x8000 + (uint16_t)tile * 16, entry_bank, entry_address, tiles);
}

/* Place of a picture among those that are loaded or on their way, or PLACES. */
static uint8_t place_of(uint8_t picture)
{
    uint8_t place;
    for (place = 0; place < PLACES && loaded[place] != picture; place++)
        ;
    return place;
}

static uint8_t is_worn(uint8_t picture)
{
    uint8_t slot;
    for (slot = 1; slot < 16; slot++)
        if (STATE1(slot)[PICTURE] == picture)
            return 1;
    return 0;
}

/* A place that nobody here needs; a map has at most so many different pictures. */
static uint8_t free_place(void)
{
    uint8_t place;
    for (place = 0; place < PLACES - 1; place++)
        if (!loaded[place] || !is_worn(loaded[place]))
            break;
    return place;
}

/* Gives a person the tiles of the picture, or sends for them. */
static void dress(uint8_t slot)
{
    uint8_t picture = STATE1(slot)[PICTURE], place = place_of(picture);
    if (!picture)
        return;
    if (place == PLACES) {
        if (video_tiles)
            return;
        place = free_place();
        loaded[place] = picture;
        coming = place;
        send_person(picture, PLAYER_TILES + place * TILES_STANDING, TILES_STANDING);
    }
    if (!video_tiles || place != coming)
        STATE2(slot)[TILE_BASE] = PLAYER_TILES + place * TILES_STANDING;
}

/* Pictures come one after the other while the game goes on; who has none yet is not drawn. One person a frame. */
static void dress_next(void)
{
    dress(undressed);
    if (STATE1(undressed)[PICTURE] && !STATE2(undressed)[TILE_BASE])
        return;
    if (++undressed > wNumSprites || undressed > 15)
        undressed = 0;
}

/* For a new map, whose pictures are loaded while the screen is off. */
void forget_pictures(void)
{
    fill(loaded, 0, PLACES);
    send_person(1, 0, PLAYER_TILES);
}

static uint8_t is_here(const struct person *person)
{
    if (person->show != 0xFFFF && !condition_holds(person->show))
        return 0;
    return person->hide == 0xFFFF || !condition_holds(person->hide);
}

void read_person(uint8_t slot, struct person *into)
{
    far_copy(into, map_bank, map_head.people.at + (uint16_t)(slot - 1) * PERSON_SIZE, PERSON_SIZE);
}

static void place_person(uint8_t slot)
{
    struct person person;
    read_person(slot, &person);
    wMapSpriteData[slot * 2 - 1] = (uint8_t)person.text;
    if (!is_here(&person))
        return;
    STATE1(slot)[PICTURE] = person.picture;
    STATE1(slot)[FACING] = person.facing;
    STATE2(slot)[MAP_Y] = person.y + 4;
    STATE2(slot)[MAP_X] = person.x + 4;
    if (place_of(person.picture) != PLACES || !(rLCDC & 0x80))
        dress(slot);
}

static void place_player(void)
{
    STATE1(0)[PICTURE] = 1;
    STATE1(0)[Y_PIXELS] = 60;
    STATE1(0)[X_PIXELS] = 64;
}

void load_people(void)
{
    uint8_t slot;
    fill(wSpriteState1 + 16, 0, 240);
    fill(wSpriteState2 + 16, 0, 240);
    wNumSprites = map_head.people.count;
    place_player();
    for (slot = 1; slot <= map_head.people.count && slot < 16; slot++)
        place_person(slot);
    undressed = 1;
}

/* Slot of the person on a square, or 0. */
uint8_t person_at(uint8_t y, uint8_t x)
{
    uint8_t slot;
    for (slot = 1; slot <= wNumSprites && slot < 16; slot++)
        if (STATE1(slot)[PICTURE] && STATE2(slot)[MAP_Y] == y + 4 && STATE2(slot)[MAP_X] == x + 4)
            return slot;
    return 0;
}

void face_person_to_player(uint8_t slot)
{
    STATE1(slot)[FACING] = STATE1(0)[FACING] ^ 4;
}

/* objects.s: sixteen by sixteen pixels as four objects; a right side is a left side mirrored. */
uint8_t *put_object(uint8_t *oam, uint8_t y, uint8_t x, uint8_t tile, uint8_t mirrored);

/* True if a menu or text box lies where a sprite at these pixels would be drawn. */
static uint8_t is_covered(uint8_t y, uint8_t x)
{
    uint8_t row = (uint8_t)(y + 4) >> 3, column = x >> 3;
    uint8_t *at;
    if (row > 16 || column > 18)
        return 0;
    at = tile_at(column, row);
    return at[0] >= 0x60 || at[1] >= 0x60 || at[20] >= 0x60 || at[21] >= 0x60;
}

static uint8_t tile_of_side(uint8_t facing, uint8_t walking)
{
    uint8_t side = facing == FACING_RIGHT ? 2 : facing >> 2;
    return side * 4 + (walking ? TILES_STANDING : 0);
}

static uint8_t *draw_player(uint8_t *oam)
{
    uint8_t facing = STATE1(0)[FACING];
    uint8_t walking = step_phase >= 4 && step_phase < 12;
    uint8_t mirrored = facing == FACING_RIGHT || (facing < FACING_LEFT && walking && (step_number & 1));
    STATE1(0)[IMAGE] = facing + (walking ? 1 : 0);
    if (!step_phase && is_covered(60, 64))
        return oam;
    return put_object(oam, STATE1(0)[Y_PIXELS], 64, tile_of_side(facing, walking), mirrored);
}

/* Numbers of pixels are kept in a byte: 241 to 255 lie above or left of the screen. */
static uint8_t *draw_person(uint8_t slot, uint8_t *oam)
{
    uint8_t *one = STATE1(slot), *two = STATE2(slot);
    uint8_t facing = one[FACING], y = two[MAP_Y] + 1 - wYCoord, x = two[MAP_X] + 1 - wXCoord;
    one[IMAGE] = 0xFF;
    if (!two[TILE_BASE] || y > 11 || x > 11) /* five squares above or left to six below or right */
        return oam;
    y = (uint8_t)(y << 4) - 20 - scrolled_y;
    x = (uint8_t)(x << 4) - 16 - scrolled_x;
    if (slot == moving_slot) {
        y += step_y[facing >> 2] * (int8_t)moving_phase;
        x += step_x[facing >> 2] * (int8_t)moving_phase;
    }
    if ((y >= 144 && y <= 240) || (x >= 160 && x <= 240) || (!step_phase && is_covered(y, x)))
        return oam;
    one[Y_PIXELS] = y;
    one[X_PIXELS] = x;
    one[IMAGE] = facing;
    return put_object(oam, y, x, two[TILE_BASE] + tile_of_side(facing, 0), facing == FACING_RIGHT);
}

static uint8_t along(uint8_t vector)
{
    return vector == 1 ? step_phase : vector ? -step_phase : 0;
}

void draw_people(void)
{
    uint8_t slot, last = wNumSprites < 16 ? wNumSprites : 15, *oam = wShadowOAM;
    uint8_t *end = wShadowOAM + objects_end;
    if (undressed)
        dress_next();
    scrolled_y = along(wSpriteState1[3]);
    scrolled_x = along(wSpriteState1[5]);
    oam = draw_player(oam);
    for (slot = 1; slot <= last && oam < wShadowOAM + 144; slot++)
        if (STATE1(slot)[PICTURE])
            oam = draw_person(slot, oam);
    objects_end = (uint8_t)oam;
    for (; oam < end; oam += 4)
        *oam = 0;
}

/* For menus that lie over the map. */
void refresh_people(void) __banked
{
    draw_people();
}

/* One square, whatever is in the way. */
void walk_person(uint8_t slot, uint8_t facing)
{
    STATE1(slot)[FACING] = facing;
    moving_slot = slot;
    for (moving_phase = 1; moving_phase < 16; moving_phase++) {
        draw_people();
        wait_frame();
    }
    moving_slot = 0;
    STATE2(slot)[MAP_Y] += step_y[facing >> 2];
    STATE2(slot)[MAP_X] += step_x[facing >> 2];
    draw_people();
    wait_frame();
}

/* An exclamation mark over a person's head, for half a second. */
void exclaim(uint8_t slot)
{
    uint8_t *oam = wShadowOAM + 156;
    oam[0] = STATE1(slot)[Y_PIXELS] + 8;
    oam[1] = STATE1(slot)[X_PIXELS] + 12;
    oam[2] = EXCLAMATION_MARK;
    oam[3] = 0;
    wait_frames(30);
    oam[0] = 0;
}
