/* Shops: buying and selling. */
#pragma bank 4
#include "items.h"
#include "../screens/screens.h"

#define SHOP_SIZE 12
#define LIST_SHOP 2

static uint8_t wares[SHOP_SIZE];
static uint16_t unit_price;
static uint8_t sum[3];

static void draw_purse(void)
{
    box(11, 0, 7, 1);
    put_money(12, 1, wPlayerMoney);
}

static void draw_ware(uint8_t place, uint8_t y)
{
    uint8_t price[3];
    item_name(wares[place + 1]);
    put_name(6, y, wStringBuffer);
    decimal(price, item_price, 0);
    put_money(11, y + 1, price);
}

static void show_sum(void)
{
    uint8_t count = wItemQuantity, price[3];
    decimal(price, unit_price, 0);
    fill(sum, 0, 3);
    while (count--)
        add_decimal(sum, price);
    put_money(11, 10, sum);
}

/* The item's name for what is said, its kind and price for what is done. */
static void know_item(uint8_t item)
{
    wCurItem = item;
    item_name(item);
    copy_name(wNameBuffer, wStringBuffer);
}

static uint8_t agreed(uint16_t text)
{
    print_text(text);
    return ask_yes_no();
}

static void buy_one(uint8_t item)
{
    uint8_t count;
    know_item(item);
    unit_price = item_price;
    count = choose_quantity(99, show_sum);
    if (!count || !agreed(TEXT_SHOP_BUY))
        return;
    if (!money_enough(sum)) {
        say(TEXT_TOO_POOR);
        return;
    }
    if (!bag_add(item, count)) {
        say(TEXT_BAG_IS_FULL);
        return;
    }
    money_take(sum);
    draw_purse();
    say(TEXT_SHOP_THANKS);
}

static void buy(void)
{
    uint8_t place;
    for (;;) {
        text_box();
        draw_purse();
        wListMenuID = LIST_SHOP;
        place = choose_in_list(wares[0], draw_ware);
        if (place == NOTHING_CHOSEN)
            return;
        buy_one(wares[place + 1]);
    }
}

static void sell_one(uint8_t place)
{
    uint8_t count;
    know_item(wBagItems[place * 2]);
    if (item_kind == ITEM_KIND_KEY || !item_price) {
        say(TEXT_SHOP_NOT_THAT);
        return;
    }
    unit_price = item_price / 2;
    count = choose_quantity(wBagItems[place * 2 + 1], show_sum);
    if (!count || !agreed(TEXT_SHOP_SELL))
        return;
    while (count--)
        bag_remove(place);
    money_gain(sum);
    draw_purse();
    say(TEXT_SHOP_THANKS);
}

static void sell(void)
{
    uint8_t place;
    while (wNumBagItems) {
        text_box();
        draw_purse();
        place = choose_item();
        if (place == NOTHING_CHOSEN)
            return;
        sell_one(place);
    }
    say(TEXT_BAG_EMPTY);
}

static uint8_t choose_business(uint8_t before)
{
    uint8_t pressed;
    clear_area(0, 0, 20, 12);
    box(0, 0, 9, 5);
    put(2, 1, "BUY");
    put(2, 3, "SELL");
    put(2, 5, "QUIT");
    wait_frame();
    draw_purse();
    wCurrentMenuItem = before;
    pressed = choose_after_text(1, 1, 2);
    return pressed & BUTTON_A ? wCurrentMenuItem : 2;
}

void shop(uint8_t number) __banked
{
    uint8_t business = 0;
    far_copy(wares, SHOP_TABLE_BANK, SHOP_TABLE + (uint16_t)number * SHOP_SIZE, SHOP_SIZE);
    hide_sprites();
    print_text(TEXT_SHOP_HELLO);
    while ((business = choose_business(business)) < 2) {
        if (business)
            sell();
        else
            buy();
        text_box();
    }
    say(TEXT_SHOP_BYE);
}
