"""The bag."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.game import Cartridge

COUNT = 0xD31D
LENGTH = 42
SLOTS = 20
HIGHEST_QUANTITY = 99
END_OF_LIST = 0xFF


class BagItem(Struct, frozen=True):
    """Some pieces of one item."""

    identifier: int
    name: str
    quantity: int


def read_bag(data: bytes, cartridge: Cartridge, oddities: list[str]) -> tuple[BagItem, ...]:
    """Decode the bag.

    Args:
        data: the 42 bytes from wNumBagItems.
        cartridge: the names.
        oddities: what is wrong is added here.
    """
    count = data[0]
    if count > SLOTS:
        oddities.append(f"the bag counts {count} items")
        count = SLOTS
    names = cartridge.items
    bag: list[BagItem] = []
    for slot in range(count):
        identifier, quantity = data[1 + 2 * slot], data[2 + 2 * slot]
        if identifier == END_OF_LIST:
            oddities.append(f"the bag counts {count} items but ends after {slot}")
            break
        bag.append(BagItem(identifier, names.get(identifier) or f"item {identifier}?", quantity))
        if identifier not in names:
            oddities.append(f"the bag holds the unknown item {identifier}")
        if not 1 <= quantity <= HIGHEST_QUANTITY:
            oddities.append(f"the bag holds {quantity} of {bag[-1].name}")
    return tuple(bag)
