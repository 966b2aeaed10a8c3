/* Shops, the box's counter and using items (bank 4). */
#ifndef ITEMS_H
#define ITEMS_H
#include "../creatures/creatures.h"

void shop(uint8_t number) __banked;
void storage(void) __banked;

#define USED_NOT 0
#define USED 1
#define USED_AND_LEFT 2 /* the place has changed: all menus close */
uint8_t use_item(uint8_t place) __banked;                  /* in the field */
uint8_t use_on_mon(uint8_t item, uint8_t slot) __banked;   /* 1 if it worked; says what happened */
void toss_item(uint8_t place) __banked;
#endif
