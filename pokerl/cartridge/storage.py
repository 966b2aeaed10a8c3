"""The PC: creatures in its boxes, and the player's items."""

from __future__ import annotations

from msgspec import Struct

from pokerl.cartridge.bag import BagItem, read_items
from pokerl.cartridge.creature import Creature
from pokerl.cartridge.game import Cartridge
from pokerl.cartridge.memory import MemoryImage
from pokerl.cartridge.roster import BOX, BOX_AT, read_roster

ITEMS, ITEMS_LENGTH = 0xD53A, 102
CURRENT_BOX = 0xD5A0
CHANGED = 0x80
BOXES = 12
BANK = 0x2000
FIRST_BANK, BOXES_A_BANK = 2, 6
CARTRIDGE_RAM = 4 * BANK


class Storage(Struct, frozen=True):
    """The PC.

    Attributes:
        box: number of the box in use, 1–12.
        creatures: those in it, at most 20. The other boxes lie in the cartridge's RAM; see ``read_boxes``.
        items: the player's items in the PC, at most 50 kinds.
        boxes_in_use: whether another box was ever chosen. Until then the others are blank.
    """

    box: int
    creatures: tuple[Creature, ...]
    items: tuple[BagItem, ...]
    boxes_in_use: bool


def read_storage(memory: MemoryImage, cartridge: Cartridge, oddities: list[str]) -> Storage:
    """Decode what work RAM holds of the PC; what is wrong is added to ``oddities``."""
    number = memory.byte(CURRENT_BOX)
    box = (number & ~CHANGED) + 1
    if box > BOXES:
        oddities.append(f"the box in use is number {box}")
    return Storage(
        box=box,
        creatures=read_roster(memory.read(BOX_AT, BOX.length), BOX, "box", cartridge, oddities),
        items=read_items(memory.read(ITEMS, ITEMS_LENGTH), cartridge, oddities, "the PC"),
        boxes_in_use=bool(number & CHANGED),
    )


def read_boxes(cartridge_ram: bytes, cartridge: Cartridge, oddities: list[str]) -> tuple[tuple[Creature, ...], ...]:
    """Decode the twelve boxes in the cartridge's RAM, which the CPU's bus does not show while a game is played.

    Args:
        cartridge_ram: its four banks one after the other (``Machine.cartridge_ram``).
        cartridge: the names.
        oddities: what is wrong is added here.

    Returns:
        The creatures of each box. That in use is as it was when it was last changed or the game was saved. If
        ``Storage.boxes_in_use`` is false, the content means nothing.
    """
    boxes: list[tuple[Creature, ...]] = []
    for number in range(BOXES):
        bank, place = divmod(number, BOXES_A_BANK)
        start = (FIRST_BANK + bank) * BANK + place * BOX.length
        data = cartridge_ram[start : start + BOX.length]
        boxes.append(read_roster(data, BOX, f"box {number + 1}", cartridge, oddities))
    return tuple(boxes)
