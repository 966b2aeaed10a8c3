"""Shops: data/shops.toml, each a list of items."""

from collections.abc import Callable

from .rom import DataBanks
from .source import toml

SHOP_SIZE = 12


class Shops:
    """All shops by name."""

    def __init__(self) -> None:
        self.shops: dict[str, list[str]] = {name: shop["items"] for name, shop in toml("shops.toml").items()}
        self.names = list(self.shops)

    def number(self, name: str) -> int:
        """Number of a shop."""
        return self.names.index(name)

    def pack(self, banks: DataBanks, item: Callable[[str], int]) -> None:
        """Stores the lists, each a count, the items and an end mark in twelve bytes."""
        out = b""
        for name, wares in self.shops.items():
            if not 0 < len(wares) <= SHOP_SIZE - 2:
                raise ValueError(f"shop {name}: one to {SHOP_SIZE - 2} items")
            out += bytes([len(wares), *(item(ware) for ware in wares)]).ljust(SHOP_SIZE, b"\xff")
        banks.add(out, "SHOP_TABLE")
