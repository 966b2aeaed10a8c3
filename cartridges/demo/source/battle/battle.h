/* Creatures, party, bag and battles (bank 2). */
#ifndef BATTLE_H
#define BATTLE_H
#include "../home/home.h"

#define BATTLE_WON 0
#define BATTLE_LOST 1
#define BATTLE_LEFT 2

uint8_t battle_wild(uint8_t species, uint8_t level) __banked;
uint8_t battle_trainer(uint8_t trainer, uint8_t number) __banked;

void species_name(uint8_t species) __banked; /* into wStringBuffer */
void party_add(uint8_t species, uint8_t level) __banked;
void party_heal(void) __banked;
uint8_t bag_add(uint8_t item, uint8_t count) __banked;
#endif
