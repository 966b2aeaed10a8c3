/* Ways from map to map: warps (read from the table in RAM, as Red does) and edges. */
#pragma bank 1
#include "world.h"

#define LAST_MAP 0xFF
#define NO_SIDE 4

uint8_t entered_map;

uint8_t stands_on_door(void)
{
    return kind_here() == KIND_DOOR;
}

/* Number of the warp the player stands on plus one, or 0. */
uint8_t warp_here(void)
{
    uint8_t i;
    const uint8_t *warp = wWarpEntries;
    for (i = 0; i < wNumberOfWarps && i < 32; i++, warp += 4)
        if (warp[0] == wYCoord && warp[1] == wXCoord)
            return i + 1;
    return 0;
}

static uint8_t is_outside(uint8_t tileset)
{
    return tileset_outside[tileset];
}

/* All at once, so that nobody of the old map is ever seen on the new one. */
void stand_on(uint8_t map, uint8_t y, uint8_t x)
{
    wNumSprites = 0;
    wYCoord = y;
    wXCoord = x;
    wCurMap = map;
    entered_map = 1;
}

/* Puts the player on the destination's warp number wDestinationWarpID. */
static void arrive(void)
{
    uint8_t warp[2];
    struct map_head there;
    warp[0] = wYCoord;
    warp[1] = wXCoord;
    find_map(hWarpDestinationMap);
    if (entry_bank) {
        far_copy(&there, entry_bank, entry_address, MAP_HEAD_SIZE);
        if (wDestinationWarpID < there.warps.count)
            far_copy(warp, entry_bank, there.warps.at + (uint16_t)wDestinationWarpID * 4, 2);
    }
    stand_on(hWarpDestinationMap, warp[0], warp[1]);
}

void take_warp(uint8_t number)
{
    const uint8_t *warp = wWarpEntries + (uint16_t)(number - 1) * 4;
    wDestinationWarpID = warp[2];
    hWarpDestinationMap = warp[3];
    if (hWarpDestinationMap == LAST_MAP)
        hWarpDestinationMap = wLastMap;
    else if (is_outside(wCurMapTileset))
        wLastMap = wCurMap;
    arrive();
    enter_map();
    if (is_outside(wCurMapTileset) && stands_on_door())
        walk_step(FACING_DOWN);
}

/* The side at which a square next to the map lies, or NO_SIDE. */
static uint8_t side_of(uint8_t y, uint8_t x)
{
    if (y == 0xFF)
        return 0;
    if (y == wCurrentMapHeight2)
        return 1;
    if (x == 0xFF)
        return 2;
    return x == wCurrentMapWidth2 ? 3 : NO_SIDE;
}

/* The neighbour map with the same scenery to which a square next to this map belongs, or NO_MAP. */
uint8_t neighbour_ahead(uint8_t y, uint8_t x)
{
    uint8_t side = side_of(y, x), map;
    if (side == NO_SIDE)
        return NO_MAP;
    map = wConnections[side * 11];
    find_map(map);
    if (!entry_bank || far_byte(entry_bank, (const uint8_t *)entry_address) != wCurMapTileset)
        return NO_MAP;
    return map;
}

/* After a step that ended outside the map. `loaded`: the neighbour that load_ahead() has read, or NO_MAP. The old map's people go a
   frame before the new ones come. */
void cross_edge(uint8_t loaded)
{
    uint8_t side = side_of(wYCoord, wXCoord);
    const uint8_t *connection = wConnections + side * 11;
    if (side == NO_SIDE)
        return;
    if (side < 2)
        stand_on(connection[0], connection[7], wXCoord + connection[8]);
    else
        stand_on(connection[0], wYCoord + connection[7], connection[8]);
    if (loaded == NO_MAP) {
        enter_map();
        return;
    }
    publish_map();
    set_view(wYCoord, wXCoord);
    draw_people();
    wait_frame();
    load_people();
}

/* Where one wakes up after losing: at the place that the map which healed last has for it. */
void go_to_safe_place(void) __banked
{
    struct map_head home;
    uint8_t known;
    find_map(wLastBlackoutMap);
    known = entry_bank;
    if (known)
        far_copy(&home, entry_bank, entry_address, MAP_HEAD_SIZE);
    if (!known || !(home.flags & MAP_WAKE)) {
        wLastBlackoutMap = MAP_FERNHOLM;
        find_map(MAP_FERNHOLM);
        far_copy(&home, entry_bank, entry_address, MAP_HEAD_SIZE);
    }
    stand_on(wLastBlackoutMap, home.wake_y, home.wake_x);
    wSpriteState1[9] = FACING_DOWN;
    enter_map();
}
