/* Stand-ins until the real thing is there. */
#pragma bank 3
#include "screens.h"
void start_menu(void) __banked
{
    box(10, 0, 8, 9);
    put(12, 2, "SAVE");
    put(12, 4, "EXIT");
    window_show();
    wCurrentMenuItem = 0;
    choose(11, 2, 1, BUTTON_A | BUTTON_B | BUTTON_START);
}
void hall_of_fame(void) __banked
{
    hide_sprites();
    clear_tiles();
    put(4, 2, "HALL OF FAME");
    window_show();
    wNumHoFTeams++;
    for (;;)
        wait_frame();
}
