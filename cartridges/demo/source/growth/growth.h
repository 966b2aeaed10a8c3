/* Growing: levels, new moves, evolution, names (bank 5). */
#ifndef GROWTH_H
#define GROWTH_H
#include "../creatures/creatures.h"

void level_up(uint8_t slot) __banked;             /* one level, said and with its moves */
void teach_level(uint8_t slot) __banked;          /* the moves of its present level */
uint8_t evolve(uint8_t slot, uint8_t may_stop) __banked; /* 1 if it was due and happened; takes the whole screen */
void name_mon(uint8_t slot) __banked;
void name_player(void) __banked;

uint8_t teach(uint8_t slot, uint8_t move);
#endif
