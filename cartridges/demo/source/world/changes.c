/* Blocks that look otherwise while an event holds: doors that open, switches, cut trees. */
#pragma bank 1
#include "world.h"

struct change { uint16_t condition; uint8_t y, x, block; };

static uint8_t original_block(const struct change *change)
{
    return far_byte(map_bank, (const uint8_t *)(map_head.blocks + (uint16_t)change->y * map_head.width + change->x));
}

/* Brings the blocks in RAM up to date with the events. Returns 1 if any of them changed. */
uint8_t apply_changes(void)
{
    uint8_t i, block, changed = 0, *at;
    struct change change;
    for (i = 0; i < map_head.changes.count; i++) {
        far_copy(&change, map_bank, map_head.changes.at + (uint16_t)i * sizeof(change), sizeof(change));
        at = wOverworldMap + (uint16_t)(change.y + 3) * (map_head.width + 6) + change.x + 3;
        block = condition_holds(change.condition) ? change.block : original_block(&change);
        changed |= *at != block;
        *at = block;
    }
    return changed;
}

/* Draws the whole view again, two rows a frame, without switching the screen off. */
void show_changes(void)
{
    uint8_t row;
    set_view(wYCoord, wXCoord);
    for (row = 0; row < 18; row += 2) {
        copy(wRedrawTiles, tile_at(0, row), 40);
        hRedrawDest = 0x9800 | ((wMapViewVRAMPointer + (uint16_t)row * 32) & 0x3E0) | (wMapViewVRAMPointer & 31);
        hRedrawMode = 2;
        wait_frame();
    }
}
