/* The commands of scripts. */
#pragma bank 1
#include "script.h"
#include "../battle/battle.h"
#include "../creatures/creatures.h"
#include "../screens/screens.h"
#include "../items/items.h"
#include "../growth/growth.h"

static void hide_window(void)
{
    if (hWY != 144)
        close_talk();
}

static void say_here(uint16_t text)
{
    talk_box();
    say(text);
}

static void command_say(void)
{
    say_here(next_word());
}

static void command_note(void)
{
    talk_box();
    print_text(next_word());
}

static void command_set(void)
{
    set_event(next_word());
}

static void command_clear(void)
{
    clear_event(next_word());
}

static void command_toggle(void)
{
    uint16_t number = next_word();
    if (event(number))
        clear_event(number);
    else
        set_event(number);
}

static void command_badge(void)
{
    uint8_t badge = next_byte();
    set_flag(&wObtainedBadges, badge);
    set_flag(&wBeatGymFlags, badge);
}

static void name_of_item(uint8_t item)
{
    item_name(item);
    copy_name(wNameBuffer, wStringBuffer);
}

static void command_give(void)
{
    uint8_t item = next_byte(), count = next_byte(), fits = bag_add(item, count);
    name_of_item(item);
    say_here(TEXT_GOT_ITEM);
    if (fits)
        return;
    say_here(TEXT_BAG_IS_FULL);
    stop_script();
}

static void command_take(void)
{
    uint8_t item = next_byte(), count = next_byte(), place = bag_place(item);
    name_of_item(item);
    if (place == 0xFF)
        return;
    while (count-- && wBagItems[place * 2] == item)
        bag_remove(place);
    say_here(TEXT_ITEM_GONE);
}

static void name_of_species(uint8_t species)
{
    species_name(species);
    copy(wNameBuffer, wStringBuffer, 11);
}

static void command_glim(void)
{
    uint8_t mon[MON_SIZE], species = next_byte(), room;
    build_mon(mon, species, next_byte(), 0x88, 0x88);
    wait_frame();
    room = take_mon(mon);
    name_of_species(species);
    talk_box();
    if (room == NO_ROOM) {
        say(TEXT_BOX_FULL);
        stop_script();
        return;
    }
    say(TEXT_GOT_GLIM);
    if (room == IN_BOX)
        say(TEXT_SENT_TO_BOX);
}

static uint8_t place_of_starter(uint8_t species)
{
    uint8_t place = 0;
    while (place < STARTER_COUNT && starter_pairs[place * 2] != species)
        place++;
    return place < STARTER_COUNT ? place : 0;
}

static void command_starter(void)
{
    wPlayerStarter = next_byte();
    wRivalStarter = starter_pairs[place_of_starter(wPlayerStarter) * 2 + 1];
}

static void command_rivalname(void)
{
    name_of_species(wRivalStarter);
}

static void command_pay(void)
{
    uint8_t i, price[3];
    for (i = 0; i < 3; i++)
        price[i] = next_byte();
    if (money_enough(price)) {
        money_take(price);
        return;
    }
    say_here(TEXT_TOO_POOR);
    stop_script();
}

static void fight(uint8_t trainer, uint8_t number, uint8_t may_lose)
{
    last_battle_won = trainer_battle(trainer, number) == BATTLE_WON;
    if (last_battle_won || may_lose)
        return;
    after_lost_battle();
    stop_script();
}

static void command_battle(void)
{
    uint8_t trainer = next_byte();
    fight(trainer, next_byte(), 0);
}

static void command_spar(void)
{
    uint8_t trainer = next_byte();
    fight(trainer, next_byte(), 1);
}

/* The rival's parties are listed in the order of the starters, all of one meeting together. */
static void command_rival(void)
{
    fight(TRAINER_RIVAL, next_byte() * STARTER_COUNT + place_of_starter(wRivalStarter), 0);
}

static void command_rivalspar(void)
{
    fight(TRAINER_RIVAL, next_byte() * STARTER_COUNT + place_of_starter(wRivalStarter), 1);
}

static void command_warp(void)
{
    uint8_t map = next_byte(), x = next_byte(), y = next_byte();
    hide_window();
    stand_on(map, y, x);
    wSpriteState1[9] = next_byte();
    enter_map();
}

static void command_walk(void)
{
    uint8_t facing = next_byte(), count = next_byte();
    hide_window();
    while (count--)
        walk_step(facing);
}

static void command_face(void)
{
    hide_window();
    wSpriteState1[9] = next_byte();
    draw_people();
}

static void command_move(void)
{
    uint8_t slot = next_byte(), facing = next_byte(), count = next_byte();
    hide_window();
    while (count--)
        walk_person(slot, facing);
}

static void command_turn(void)
{
    uint8_t slot = next_byte();
    hide_window();
    wSpriteState1[slot * 16 + 9] = next_byte();
    draw_people();
}

void refresh_world(void)
{
    if (apply_changes())
        show_changes();
    wait_frame();
    load_people();
    draw_people();
    wait_frame();
}

static void command_refresh(void)
{
    hide_window();
    refresh_world();
}

static void command_call(void)
{
    call_script(next_word());
}

static void command_shop(void)
{
    shop(next_byte());
    restore_map_behind_menu();
}

static void command_storage(void)
{
    storage();
    restore_map_behind_menu();
}

static void command_finale(void)
{
    hide_window();
    hall_of_fame();
}

static void command_wait(void)
{
    wait_frames(next_byte());
}

static void command_light(void)
{
    wMapPalOffset = 0;
    apply_palette();
}

static void command_setlast(void)
{
    wLastMap = next_byte();
}

static void command_name(void)
{
    if (wPartyCount)
        name_mon(wPartyCount - 1);
    restore_map_behind_menu();
}

static void command_heal(void)
{
    party_heal();
}

void (*const commands[COMMAND_COUNT])(void) = {
    [COMMAND_SAY] = command_say,
    [COMMAND_NOTE] = command_note,
    [COMMAND_SET] = command_set,
    [COMMAND_CLEAR] = command_clear,
    [COMMAND_TOGGLE] = command_toggle,
    [COMMAND_BADGE] = command_badge,
    [COMMAND_GIVE] = command_give,
    [COMMAND_TAKE] = command_take,
    [COMMAND_GLIM] = command_glim,
    [COMMAND_STARTER] = command_starter,
    [COMMAND_PAY] = command_pay,
    [COMMAND_HEAL] = command_heal,
    [COMMAND_REST] = remember_safe_place,
    [COMMAND_BATTLE] = command_battle,
    [COMMAND_SPAR] = command_spar,
    [COMMAND_RIVAL] = command_rival,
    [COMMAND_RIVALSPAR] = command_rivalspar,
    [COMMAND_SHOP] = command_shop,
    [COMMAND_STORAGE] = command_storage,
    [COMMAND_WARP] = command_warp,
    [COMMAND_WALK] = command_walk,
    [COMMAND_FACE] = command_face,
    [COMMAND_MOVE] = command_move,
    [COMMAND_TURN] = command_turn,
    [COMMAND_REFRESH] = command_refresh,
    [COMMAND_CALL] = command_call,
    [COMMAND_RIVALNAME] = command_rivalname,
    [COMMAND_WAIT] = command_wait,
    [COMMAND_LIGHT] = command_light,
    [COMMAND_FINALE] = command_finale,
    [COMMAND_SETLAST] = command_setlast,
    [COMMAND_NAME] = command_name,
};
