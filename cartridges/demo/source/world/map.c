/* Loading a map: record, blocks with a border of three and the neighbours' strips, tiles, and the first view. */
#pragma bank 1
#include "world.h"

struct map_head map_head;
uint8_t map_bank;
const uint8_t *tile_kinds;

static const uint8_t connection_bits[] = {8, 4, 2, 1};
static uint8_t was_dark; /* the map before this one */

void find_map(uint8_t map)
{
    far_entry(MAP_TABLE_BANK, MAP_TABLE, map);
}

/* The record that find_map() has found. */
static void load_head(void)
{
    was_dark = map_head.flags & MAP_DARK;
    map_bank = entry_bank;
    far_copy(&map_head, map_bank, entry_address, MAP_HEAD_SIZE);
}

static void find_head(void)
{
    find_map(wCurMap);
    if (entry_bank) {
        load_head();
        return;
    }
    find_map(wLastBlackoutMap); /* a map that this cartridge does not have: wake up where it is safe */
    wCurMap = entry_bank ? wLastBlackoutMap : MAP_FERNHOLM;
    find_map(wCurMap);
    load_head();
    if (map_head.flags & MAP_WAKE) {
        wYCoord = map_head.wake_y;
        wXCoord = map_head.wake_x;
    }
}

static void publish_head(void)
{
    wCurMapTileset = map_head.tileset;
    wCurMapHeight = map_head.height;
    wCurMapWidth = map_head.width;
    wCurMapDataPtr = map_head.blocks;
    wCurrentMapHeight2 = map_head.height * 2;
    wCurrentMapWidth2 = map_head.width * 2;
    wMapBackgroundTile = map_head.border;
    wGrassRate = map_head.wild_rate;
    far_copy(wGrassMons, WILD_TABLE_BANK, WILD_TABLE + map_head.wild_table * 20, 20);
}

static void load_warps_and_signs(void)
{
    uint8_t i, sign[6];
    wNumberOfWarps = map_head.warps.count;
    far_copy(wWarpEntries, map_bank, map_head.warps.at, (uint16_t)map_head.warps.count * 4);
    wNumSigns = map_head.signs.count;
    for (i = 0; i < map_head.signs.count; i++) {
        far_copy(sign, map_bank, map_head.signs.at + i * 6, 6);
        wSignCoords[i * 2] = sign[0];
        wSignCoords[i * 2 + 1] = sign[1];
        wSignTextIDs[i] = sign[2];
    }
}

/* A dark cave stays lit only until one leaves its darkness, as in Red. */
static void darken(void)
{
    if (!(map_head.flags & MAP_DARK))
        wMapPalOffset = 0;
    else if (!was_dark)
        wMapPalOffset = 6;
}

void apply_palette(void)
{
    rBGP = wMapPalOffset ? 0xFE : 0xE4;
}

static void load_border(void)
{
    fill(wOverworldMap, map_head.border, (uint16_t)(map_head.width + 6) * (map_head.height + 6));
}

static void load_blocks(void)
{
    uint8_t y, width = map_head.width;
    uint8_t *row = wOverworldMap + (uint16_t)3 * (width + 6) + 3;
    uint16_t from = map_head.blocks;
    for (y = 0; y < map_head.height; y++) {
        far_copy(row, map_bank, from, width);
        row += width + 6;
        from += width;
    }
}

/* Copies the part of a neighbour that shows in the border. Block (0, 0) of the neighbour lies at (left, top) of this map. */
static void copy_strip(struct map_head *other, int8_t left, int8_t top)
{
    uint8_t bank = entry_bank, width = map_head.width + 6;
    int8_t first = left < -3 ? -3 : left, y = top < -3 ? -3 : top;
    int8_t end_x = left + (int8_t)other->width, end_y = top + (int8_t)other->height;
    uint8_t *to = wOverworldMap + (uint16_t)(uint8_t)(y + 3) * width + (uint8_t)(first + 3);
    uint16_t from = other->blocks + (uint16_t)(uint8_t)(y - top) * other->width + (uint8_t)(first - left);
    if (end_x > (int8_t)map_head.width + 3)
        end_x = map_head.width + 3;
    if (end_y > (int8_t)map_head.height + 3)
        end_y = map_head.height + 3;
    for (; y < end_y; y++) {
        far_copy(to, bank, from, (uint8_t)(end_x - first));
        to += width;
        from += other->width;
    }
}

static void load_strip(uint8_t side)
{
    struct map_head other;
    int8_t offset = map_head.connections[side].offset;
    if (map_head.connections[side].map == 0xFF)
        return;
    find_map(map_head.connections[side].map);
    far_copy(&other, entry_bank, entry_address, MAP_HEAD_SIZE);
    if (other.tileset != map_head.tileset)
        return;
    if (side < 2)
        copy_strip(&other, offset, side ? (int8_t)map_head.height : -(int8_t)other.height);
    else
        copy_strip(&other, side == 3 ? (int8_t)map_head.width : -(int8_t)other.width, offset);
}

/* Fills one of the eleven-byte connection structures: map, and where one arrives. */
static void load_connection(uint8_t side)
{
    uint8_t size[2]; /* height, width */
    uint8_t *entry = wConnections + side * 11;
    int8_t offset = map_head.connections[side].offset;
    entry[0] = map_head.connections[side].map;
    if (entry[0] == 0xFF)
        return;
    wCurMapConnections |= connection_bits[side];
    find_map(entry[0]);
    far_copy(size, entry_bank, entry_address + 1, 2);
    entry[6] = size[1];
    entry[7] = side == 0 ? size[0] * 2 - 1 : side == 1 ? 0 : -offset * 2;
    entry[8] = side == 2 ? size[1] * 2 - 1 : side == 3 ? 0 : -offset * 2;
}

static void load_tileset(void)
{
    uint8_t record[6];
    far_copy(record, TILESET_TABLE_BANK, TILESET_TABLE + map_head.tileset * 6, 6);
    wTilesetBank = record[0];
    wTilesetGfxPtr = record[2] | ((uint16_t)record[3] << 8);
    wTilesetBlocksPtr = record[4] | ((uint16_t)record[5] << 8);
    wTilesetCollisionPtr = tileset_passable[map_head.tileset];
    wGrassTile = tileset_grass[map_head.tileset];
    tile_kinds = tileset_kinds[map_head.tileset];
}

/* The blocks in pieces, numbered from 0. */
static void load_piece(uint8_t piece)
{
    switch (piece) {
    case 0: load_border(); break;
    case 1: load_blocks(); break;
    case 2: apply_changes(); break;
    default: load_strip(piece - 3);
    }
}

#define PIECES 7

/* While the step onto a neighbour map is made: its record and its blocks, a piece a frame, from 0 on. Until the step ends nobody reads
   them. */
void load_ahead(uint8_t map, uint8_t frame)
{
    if (frame == 0) {
        find_map(map);
        load_head();
    } else if (frame <= PIECES)
        load_piece(frame - 1);
}

/* What the record says, at the addresses at which everybody reads it. */
void publish_map(void)
{
    uint8_t side;
    publish_head();
    darken();
    load_warps_and_signs();
    wCurMapConnections = 0;
    for (side = 0; side < 4; side++)
        load_connection(side);
    load_tileset();
    if (map_head.flags & MAP_TOWN)
        set_flag(wTownVisitedFlag, wCurMap);
}

/* Everything but pictures: to be called with wCurMap set. */
static void load_map(void)
{
    uint8_t piece;
    find_head();
    for (piece = 0; piece < PIECES; piece++)
        load_piece(piece);
    publish_map();
}

void load_map_pictures(void)
{
    bring_tiles(SCENERY, wTilesetBank, wTilesetGfxPtr, 0x60);
    scenery_gone = 0;
}

/* Points the view at a position (it may lie one square outside the map while crossing an edge). */
void set_view(int8_t y, int8_t x)
{
    wYBlockCoord = y & 1;
    wXBlockCoord = x & 1;
    wViewPointer = wOverworldMap + (uint16_t)(uint8_t)((uint8_t)(y + 2) >> 1) * (map_head.width + 6) + (uint8_t)((uint8_t)(x + 2) >> 1);
    build_view();
}

/* Draws the whole view into the background map; the screen must be off. */
void show_map(void)
{
    uint8_t y;
    set_view(wYCoord, wXCoord);
    for (y = 0; y < 18; y++)
        copy((void *)(0x9800 + (uint16_t)y * 32), wTileMap + (uint16_t)y * 20, 20);
    wMapViewVRAMPointer = 0x9800;
    hSCX = 0;
    hSCY = 0;
}

/* Loads and shows wCurMap with the player at wYCoord, wXCoord. */
void enter_map(void)
{
    screen_off();
    window_hide();
    load_map();
    load_map_pictures();
    forget_pictures();
    load_people();
    show_map();
    step_phase = 0;
    wWalkCounter = 0;
    wUpdateSpritesEnabled = 1;
    draw_people();
    apply_palette();
    screen_on();
    wait_frame();
}

/* After a full-screen menu: the map's tiles and what lay under the menu. */
void restore_map_behind_menu(void) __banked
{
    if (scenery_gone) {
        clear_tiles();
        wait_frames(3);
        load_map_pictures();
    }
    window_hide();
    build_view();
    draw_people();
    wait_frame();
}
