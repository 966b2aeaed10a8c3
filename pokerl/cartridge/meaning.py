"""What a byte of RAM is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pokerl.cartridge.profile import Cartridge


def meaning(address: int, cartridge: Cartridge) -> str:
    """What the byte at ``address`` is, e.g. ``"level of party creature 1"``; never empty."""
    return cartridge.symbol_at(address) or f"nameless byte {address:04X}"
