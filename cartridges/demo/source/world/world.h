/* The walkable world (bank 1). */
#ifndef WORLD_H
#define WORLD_H
#include "../home/home.h"

#define MAP_HEAD_SIZE 36
#define PERSON_SIZE 22
#define NO_TEXT 0xFFFF
#define NO_CONDITION 0xFFFF
#define NO_MAP 0xFF

struct map_list { uint8_t count; uint16_t at; };

/* What a map's record in the data banks holds; see tools/maps.py. */
struct map_head {
    uint8_t tileset, height, width, border;
    uint16_t blocks;
    struct map_list warps, signs, people, triggers, changes;
    struct { uint8_t map; int8_t offset; } connections[4];
    uint8_t wild_rate, wild_table;
    uint16_t script;
    uint8_t flags, wake_y, wake_x;
};

#define MAP_TOWN 1
#define MAP_WILD_ANYWHERE 2
#define MAP_DARK 4
#define MAP_WAKE 8

struct person {
    uint8_t picture, y, x, facing, flags;
    uint16_t script, text, show, hide;
    uint8_t opponent, number, sight; /* trainer class and party, or item and count */
    uint16_t event, won, after;
};

#define TRAINER_WANTS_BATTLE 0x08 /* in wStatusFlags7 */

#define PERSON_WALKS 1
#define PERSON_BEHIND_COUNTER 2
#define PERSON_TRAINER 4
#define PERSON_ITEM 8

extern struct map_head map_head;
extern uint8_t map_bank;
extern const uint8_t *tile_kinds; /* of the tileset: what each tile code is */
extern uint8_t step_phase;  /* pixels of the current step that are done */
extern uint8_t step_number; /* which foot is next */

void overworld(void) __banked;

/* map.c */
void load_ahead(uint8_t map, uint8_t frame);
void publish_map(void);
void load_map_pictures(void);
void show_map(void);
void enter_map(void);
void set_view(int8_t y, int8_t x);
void apply_palette(void);
void find_map(uint8_t map); /* sets entry_bank and entry_address */

void restore_map_behind_menu(void) __banked;

/* changes.c */
uint8_t apply_changes(void);
void show_changes(void);

/* people.c */
void refresh_people(void) __banked;
void load_people(void);
void forget_pictures(void);
void draw_people(void);
uint8_t person_at(uint8_t y, uint8_t x);
void read_person(uint8_t slot, struct person *into);
void face_person_to_player(uint8_t slot);
void walk_person(uint8_t slot, uint8_t facing);
void exclaim(uint8_t slot);

/* walk.c */
uint8_t try_move(uint8_t facing);
void walk_step(uint8_t facing);
void carry_on(void);
uint8_t kind_here(void);
uint8_t square_is_passable(int8_t squares_down, int8_t squares_right);
extern const int8_t step_y[4], step_x[4];

/* warp.c */
void stand_on(uint8_t map, uint8_t y, uint8_t x);
void take_warp(uint8_t number);
uint8_t warp_here(void);
uint8_t stands_on_door(void);
void cross_edge(uint8_t loaded);
uint8_t neighbour_ahead(uint8_t y, uint8_t x);
void go_to_safe_place(void) __banked;
extern uint8_t entered_map; /* a new map's script has not run yet */

/* talk.c */
void interact(void);
void close_talk(void);
void talk_box(void);

/* trainer.c */
uint8_t trainer_sees(void);
void engage(void);
uint8_t engaged_elsewhere(void);
uint8_t fight_engaged(void);
void talk_to_trainer(uint8_t slot, struct person *person);
void take_item(uint8_t slot, struct person *person);
uint8_t trainer_battle(uint8_t trainer, uint8_t number);

/* script.c */
void run_script(uint16_t script);
uint8_t run_trigger(void);
void run_map_script(void);

/* commands.c */
void refresh_world(void); /* people and changed blocks, after events */

/* losing.c */
void after_lost_battle(void);
void remember_safe_place(void);
void field_poison(void);
#endif
