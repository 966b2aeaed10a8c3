/* Full screens and menus outside battle (bank 3). */
#ifndef SCREENS_H
#define SCREENS_H
#include "../creatures/creatures.h"

void title(void) __banked;
void start_menu(void) __banked;
void hall_of_fame(void) __banked;
uint8_t choose_item(void) __banked; /* place in the bag, or FF */
uint8_t choose_mon(void) __banked;  /* slot in the party, or FF */

void almanac(void);
void team(void);
const char *status_word(const uint8_t *mon);
void save_game(void);
uint8_t load_game(void);
void put_picture(uint8_t bank, uint16_t address, uint8_t x, uint8_t y);
void draw_front(uint8_t index, uint8_t x, uint8_t y);
#endif
