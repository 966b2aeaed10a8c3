"""Conditions in data files: an event's name or BADGE_<bit>, with "not " before it for the opposite.

The engine tests them as 16-bit numbers.
"""

from .source import toml

NONE = 0xFFFF
BADGE = 0x2000
NOT = 0x8000


def events() -> dict[str, int]:
    """Event names with their index: eight times the byte's distance from D747, plus the bit."""
    out = {}
    for name, place in toml("events.toml")["events"].items():
        address, bit = place.split(".")
        out[name] = (int(address, 16) - 0xD747) * 8 + int(bit)
    return out


def condition(name: str) -> int:
    """Number of a condition; an empty name means none."""
    if not name:
        return NONE
    if name.startswith("not "):
        return NOT | condition(name.removeprefix("not "))
    if name.startswith("BADGE_"):
        return BADGE + int(name.removeprefix("BADGE_"))
    return events()[name]
