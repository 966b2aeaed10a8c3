/* The box's counter in a healing centre: withdraw, deposit, release. */
#pragma bank 4
#include "items.h"
#include "../screens/screens.h"

#define LIST_BOX 0
#define BOX_NAME(place) (wBoxMonNicks + (uint16_t)(place) * NAME_SIZE)

static void draw_boxed(uint8_t place, uint8_t y)
{
    put_name(6, y, BOX_NAME(place));
    *tile_at(14, y + 1) = 0x6E;
    put_number(15, y + 1, wBoxMons[(uint16_t)place * BOX_MON_SIZE + MON_BOX_LEVEL], 3);
}

static uint8_t choose_boxed(void)
{
    uint8_t place;
    if (!wBoxCount) {
        say(TEXT_BOX_EMPTY);
        return NOTHING_CHOSEN;
    }
    wListMenuID = LIST_BOX;
    wListPointer = 0xDA80;
    place = choose_in_list(wBoxCount > BOX_PLACES ? BOX_PLACES : wBoxCount, draw_boxed);
    if (place != NOTHING_CHOSEN)
        copy_name(wNameBuffer, BOX_NAME(place));
    return place;
}

static void withdraw(void)
{
    uint8_t place;
    if (wPartyCount >= 6) {
        say(TEXT_TEAM_FULL);
        return;
    }
    place = choose_boxed();
    if (place == NOTHING_CHOSEN)
        return;
    box_withdraw(place);
    say(TEXT_BOX_TAKEN);
}

static void deposit(void)
{
    uint8_t slot;
    if (wPartyCount < 2) {
        say(TEXT_LAST_GLIM);
        return;
    }
    slot = choose_mon();
    clear_tiles();
    if (slot == NOTHING_CHOSEN)
        return;
    copy_name(wNameBuffer, PARTY_NICK(slot));
    say(box_deposit(slot) ? TEXT_BOX_STORED : TEXT_BOX_FULL);
}

static void release(void)
{
    uint8_t place = choose_boxed();
    if (place == NOTHING_CHOSEN)
        return;
    print_text(TEXT_BOX_RELEASE);
    if (!ask_yes_no())
        return;
    box_release(place);
    say(TEXT_BOX_RELEASED);
}

static uint8_t choose_business(void)
{
    uint8_t pressed;
    clear_tiles();
    box(0, 0, 12, 8);
    put(2, 2, "WITHDRAW");
    put(2, 4, "DEPOSIT");
    put(2, 6, "RELEASE");
    put(2, 8, "LEAVE");
    text_box();
    window_show();
    wCurrentMenuItem = 0;
    pressed = choose(1, 2, 3, BUTTON_A | BUTTON_B);
    return pressed & BUTTON_A ? wCurrentMenuItem : 3;
}

void storage(void) __banked
{
    hide_sprites();
    for (;;)
        switch (choose_business()) {
        case 0: withdraw(); break;
        case 1: deposit(); break;
        case 2: release(); break;
        default: return;
        }
}
