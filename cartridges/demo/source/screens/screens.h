/* Full screens and menus outside battle (bank 3). */
#ifndef SCREENS_H
#define SCREENS_H
#include "../home/home.h"

void title(void) __banked;
void start_menu(void) __banked;
void hall_of_fame(void) __banked;
#endif
