"""Whether a state that PyBoy saved belongs to a ROM. The state itself does not say.

Two things tell. What video memory holds was mostly copied from the ROM: in a hundred moments of Red, Blue and the demo
game at least half of the patterns were found in the game's own ROM, and not one in that of a game with other pictures.
And where a routine will return to, a call stands before: in 450 moments at least one of the stack's uppermost words was
such a place, and in a state of another game mostly none.
"""

from __future__ import annotations

from pokerl.emulator import Machine

PATTERNS, PATTERNS_LENGTH, PATTERN = 0x8000, 0x1800, 16
LEAST_BYTES = 5
"""A pattern with fewer different bytes may stand in any ROM."""
ENOUGH_PATTERNS = 16
SINCE_LONGER_HEAD = 16
STACK_POINTER = 13
"""Where a state holds it: after format, boot ROM, colour mode (three bytes, four since format 16) and A to L."""
WORDS = 8
CODE = range(0x0100, 0x8000)
CALLS = frozenset((0xCD, 0xC4, 0xCC, 0xD4, 0xDC))
RESTARTS = frozenset(range(0xC7, 0x100, 8))


def belongs(state: bytes, machine: Machine, rom: bytes) -> bool:
    """Whether a state seems to be of this ROM.

    Games of one family with the same pictures (Red and Blue) cannot be told apart. Of a game that keeps its pictures
    compressed only the stack tells, so that some states of other games pass.

    Args:
        state: as PyBoy saved it.
        machine: one that has just loaded it.
        rom: the ROM's bytes.
    """
    found, patterns = _patterns_found(machine, rom)
    if found:
        return True
    if patterns >= ENOUGH_PATTERNS and machine.cartridge.family:
        return False
    return _returns(state, machine) > 0


def _patterns_found(machine: Machine, rom: bytes) -> tuple[int, int]:
    """How many of the patterns in video memory stand in the ROM (with two bits a pixel, or one), and of how many."""
    memory = machine.read(PATTERNS, PATTERNS_LENGTH)
    patterns = {memory[start : start + PATTERN] for start in range(0, PATTERNS_LENGTH, PATTERN)}
    telling = [pattern for pattern in patterns if len(set(pattern)) >= LEAST_BYTES]
    found = (pattern in rom or (pattern[::2] == pattern[1::2] and pattern[::2] in rom) for pattern in telling)
    return sum(found), len(telling)


def _returns(state: bytes, machine: Machine) -> int:
    """How many of the uppermost words of the stack are places after a call."""
    at = STACK_POINTER + (state[0] >= SINCE_LONGER_HEAD)
    pointer = int.from_bytes(state[at : at + 2], "little")
    stack, code = machine.read(pointer, 2 * WORDS), machine.read(0, CODE.stop)
    words = [int.from_bytes(stack[start : start + 2], "little") for start in range(0, len(stack), 2)]
    return sum(word in CODE and (code[word - 3] in CALLS or code[word - 1] in RESTARTS) for word in words)
