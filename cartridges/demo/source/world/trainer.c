/* Trainers on the map: seeing the player, walking up, the battle and what follows; and items that lie on the ground. */
#pragma bank 1
#include "world.h"
#include "../battle/battle.h"

#define STATE1(slot) (wSpriteState1 + (slot) * 16)
#define STATE2(slot) (wSpriteState2 + (slot) * 16)

#define FIRST_TRAINER 200

static uint8_t distance;
static uint8_t engaged_map, engaged_slot;

void talk_box(void)
{
    text_box();
    draw_people();
    wait_frame();
}

static void say_of(uint16_t text)
{
    if (text == NO_TEXT)
        return;
    talk_box();
    say(text);
}

/* Fights and shows the map again. */
uint8_t trainer_battle(uint8_t trainer, uint8_t number)
{
    uint8_t result;
    close_talk();
    result = battle_trainer(trainer, number);
    enter_map();
    return result;
}

static void challenge(struct person *person)
{
    say_of(person->text);
    if (trainer_battle(person->opponent, person->number) != BATTLE_WON) {
        after_lost_battle();
        return;
    }
    set_event(person->event);
    say_of(person->won);
    if (person->script)
        run_script(person->script);
    if (hWY != 144)
        close_talk();
    refresh_world();
}

void talk_to_trainer(uint8_t slot, struct person *person)
{
    face_person_to_player(slot);
    if (event(person->event)) {
        say_of(person->after);
        close_talk();
    } else
        challenge(person);
}

/* How many squares lie between a person and the player who stands in front of it; sets `distance`, 0 if elsewhere. */
static void measure(uint8_t slot)
{
    uint8_t facing = STATE1(slot)[9];
    uint8_t down = wYCoord + 4 - STATE2(slot)[4], right = wXCoord + 4 - STATE2(slot)[5];
    uint8_t ahead = facing < FACING_LEFT ? down : right, aside = facing < FACING_LEFT ? right : down;
    if (facing == FACING_UP || facing == FACING_LEFT)
        ahead = -ahead;
    distance = aside || ahead >= 0x80 ? 0 : ahead;
}

static uint8_t nothing_between(uint8_t side)
{
    uint8_t squares;
    for (squares = 1; squares < distance; squares++)
        if (!square_is_passable(-step_y[side] * (int8_t)squares, -step_x[side] * (int8_t)squares))
            return 0;
    return 1;
}

static uint8_t sees(uint8_t slot, struct person *person)
{
    if (!STATE1(slot)[0])
        return 0;
    measure(slot);
    if (!distance || distance > 4)
        return 0;
    read_person(slot, person);
    return person->flags & PERSON_TRAINER && distance <= person->sight && !event(person->event) &&
           nothing_between(STATE1(slot)[9] >> 2);
}

static void walk_up(uint8_t slot)
{
    uint8_t facing = STATE1(slot)[9];
    exclaim(slot);
    while (--distance)
        walk_person(slot, facing);
    STATE1(0)[9] = facing ^ 4;
    draw_people();
}

/* After a step: returns 1 if somebody saw the player; the main loop then lets them come, see engage(). */
uint8_t trainer_sees(void)
{
    static struct person person;
    uint8_t slot;
    if (!wPartyCount || first_healthy() == 6)
        return 0;
    for (slot = 1; slot <= wNumSprites && slot < 16; slot++)
        if (sees(slot, &person)) {
            wStatusFlags7 |= TRAINER_WANTS_BATTLE;
            wEngagedTrainerClass = FIRST_TRAINER + person.opponent;
            wEngagedTrainerSet = person.number;
            engaged_map = wCurMap;
            engaged_slot = slot;
            return 1;
        }
    return 0;
}

/* Somebody saw the player: they come and fight. This runs one frame after the step, when START may already have opened the menu,
   as in Red; who leaves the map from there takes the engagement along. */
void engage(void)
{
    static struct person person;
    if (engaged_map != wCurMap) { /* nobody is left who could fight */
        wait_frame();
        return;
    }
    wStatusFlags7 &= (uint8_t)~TRAINER_WANTS_BATTLE;
    if (!sees(engaged_slot, &person))
        return;
    walk_up(engaged_slot);
    challenge(&person);
}

/* Closing the menu elsewhere, the engagement is still open: who comes is read from where the trainer was noted, and a battle in
   between has written other values there: the last enemy's special value and attack stage. */
uint8_t engaged_elsewhere(void)
{
    return wStatusFlags7 & TRAINER_WANTS_BATTLE && engaged_map != wCurMap && wPartyCount && first_healthy() != 6;
}

uint8_t fight_engaged(void)
{
    uint8_t opponent = wEngagedTrainerClass, level = wEngagedTrainerSet;
    wStatusFlags7 &= (uint8_t)~TRAINER_WANTS_BATTLE;
    if (opponent >= FIRST_TRAINER)
        return battle_trainer(opponent - FIRST_TRAINER, level);
    return battle_wild(opponent, level ? level : 1);
}

void take_item(uint8_t slot, struct person *person)
{
    talk_box();
    item_name(person->opponent);
    copy_name(wNameBuffer, wStringBuffer);
    if (bag_add(person->opponent, person->number)) {
        set_event(person->event);
        STATE1(slot)[0] = 0;
        say(TEXT_FOUND_ITEM);
    } else {
        say(TEXT_FOUND_ITEM);
        say(TEXT_BAG_IS_FULL);
    }
    close_talk();
}
