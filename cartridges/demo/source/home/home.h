/* What bank 0 offers to all: it is always there, so these may be called from any bank. */
#ifndef HOME_H
#define HOME_H
#include "../ram.h"
#include "generated.h"

/* memory.c */
void select_bank(uint8_t bank); /* start.s; only for bank 0 */
void copy(void *to, const void *from, uint16_t count);
void fill(void *to, uint8_t value, uint16_t count); /* sums.s */
uint8_t far_byte(uint8_t bank, const uint8_t *address);
void far_copy(void *to, uint8_t bank, uint16_t address, uint16_t count);
void bring_tiles(uint16_t to, uint8_t bank, uint16_t address, uint8_t tiles);
void send_tiles(uint16_t to, uint8_t bank, uint16_t address, uint8_t tiles);
#define SCENERY 0x9000
#define SCENERY_END 0x9600
extern uint8_t scenery_gone; /* 1: other tiles lie where the map's were */
extern uint8_t *picture_from;
extern uint16_t picture_to;
extern volatile uint8_t picture_waits;
extern volatile uint8_t video_tiles; /* vblank.s: how many still wait */
extern uint8_t video_bank;
extern uint16_t video_from, video_to;
uint8_t far_third(uint8_t bank, uint16_t list, uint16_t pair, uint8_t otherwise);
void far_entry(uint8_t bank, uint16_t table, uint16_t number); /* sets entry_bank and entry_address */
extern uint8_t entry_bank;
extern uint16_t entry_address;
uint16_t big_word(const uint8_t *at);
void set_big_word(uint8_t *at, uint16_t value);

/* sums.s */
uint16_t scaled(uint16_t value, uint16_t factor, uint16_t divisor); /* value * factor / divisor, at most FFFF */
void decimal(uint8_t *into, uint16_t low, uint8_t high);            /* three bytes of decimal digits */
uint8_t add_decimal(uint8_t *to, const uint8_t *more); /* such bytes; 1 if six digits did not suffice */

/* input.c */
void sleep_frame(void); /* start.s */
void wait_frame(void);
void wait_frames(uint8_t count);
uint8_t wait_press(uint8_t buttons);
extern uint16_t main_ticks;
extern uint8_t play_time_runs;

/* random.c */
uint8_t random(void);
uint8_t random_below(uint8_t limit);

/* events.c */
uint8_t event(uint16_t number);
void set_event(uint16_t number);
void clear_event(uint16_t number);
uint8_t condition_holds(uint16_t condition);
uint8_t flag(const uint8_t *flags, uint8_t number);
void set_flag(uint8_t *flags, uint8_t number);

/* screen.c */
void screen_off(void);
void screen_on(void);
void clear_tiles(void);
void clear_area(uint8_t x, uint8_t y, uint8_t width, uint8_t height);
uint8_t *tile_at(uint8_t x, uint8_t y);
void box(uint8_t x, uint8_t y, uint8_t width, uint8_t height);
void put(uint8_t x, uint8_t y, const char *text);
void put_name(uint8_t x, uint8_t y, const uint8_t *name);
void put_number(uint8_t x, uint8_t y, uint16_t value, uint8_t digits);
void put_digits(uint8_t *at, const uint8_t *packed, uint8_t digits, uint8_t zeros);
void put_two_digits(uint8_t x, uint8_t y, uint8_t value);
void put_money(uint8_t x, uint8_t y, const uint8_t *bcd);
void send_picture(uint8_t x, uint8_t y);
void put_picture_codes(uint8_t x, uint8_t y, uint8_t size, uint8_t code);
void window_show(void);
void window_hide(void);
void hide_sprites(void);
void encode_name(uint8_t *to, const char *text);
void copy_name(uint8_t *to, const uint8_t *from);

/* text.c */
void text_box(void);
void print_text(uint16_t number);
void print_prompt(void);
void say(uint16_t number);

/* menu.c */
uint8_t choose(uint8_t x, uint8_t y, uint8_t last, uint8_t keys);
uint8_t choose_after_text(uint8_t x, uint8_t y, uint8_t last);
uint8_t ask_yes_no(void);

/* list.c */
#define NOTHING_CHOSEN 0xFF
typedef void (*draw_row_function)(uint8_t place, uint8_t y);
uint8_t choose_in_list(uint8_t entries, draw_row_function draw_row);
uint8_t choose_quantity(uint8_t most, void (*show_price)(void));

void build_view(void); /* start.s */
#endif
