/* The ceremony: every member of the team, then the page that stays. */
#pragma bank 3
#include "screens.h"

static void present(uint8_t slot)
{
    const uint8_t *mon = PARTY_MON(slot);
    clear_tiles();
    wait_frames(3);
    draw_front(mon[MON_SPECIES], 6, 2);
    box(3, 11, 12, 4);
    put_name(5, 12, PARTY_NICK(slot));
    *tile_at(5, 14) = 0x6E;
    put_number(6, 14, mon[MON_LEVEL], 3);
    wait_frames(90);
}

static void stars(uint8_t y)
{
    uint8_t x;
    for (x = 1; x < 20; x += 2)
        *tile_at(x, y) = 0x70;
}

static void final_page(void)
{
    uint8_t slot;
    clear_tiles();
    stars(0);
    put(4, 2, "HALL OF FAME");
    stars(4);
    if (wPartyCount)
        draw_front(PARTY_MON(0)[MON_SPECIES], 1, 6);
    for (slot = 0; slot < wPartyCount && slot < 6; slot++) {
        put_name(9, 6 + slot, PARTY_NICK(slot));
        put_number(17, 6 + slot, PARTY_MON(slot)[MON_LEVEL], 3);
    }
    box(0, 14, 18, 2);
    put(2, 15, "CHAMPION");
    put_name(12, 15, wPlayerName);
    put(2, 16, "TIME");
    put_number(10, 16, wPlayTimeHours, 3);
    put(13, 16, ":");
    put_two_digits(14, 16, wPlayTimeMinutes);
}

void hall_of_fame(void) __banked
{
    uint8_t slot;
    hide_sprites();
    clear_tiles();
    window_show();
    for (slot = 0; slot < wPartyCount && slot < 6; slot++)
        present(slot);
    play_time_runs = 0;
    final_page();
    if (wNumHoFTeams < 255)
        wNumHoFTeams++;
    for (;;)
        wait_frame();
}
