/* The walkable world (bank 1). */
#ifndef WORLD_H
#define WORLD_H
#include "../home/home.h"

#define MAP_HEAD_SIZE 27
#define PERSON_SIZE 16

/* What a map's record in the data banks holds; see tools/maps.py. */
struct map_head {
    uint8_t tileset, height, width, border;
    uint16_t blocks;
    uint8_t town;
    uint8_t warp_count;
    uint16_t warps;
    uint8_t sign_count;
    uint16_t signs;
    uint8_t person_count;
    uint16_t people;
    struct { uint8_t map; int8_t offset; } connections[4];
    uint8_t wild_rate, wild_table;
    uint8_t script;
};

struct person {
    uint8_t picture, y, x, facing, flags, script;
    uint16_t text, show, hide;
    uint8_t trainer_class, trainer_number, sight, spare;
};

#define PERSON_WALKS 1
#define PERSON_BEHIND_COUNTER 2

extern struct map_head map_head;
extern uint8_t map_bank;
extern uint8_t step_phase;  /* pixels of the current step that are done */
extern uint8_t step_number; /* which foot is next */

void overworld(void) __banked;

/* map.c */
void load_map(void);
void load_map_pictures(void);
void show_map(void);
void enter_map(void);
void set_view(int8_t y, int8_t x);

void restore_map_behind_menu(void) __banked;

/* people.c */
void refresh_people(void) __banked;
void load_people(void);
void draw_people(void);
void sprites_for_ui(void);
uint8_t person_at(uint8_t y, uint8_t x);
void read_person(uint8_t slot, struct person *into);
void face_person_to_player(uint8_t slot);

/* walk.c */
uint8_t try_move(uint8_t facing);
void walk_step(uint8_t facing);
extern const int8_t step_y[4], step_x[4];

/* warp.c */
void take_warp(uint8_t number);
uint8_t warp_here(void);
uint8_t stands_on_door(void);
void cross_edge(void);
void go_to_safe_place(void);

/* talk.c */
void interact(void);
void close_talk(void);

/* story.c */
void run_script(uint8_t script, uint16_t text);
void run_map_script(void);
uint8_t step_script(void);
void after_lost_battle(void);
#endif
