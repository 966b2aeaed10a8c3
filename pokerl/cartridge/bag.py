"""Lists of items: the bag, and the store in the PC."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.game import Cartridge

COUNT = 0xD31D
LENGTH = 42
HIGHEST_QUANTITY = 99
END_OF_LIST = 0xFF


class BagItem(Struct, frozen=True):
    """Some pieces of one item."""

    identifier: int
    name: str
    quantity: int


def read_items(data: bytes, cartridge: Cartridge, oddities: list[str], where: str = "the bag") -> tuple[BagItem, ...]:
    """Decode a list of items.

    Args:
        data: its count, then two bytes for each slot there is, then one for the end mark (wNumBagItems: 42 bytes).
        cartridge: the names.
        oddities: what is wrong is added here.
        where: what the list is, in words.
    """
    count, slots = data[0], len(data) // 2 - 1
    if count > slots:
        oddities.append(f"{where} counts {count} items")
        count = slots
    names = cartridge.items
    found: list[BagItem] = []
    for slot in range(count):
        identifier, quantity = data[1 + 2 * slot], data[2 + 2 * slot]
        if identifier == END_OF_LIST:
            oddities.append(f"{where} counts {count} items but ends after {slot}")
            break
        found.append(BagItem(identifier, names.get(identifier) or f"item {identifier}?", quantity))
        if identifier not in names:
            oddities.append(f"{where} holds the unknown item {identifier}")
        if not 1 <= quantity <= HIGHEST_QUANTITY:
            oddities.append(f"{where} holds {quantity} of {found[-1].name}")
    return tuple(found)
