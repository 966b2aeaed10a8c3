/* Between the script interpreter and its commands. */
#ifndef SCRIPT_H
#define SCRIPT_H
#include "world.h"

uint8_t next_byte(void);
uint16_t next_word(void);
void stop_script(void); /* all of it, the calling scripts included */
extern uint8_t last_battle_won;
void call_script(uint16_t script);

extern void (*const commands[COMMAND_COUNT])(void);
#endif
