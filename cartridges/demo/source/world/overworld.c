/* The main loop: buttons, steps and what follows a step. */
#pragma bank 1
#include "world.h"
#include "../battle/battle.h"
#include "../screens/screens.h"

static uint8_t held_facing(void)
{
    uint8_t held = hJoyHeld;
    if (held & BUTTON_DOWN)
        return FACING_DOWN;
    if (held & BUTTON_UP)
        return FACING_UP;
    if (held & BUTTON_LEFT)
        return FACING_LEFT;
    return FACING_RIGHT;
}

static uint8_t at_edge(uint8_t facing)
{
    switch (facing) {
    case FACING_DOWN: return wYCoord == wCurrentMapHeight2 - 1;
    case FACING_UP: return wYCoord == 0;
    case FACING_LEFT: return wXCoord == 0;
    default: return wXCoord == wCurrentMapWidth2 - 1;
    }
}

static uint8_t repelled(uint8_t level)
{
    return wRepelRemainingSteps && wPartyCount && level < PARTY_MON(0)[MON_LEVEL];
}

static void count_repel(void)
{
    if (!wRepelRemainingSteps || --wRepelRemainingSteps)
        return;
    talk_box();
    say(TEXT_REPEL_ENDED);
    close_talk();
}

/* Wild glims: in grass, in caves anywhere, with the map's chance out of 256 a step. */
static uint8_t meets_wild(void)
{
    if (!(map_head.flags & MAP_WILD_ANYWHERE) && *tile_at(8, 9) != wGrassTile)
        return 0;
    if (!wGrassRate || !wPartyCount || first_healthy() == 6)
        return 0;
    if (wNoRandomBattleSteps) {
        wNoRandomBattleSteps--;
        return 0;
    }
    return random() < wGrassRate;
}

static void after_battle(uint8_t result)
{
    wNoRandomBattleSteps = 3;
    if (result == BATTLE_LOST)
        after_lost_battle();
    else
        enter_map();
}

static void wild_battle(void)
{
    uint8_t slot = 0, luck = random(), pair[2];
    static const uint8_t limits[9] = {50, 101, 140, 165, 190, 215, 228, 241, 252};
    while (slot < 9 && luck > limits[slot])
        slot++;
    copy(pair, wGrassMons + slot * 2, 2);
    if (repelled(pair[0]))
        return;
    after_battle(battle_wild(pair[1], pair[0]));
}

static void after_step(void)
{
    uint8_t warp;
    wStepCounter--;
    carry_on();
    count_repel();
    field_poison();
    if (entered_map || run_trigger())
        return;
    warp = warp_here();
    if (warp && stands_on_door())
        take_warp(warp);
    else if (!trainer_sees() && meets_wild())
        wild_battle();
}

/* A frame in which nobody goes anywhere. */
static void stand(void)
{
    draw_people();
    wait_frame();
}

static void handle_direction(void)
{
    uint8_t facing = held_facing();
    uint8_t warp = at_edge(facing) ? warp_here() : 0;
    if (warp) {
        wSpriteState1[9] = facing;
        take_warp(warp);
    } else if (try_move(facing))
        after_step();
    else
        stand();
}

static void menu(void)
{
    uint8_t elsewhere = engaged_elsewhere();
    start_menu();
    close_talk();
    if (elsewhere && engaged_elsewhere())
        after_battle(fight_engaged());
}

static void handle_buttons(void)
{
    if (hJoyPressed & BUTTON_START)
        menu();
    else if (wStatusFlags7 & TRAINER_WANTS_BATTLE && !engaged_elsewhere())
        engage();
    else if (hJoyPressed & BUTTON_A) {
        interact();
        stand();
    } else if (hJoyHeld & BUTTONS_DIRECTION)
        handle_direction();
    else
        stand();
}

void overworld(void) __banked
{
    entered_map = 1;
    enter_map();
    run_map_script();
    for (;;) {
        apply_palette();
        handle_buttons();
        run_map_script();
    }
}
