#pragma bank 2
#include "battle.h"
uint8_t battle_wild(uint8_t species, uint8_t level) __banked { species; level; return BATTLE_WON; }
uint8_t battle_trainer(uint8_t trainer, uint8_t number) __banked { trainer; number; return BATTLE_WON; }
void species_name(uint8_t species) __banked { wStringBuffer[0] = 0x80 + (species & 15); wStringBuffer[1] = 0x50; }
void party_add(uint8_t species, uint8_t level) __banked { level; wPartySpecies[wPartyCount++] = species; wPartySpecies[wPartyCount] = 0xFF; }
void party_heal(void) __banked {}
uint8_t bag_add(uint8_t item, uint8_t count) __banked { item; count; return 1; }
