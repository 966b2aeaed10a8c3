/* Glims: species, statistics, the party and the bag (bank 3). */
#ifndef CREATURES_H
#define CREATURES_H
#include "../home/home.h"

/* A glim's 44 bytes in the party; all words big-endian, as in Red. */
#define MON_SPECIES 0x00
#define MON_HP 0x01
#define MON_BOX_LEVEL 0x03
#define MON_STATUS 0x04
#define MON_TYPES 0x05
#define MON_CATCH 0x07
#define MON_MOVES 0x08
#define MON_OT_ID 0x0C
#define MON_EXP 0x0E
#define MON_STAT_EXP 0x11
#define MON_DVS 0x1B
#define MON_PP 0x1D
#define MON_LEVEL 0x21
#define MON_MAX_HP 0x22
#define MON_ATTACK 0x24
#define MON_DEFENCE 0x26
#define MON_SPEED 0x28
#define MON_SPECIAL 0x2A
#define MON_SIZE 44
#define NAME_SIZE 11
#define PARTY_MON(slot) (wPartyMons + (uint16_t)(slot) * MON_SIZE)
#define PARTY_NICK(slot) (wPartyMonNicks + (uint16_t)(slot) * NAME_SIZE)
#define PARTY_OT(slot) (wPartyMonOT + (uint16_t)(slot) * NAME_SIZE)

struct species {
    uint8_t dex, base[5], types[2], catch_rate, exp;
    uint8_t front[3], back[3];
    uint8_t moves[4], growth, name[11];
    uint8_t learned[17];
    uint8_t evolution_level, evolution;
};
extern struct species species; /* the one that load_species() read last */

void load_species(uint8_t index) __banked;
void species_name(uint8_t index) __banked; /* into wStringBuffer */
void load_move(uint8_t move, uint8_t *into) __banked; /* six bytes, and the name into wStringBuffer */
uint8_t move_points(uint8_t move); /* of a fresh one; only for bank 3 */
void item_name(uint8_t item) __banked; /* into wStringBuffer; kind and value into item_kind, item_value */
extern uint8_t item_kind;
extern uint16_t item_value, item_price;

void build_mon(uint8_t *mon, uint8_t index, uint8_t level, uint8_t dvs_high, uint8_t dvs_low) __banked;
void compute_stats(uint8_t *mon) __banked;
uint32_t exp_of_level(uint8_t species, uint8_t level) __banked;
uint32_t get_exp(const uint8_t *mon) __banked;
void set_exp(uint8_t *mon, uint32_t exp) __banked;
uint8_t move_of_level(uint8_t species, uint8_t level, uint8_t which) __banked; /* 0: none (any more) */
uint8_t free_place(const uint8_t *mon, uint8_t move) __banked;                  /* 4: none, or known already */
void set_move(uint8_t *mon, uint8_t place, uint8_t move) __banked;

uint8_t party_add(uint8_t index, uint8_t level) __banked;
uint8_t party_add_gift(uint8_t index, uint8_t level) __banked;
uint8_t party_add_mon(const uint8_t *mon) __banked;
void party_heal(void) __banked;
uint8_t first_healthy(void) __banked; /* slot, or 6 */
void see_species(uint8_t index, uint8_t own) __banked;

uint8_t bag_add(uint8_t item, uint8_t count) __banked;
void bag_remove(uint8_t place) __banked;
uint8_t bag_place(uint8_t item) __banked; /* or FF */
#define BAG_PLACES 20

/* purse.c: amounts are three bytes of decimal digits */
void money_add(uint16_t amount) __banked;
void money_gain(const uint8_t *bcd) __banked;
uint8_t money_enough(const uint8_t *bcd) __banked;
void money_take(const uint8_t *bcd) __banked;

/* box.c: where glims go that find no room in the team */
#define BOX_PLACES 20
#define BOX_MON_SIZE 33
#define NO_ROOM 0
#define IN_TEAM 1
#define IN_BOX 2
uint8_t take_mon(const uint8_t *mon) __banked;
uint8_t box_deposit(uint8_t slot) __banked;
uint8_t box_withdraw(uint8_t place) __banked;
void box_release(uint8_t place) __banked;
void party_remove(uint8_t slot) __banked;
void party_swap(uint8_t one, uint8_t other) __banked;
#endif
