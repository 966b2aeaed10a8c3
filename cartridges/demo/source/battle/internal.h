/* Battles from the inside. Side 0 is the player's, side 1 the enemy's; hWhoseTurn holds the side that acts. */
#ifndef BATTLE_INTERNAL_H
#define BATTLE_INTERNAL_H
#include "battle.h"

/* The 29 bytes of a glim in battle. */
#define FIGHTER_HP 0x01
#define FIGHTER_SLOT 0x03
#define FIGHTER_STATUS 0x04
#define FIGHTER_TYPES 0x05
#define FIGHTER_CATCH 0x07
#define FIGHTER_MOVES 0x08
#define FIGHTER_DVS 0x0C
#define FIGHTER_LEVEL 0x0E
#define FIGHTER_MAX_HP 0x0F
#define FIGHTER_ATTACK 0x11
#define FIGHTER_DEFENCE 0x13
#define FIGHTER_SPEED 0x15
#define FIGHTER_SPECIAL 0x17
#define FIGHTER_PP 0x19
#define FIGHTER_SIZE 29

#define STATUS_SLEEP 0x07
#define STATUS_POISON 0x08
#define STATUS_BURN 0x10
#define STATUS_PARALYSIS 0x40

#define MOVE_NUMBER 0
#define MOVE_EFFECT 1
#define MOVE_POWER 2
#define MOVE_TYPE 3
#define MOVE_ACCURACY 4

#define MINE 0
#define ENEMY 1
#define STRUGGLE 165

extern uint8_t *const fighters[2];
extern uint8_t *const stat_mods[2];
extern uint8_t *const plain_stats[2];
extern uint8_t *const move_data[2];
extern uint8_t *const battle_status[2];
extern uint8_t *const confusion[2];

/* What the player decided for this turn. */
#define ACTION_MOVE 0
#define ACTION_SPENT 1 /* the turn went into an item, a change or a vain flight */
#define ACTION_LEAVE 2 /* the battle is over: fled or caught */

/* fighters.c */
void load_fighter(uint8_t side, const uint8_t *mon);
void store_fighter(uint8_t side);
void send_mine(uint8_t slot);
void send_enemy(uint8_t slot);
uint16_t stage_of(uint8_t side, uint8_t stat); /* hundredths */
void apply_stat(uint8_t side, uint8_t stat);
uint8_t is_down(uint8_t side);

/* scene.c */
void note(uint16_t text);
void draw_pictures(uint8_t side);
void erase_picture(uint8_t side);
void draw_status(uint8_t side);
void slide_bar(uint8_t side, uint16_t from);
void draw_scene(void);
void draw_trainer(uint8_t picture);
void blink_picture(uint8_t side);

/* damage.c */
uint16_t compute_damage(void);
extern uint8_t effectiveness; /* tenths; 0 none, 10 plain */

uint16_t confusion_damage(uint8_t side);
uint8_t chart_tenths(uint8_t attacker, uint8_t defender);

/* move.c */
void use_move(uint8_t side);

/* effects.c */
void side_effect(uint8_t effect, uint16_t damage);

/* ailments.c */
uint8_t is_held_back(uint8_t side);
void ailment(uint8_t side);
void hurt(uint8_t side, uint16_t damage);
void heal_fighter(uint8_t side, uint16_t points);
void name_side(uint8_t side); /* into wNameBuffer, for texts with {side} */
#define FLINCHED 0x08 /* bits of the battle status bytes, as in Red */
#define CONFUSED 0x80

/* player.c */
uint8_t player_action(void);
uint8_t choose_next_mine(void);

/* experience.c */
void share_experience(void);
void evolve_team(void);
#endif
