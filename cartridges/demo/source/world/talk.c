/* Pressing A: people (also across a counter) and signs. */
#pragma bank 1
#include "world.h"

static uint16_t sign_text;
static uint16_t sign_script;

void close_talk(void)
{
    window_hide();
    build_view();
    draw_people();
    wait_frame();
}

static uint8_t find_sign(uint8_t y, uint8_t x)
{
    uint8_t i, sign[6];
    for (i = 0; i < wNumSigns && i < map_head.signs.count; i++) {
        if (wSignCoords[i * 2] != y || wSignCoords[i * 2 + 1] != x)
            continue;
        far_copy(sign, map_bank, map_head.signs.at + i * 6, 6);
        sign_text = sign[2] | ((uint16_t)sign[3] << 8);
        sign_script = sign[4] | ((uint16_t)sign[5] << 8);
        return 1;
    }
    return 0;
}

static uint8_t person_in_front(uint8_t side, struct person *person)
{
    uint8_t y = wYCoord + step_y[side], x = wXCoord + step_x[side];
    uint8_t slot = person_at(y, x);
    if (slot) {
        read_person(slot, person);
        return slot;
    }
    slot = person_at(y + step_y[side], x + step_x[side]);
    if (!slot)
        return 0;
    read_person(slot, person);
    return person->flags & PERSON_BEHIND_COUNTER ? slot : 0;
}

static void talk(uint16_t script, uint16_t text)
{
    if (script)
        run_script(script);
    else if (text != NO_TEXT) {
        talk_box();
        say(text);
        close_talk();
    }
}

static void talk_to(uint8_t slot, struct person *person)
{
    if (person->flags & PERSON_ITEM)
        take_item(slot, person);
    else if (person->flags & PERSON_TRAINER)
        talk_to_trainer(slot, person);
    else {
        face_person_to_player(slot);
        talk(person->script, person->text);
    }
}

void interact(void)
{
    static struct person person;
    uint8_t side = wSpriteState1[9] >> 2;
    uint8_t slot = person_in_front(side, &person);
    if (slot)
        talk_to(slot, &person);
    else if (find_sign(wYCoord + step_y[side], wXCoord + step_x[side]))
        talk(sign_script, sign_text);
}
