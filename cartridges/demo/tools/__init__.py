"""Build tools of the demo cartridge: they turn the readable sources in art/ and data/ into the bytes of the ROM."""
