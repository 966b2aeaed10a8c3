/* Battles, as the rest of the game sees them (bank 2). */
#ifndef BATTLE_H
#define BATTLE_H
#include "../creatures/creatures.h"

#define BATTLE_WON 0
#define BATTLE_LOST 1
#define BATTLE_LEFT 2

uint8_t battle_wild(uint8_t index, uint8_t level) __banked;
uint8_t battle_trainer(uint8_t trainer, uint8_t number) __banked;
#endif
