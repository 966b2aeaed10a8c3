"""Scripts: compiles data/scripts.toml to the small byte code that source/world/script.c runs.

A script is a text of lines: commands, and blocks `if … [and …]`, `else`, `end`. Every test carries the place to go on
at if it fails, so the engine knows no blocks.
"""

import re
from collections.abc import Callable

from .conditions import condition, events
from .rom import NOWHERE, DataBanks, word
from .source import toml

DIRECTIONS = {"down": 0, "up": 4, "left": 8, "right": 12}
TESTS = (
    "event", "item", "money", "party", "full", "species", "starter", "owned", "yes", "facing", "map", "won",
)  # fmt: skip
# Commands and the kinds of their arguments; `jump` and `test` are made by the compiler itself.
COMMANDS = {
    "stop": "", "jump": "word", "test": "", "say": "text", "note": "text", "set": "event", "clear": "event",
    "toggle": "event", "badge": "number", "give": "item count", "take": "item count", "glim": "species number",
    "starter": "species", "pay": "money", "heal": "", "rest": "", "battle": "trainer number", "spar": "trainer number",
    "rival": "number", "rivalspar": "number", "shop": "shop", "storage": "", "warp": "map number number direction",
    "walk": "direction count", "face": "direction", "move": "number direction count", "turn": "number direction",
    "refresh": "", "call": "script", "rivalname": "", "wait": "number", "light": "", "finale": "",
    "setlast": "map", "name": "",
}  # fmt: skip


def bcd(value: int) -> bytes:
    """Three bytes of decimal digits."""
    return bytes.fromhex(f"{value:06d}")


class Names:
    """Numbers of everything that scripts may name, by the kind of argument."""

    def __init__(self, tables: dict[str, Callable[[str], int]]) -> None:
        self.tables = tables

    def number(self, kind: str, name: str) -> int:
        """Number of a named thing."""
        return self.tables[kind](name)


class Script:
    """One script on its way to bytes."""

    def __init__(self, name: str, names: Names) -> None:
        self.name, self.names = name, names
        self.code = bytearray()
        self.open_tests: list[list[int]] = []

    def compile(self, text: str) -> bytes:
        """The whole text."""
        for line in text.splitlines():
            if line.strip() and not line.strip().startswith("#"):
                self._line(line.strip())
        if self.open_tests:
            raise ValueError(f"script {self.name}: an `if` has no `end`")
        return bytes(self.code) + self._op("stop")

    def _op(self, name: str) -> bytes:
        return bytes([list(COMMANDS).index(name)])

    def _line(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        try:
            if command == "if":
                self.open_tests.append([])
                for test in rest.split(" and "):
                    self._test(test.strip())
            elif command == "else":
                self._else()
            elif command == "end":
                self._land(self.open_tests.pop())
            else:
                self.code += self._op(command) + self._arguments(COMMANDS[command].split(), rest)
        except (KeyError, ValueError, IndexError, StopIteration) as problem:
            raise ValueError(f"script {self.name}: {line!r}: {problem}") from problem

    def _land(self, places: list[int]) -> None:
        for place in places:
            self.code[place : place + 2] = word(len(self.code))

    def _else(self) -> None:
        failed = self.open_tests.pop()
        self.code += self._op("jump") + b"\0\0"
        self._land(failed)
        self.open_tests.append([len(self.code) - 2])

    def _test(self, text: str) -> None:
        wanted = not text.startswith("not ")
        kind, values = self._condition(text.removeprefix("not "))
        self.code += self._op("test") + bytes([TESTS.index(kind) | (0 if wanted else 0x80)]) + values.ljust(3, b"\0")
        self.open_tests[-1].append(len(self.code))
        self.code += b"\0\0"

    def _condition(self, text: str) -> tuple[str, bytes]:
        kind, _, rest = text.partition(" ")
        if text.startswith(("EVENT_", "BADGE_")):
            return "event", word(condition(text))
        shapes = {"item": "item", "money": "money", "party": "", "full": "", "species": "species", "starter": "species"}
        shapes |= {"owned": "number", "yes": "text", "facing": "direction", "map": "map", "won": ""}
        return kind, self._arguments(shapes[kind].split(), rest)

    def _arguments(self, kinds: list[str], text: str) -> bytes:
        count = "1"
        if kinds[-1:] == ["count"] and (match := re.fullmatch(r"(.*\S)\s+(\d+)", text)):
            text, count = match.group(1), match.group(2)
        words = [text] if kinds[:1] == ["item"] else text.split()
        if kinds[-1:] == ["count"]:
            words.append(count)
        if len(words) != len(kinds):
            raise ValueError(f"wants {' '.join(kinds) or 'nothing'}")
        return b"".join(self._value(kind, item) for kind, item in zip(kinds, words, strict=True))

    def _value(self, kind: str, text: str) -> bytes:
        if kind == "text":
            return word(self.names.number("text", text))
        if kind == "event":
            return word(events()[text])
        if kind == "money":
            return bcd(int(text))
        if kind == "direction":
            return bytes([DIRECTIONS[text]])
        if kind == "script":
            return word(self.names.number(kind, text))
        if kind in ("number", "count"):
            return bytes([int(text)])
        return bytes([self.names.number(kind, text)])


class Scripts:
    """All scripts by name; their number is their place, from 1 on: 0 is none."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = dict(toml("scripts.toml"))
        self.names = list(self.texts)

    def number(self, name: str) -> int:
        """Number of a script."""
        return 1 + self.names.index(name) if name else 0

    def pack(self, banks: DataBanks, names: Names) -> None:
        """Compiles and stores all scripts and their table."""
        places = [NOWHERE] + [banks.add(Script(name, names).compile(text)) for name, text in self.texts.items()]
        banks.add(b"".join(place.entry() for place in places), "SCRIPT_TABLE")

    @staticmethod
    def header() -> str:
        """C names of commands and tests."""
        lines = [f"#define COMMAND_{name.upper()} {number}" for number, name in enumerate(COMMANDS)]
        lines += [f"#define TEST_{name.upper()} {number}" for number, name in enumerate(TESTS)]
        return "\n".join([*lines, f"#define COMMAND_COUNT {len(COMMANDS)}"])
