"""The catalogue of exploits: data in ``catalogue.toml``, and which of them a poke is."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

import msgspec
from msgspec import Struct

OTHER = "other-poke"


class PokedSymbol(Struct, frozen=True, forbid_unknown_fields=True):
    """``length`` bytes from a symbol's address."""

    symbol: str
    length: int = 1


class Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to cheat and how it shows; the fields are told at the top of ``catalogue.toml``."""

    id: str
    title: str
    looks: str
    pokes: tuple[PokedSymbol, ...] = ()
    detector: str = ""
    breaks: bool = False


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    signature: tuple[Signature, ...]


def load_catalogue() -> tuple[Signature, ...]:
    """All signatures, in the order of the file."""
    text = resources.files("pokerl.audit").joinpath("catalogue.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File).signature


def signatures_of_poke(
    address: int, length: int, catalogue: tuple[Signature, ...], symbols: Mapping[str, int]
) -> tuple[str, ...]:
    """Ids of the signatures whose memory a poke of ``length`` bytes at ``address`` touches.

    Returns:
        The ids in catalogue order; ``("other-poke",)`` when none fits.
    """
    found = tuple(
        signature.id
        for signature in catalogue
        if any(_overlaps(address, length, poked, symbols) for poked in signature.pokes)
    )
    return found or (OTHER,)


def _overlaps(address: int, length: int, poked: PokedSymbol, symbols: Mapping[str, int]) -> bool:
    start = symbols.get(poked.symbol)
    return start is not None and start < address + length and address < start + poked.length
