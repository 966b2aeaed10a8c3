"""Dialogue: wraps plain text into lines of the text box and encodes it."""

import re

from . import charmap
from .rom import DataBanks, word
from .source import toml

WIDTH = 18
# Placeholders stand for strings in RAM, given with the longest that may appear there.
PLACEHOLDERS = {
    "{player}": (0xD158, 7), "{rival}": (0xD34A, 7), "{mine}": (0xD009, 10), "{enemy}": (0xCFDA, 10),
    "{trainer}": (0xD04A, 12), "{move}": (0xCF4B, 12), "{name}": (0xCD6D, 12),
    "{side}": (0xCD6D, 16),
}  # fmt: skip
NUMBER_PLACE = 0xCF4B + 14


def _length(item: str) -> int:
    """Widest appearance of a word, with its placeholders filled in."""
    for mark, (_, longest) in PLACEHOLDERS.items():
        item = item.replace(mark, "x" * longest)
    return len(item.replace("{number}", "00000"))


def wrap(paragraph: str, spoken: bool) -> list[str]:
    """Lines of at most 18 characters; what somebody says leaves room for the ▼ at the end of all but the first."""
    lines: list[str] = []
    for source_line in paragraph.splitlines():
        line = ""
        for item in source_line.split():
            joined = f"{line} {item}".strip()
            if _length(joined) > WIDTH - (spoken and bool(lines)):
                lines.append(line)
                joined = item
            line = joined
        lines.append(line)
    return lines


def _encode_line(line: str) -> bytes:
    out = bytearray()
    for part in re.split(r"(\{\w+})", line):
        if part == "{number}":
            out += bytes([charmap.DECIMAL]) + word(NUMBER_PLACE)
        elif part in PLACEHOLDERS:
            out += bytes([charmap.RAM_STRING]) + word(PLACEHOLDERS[part][0])
        else:
            out += charmap.encode(part)
    return bytes(out)


def encode(text: str, spoken: bool) -> bytes:
    """A whole text: paragraphs are parted by blank lines; a third line scrolls after a press."""
    out = bytearray()
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        if number:
            out.append(charmap.PARAGRAPH)
        for row, line in enumerate(wrap(paragraph, spoken)):
            if row:
                out.append(charmap.LINE if row == 1 else charmap.CONTINUE)
            out += _encode_line(line)
    return bytes(out) + bytes([charmap.END])


class Texts:
    """All texts by name; their number is their place in the table."""

    def __init__(self) -> None:
        self.spoken = {name: text for table in toml("texts.toml").values() for name, text in table.items()}
        engine = {name: text for table in toml("engine_texts.toml").values() for name, text in table.items()}
        self.texts: dict[str, str] = self.spoken | engine
        self.names = list(self.texts)

    def number(self, name: str) -> int:
        """Number of a text."""
        return self.names.index(name)

    def pack(self, banks: DataBanks) -> None:
        """Stores all texts and their table."""
        places = [banks.add(encode(text, name in self.spoken)) for name, text in self.texts.items()]
        banks.add(b"".join(place.entry() for place in places), "TEXT_TABLE")

    def header(self) -> str:
        """C names of the texts."""
        return "\n".join(f"#define TEXT_{name.upper()} {number}" for number, name in enumerate(self.names))
