/* Power-on: hardware, font, then the game's two phases: title and world. */
#include "home.h"
#include "../world/world.h"
#include "../screens/screens.h"

static void start_hardware(void)
{
    rBGP = 0xE4;
    rOBP0 = 0xD0;
    rOBP1 = 0xE0;
    rWX = 7;
    hWY = 144;
    wOptions = 0x01; /* text speed fast, animations on */
    bring_tiles(0x9600, FONT_BANK, FONT, 0x20);
    bring_tiles(0x8800, FONT_BANK, FONT + 0x200, 0x80);
    rIF = 0;
    rIE = 1;
    screen_on();
    __asm__("ei");
}

void main(void)
{
    start_hardware();
    title();
    overworld();
}
