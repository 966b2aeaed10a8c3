"""The screen codes of the game: the same as Pokémon Red's, so that one screen parser reads both."""

END, LINE, PARAGRAPH, CONTINUE = 0x50, 0x4F, 0x51, 0x55
RAM_STRING, DECIMAL = 0x01, 0x02

_SINGLE = {
    "┌": 0x79, "─": 0x7A, "┐": 0x7B, "│": 0x7C, "└": 0x7D, "┘": 0x7E, " ": 0x7F,
    "(": 0x9A, ")": 0x9B, ":": 0x9C, ";": 0x9D, "é": 0xBA, "'": 0xE0, "-": 0xE3, "?": 0xE6, "!": 0xE7, ".": 0xE8,
    "▷": 0xEC, "▶": 0xED, "▼": 0xEE, "♂": 0xEF, "¥": 0xF0, "\u00d7": 0xF1, "/": 0xF3, ",": 0xF4, "…": 0x75,
}  # fmt: skip
_NAMED = {
    "<BAR>": 0x62, "<END>": 0x6D, "<LV>": 0x6E, "<HP>": 0x71, "<ID>": 0x73, "№": 0x74, "<CORNER>": 0x6C, "<RULE>": 0x76,
    "<DOTS>": 0x77, "<BALL>": 0x78, "<STAR>": 0x70,
} | {f"<B{fill}>": 0x63 + fill for fill in range(9)}  # fmt: skip


def glyph_codes() -> dict[str, int]:
    """Every glyph that the font draws, and its code."""
    letters = {chr(ord("A") + i): 0x80 + i for i in range(26)}
    letters |= {chr(ord("a") + i): 0xA0 + i for i in range(26)}
    digits = {str(i): 0xF6 + i for i in range(10)}
    return _SINGLE | _NAMED | letters | digits


def encode(text: str) -> bytes:
    """Text of plain characters as screen codes, without an end mark."""
    codes = glyph_codes()
    return bytes(codes[character] for character in text)


def encode_name(text: str, length: int) -> bytes:
    """A name in a field of fixed length, filled up with end marks."""
    encoded = encode(text)
    if len(encoded) >= length:
        raise ValueError(f"name too long: {text}")
    return encoded + bytes([END]) * (length - len(encoded))


def table() -> dict[str, list[str]]:
    """The table in the format of charmap.json."""
    entries = {code: [glyph] for glyph, code in glyph_codes().items()}
    entries[END] = ["@"]
    return {f"{code:02X}": entries[code] for code in sorted(entries)}
