"""The cartridge header: logo as the boot program compares it, title, type and checksums."""

TITLE = b"GLIMMER VALE"
# The boot program of the console compares these 48 bytes with its own and stops if they differ.
LOGO = bytes.fromhex("CEED6666CC0D000B03730083000C000D0008111F8889000EDCCC6EE6DDDDD999BBBB67636E0EECCCDDDC999FBBB9333E")
MBC3_RAM_BATTERY = 0x13
RAM_32_KB = 0x03


def finish(image: bytes) -> bytes:
    """The image with a valid header."""
    rom = bytearray(image)
    rom[0x104:0x134] = LOGO
    rom[0x134:0x144] = TITLE.ljust(16, b"\0")
    rom[0x144:0x146] = b"00"
    rom[0x147] = MBC3_RAM_BATTERY
    rom[0x148] = (len(rom) // 0x8000).bit_length() - 1
    rom[0x149] = RAM_32_KB
    rom[0x14A] = 0x01
    rom[0x14B] = 0x33
    check = 0
    for value in rom[0x134:0x14D]:
        check = (check - value - 1) & 0xFF
    rom[0x14D] = check
    total = sum(rom[:0x14E]) + sum(rom[0x150:])
    rom[0x14E:0x150] = (total & 0xFFFF).to_bytes(2, "big")
    return bytes(rom)
