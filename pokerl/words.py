"""Numbers as people read them."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Seconds as "1:02:03" or "2:03"."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def counted(count: int, thing: str) -> str:
    """ "1 tool", "2 tools": a number with its noun."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")
