"""Places in memory that more than one reader needs."""

from __future__ import annotations

DEX = 0xD2F7
DEX_BYTES = 19
DEX_SIZE = 151
BADGES, BEATEN_GYMS = 0xD356, 0xD72A
EVENTS = 0xD747
EVENTS_LENGTH = 0x140
STATUS_FLAGS = 0xD728
