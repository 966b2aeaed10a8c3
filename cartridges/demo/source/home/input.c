/* Frames and buttons. */
#include "home.h"

void wait_frame(void)
{
    uint8_t held;
    sleep_frame();
    main_ticks++;
    held = hJoyInput;
    hJoyReleased = hJoyLast & (uint8_t)~held;
    hJoyPressed = held & (uint8_t)~hJoyLast;
    hJoyHeld = held;
    hJoyLast = held;
}

void wait_frames(uint8_t count)
{
    while (count--)
        wait_frame();
}

uint8_t wait_press(uint8_t buttons)
{
    do
        wait_frame();
    while (!(hJoyPressed & buttons));
    return hJoyPressed;
}
