/* Ways from map to map: warps (read from the table in RAM, as Red does) and edges. */
#pragma bank 1
#include "world.h"

#define LAST_MAP 0xFF

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

/* Puts the player on the destination's warp number wDestinationWarpID. */
static void arrive(void)
{
    uint8_t warp[4];
    struct map_head there;
    find_map(wCurMap);
    if (!entry_bank)
        return;
    far_copy(&there, entry_bank, entry_address, MAP_HEAD_SIZE);
    if (wDestinationWarpID >= there.warps.count)
        return;
    far_copy(warp, entry_bank, there.warps.at + (uint16_t)wDestinationWarpID * 4, 2);
    wYCoord = warp[0];
    wXCoord = warp[1];
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
    wCurMap = hWarpDestinationMap;
    arrive();
    entered_map = 1;
    enter_map();
    if (is_outside(wCurMapTileset) && stands_on_door())
        walk_step(FACING_DOWN);
}

static uint8_t next_tileset(uint8_t map)
{
    find_map(map);
    return entry_bank ? far_byte(entry_bank, (const uint8_t *)entry_address) : wCurMapTileset;
}

static void enter_neighbour(uint8_t side)
{
    const uint8_t *connection = wConnections + side * 11;
    wCurMap = connection[0];
    if (side < 2) {
        wYCoord = connection[7];
        wXCoord += connection[8];
    } else {
        wYCoord += connection[7];
        wXCoord = connection[8];
    }
    entered_map = 1;
    if (next_tileset(connection[0]) != wCurMapTileset) {
        enter_map();
        return;
    }
    wNumSprites = 0; /* the old map's people go before their pictures are overwritten */
    draw_people();
    wait_frame();
    load_map();
    load_people();
    set_view(wYCoord, wXCoord);
    draw_people();
}

/* After a step that ended outside the map. */
void cross_edge(void)
{
    if (wYCoord == 0xFF)
        enter_neighbour(0);
    else if (wYCoord == wCurrentMapHeight2)
        enter_neighbour(1);
    else if (wXCoord == 0xFF)
        enter_neighbour(2);
    else if (wXCoord == wCurrentMapWidth2)
        enter_neighbour(3);
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
    wCurMap = wLastBlackoutMap;
    wYCoord = home.wake_y;
    wXCoord = home.wake_x;
    wSpriteState1[9] = FACING_DOWN;
    entered_map = 1;
    enter_map();
}
