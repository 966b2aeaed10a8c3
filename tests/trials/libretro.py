"""A small frontend for libretro cores: one Game Boy in this process, a frame at a time, without picture or sound."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_int16, c_size_t, c_uint, c_uint64, c_void_p
from pathlib import Path
from typing import Any

FOLDERS = ("/usr/lib", "/usr/local/lib")
BUTTONS = {8: 0x01, 0: 0x02, 2: 0x04, 3: 0x08, 7: 0x10, 6: 0x20, 4: 0x40, 5: 0x80}
"""Buttons of libretro's joypad (libretro.h) and the game's masks: A, B, SELECT, START, right, left, up, down."""

OPTIONS = {b"gambatte_gb_hwmode": b"GB", b"gambatte_up_down_allowed": b"enabled", b"mgba_gb_model": b"Game Boy"}
CAN_DUPLICATE, FOLDER, PIXELS, OPTION, SAVE_FOLDER, MEMORY_MAPS = 3, 9, 10, 15, 31, 36
WHOLE_JOYPAD = 256
WORK, WORK_LENGTH = 0xC000, 0x2000


class _Game(Structure):
    _fields_ = (("path", c_char_p), ("data", c_void_p), ("size", c_size_t), ("meta", c_char_p))


class _Stretch(Structure):
    _fields_ = (
        ("flags", c_uint64),
        ("pointer", c_void_p),
        ("offset", c_size_t),
        ("start", c_size_t),
        ("select", c_size_t),
        ("disconnect", c_size_t),
        ("length", c_size_t),
        ("space", c_char_p),
    )


class _Map(Structure):
    _fields_ = (("stretches", POINTER(_Stretch)), ("count", c_uint))


class _Option(Structure):
    _fields_ = (("key", c_char_p), ("value", c_char_p))


def find_core(name: str) -> Path | None:
    """Where a core lies (Debian: ``libretro-mgba``, ``libretro-gambatte``), or ``None``."""
    for folder in FOLDERS:
        for path in sorted(Path(folder).glob(f"**/libretro/{name}_libretro.so")):
            return path
    return None


class Console:
    """One core with one ROM.

    Args:
        core: the shared library.
        rom: path of the ROM; nothing is written beside it, but the core may keep its own settings in its folder.
    """

    def __init__(self, core: Path, rom: Path) -> None:
        self._mask = 0
        self._folder = str(rom.parent).encode()
        self._stretches: list[tuple[int, int, int]] = []
        self._library: Any = ctypes.CDLL(str(core))
        self._callbacks = self._registered()
        self._library.retro_init()
        content = rom.read_bytes()
        self._content = ctypes.create_string_buffer(content, len(content))
        game = _Game(str(rom).encode(), ctypes.cast(self._content, c_void_p), len(content), None)
        self._library.retro_load_game.restype = c_bool
        if not self._library.retro_load_game(ctypes.byref(game)):
            raise RuntimeError(f"{core.name} does not take {rom.name}")

    def run(self, mask: int) -> None:
        """One frame with these buttons."""
        self._mask = mask
        self._library.retro_run()

    def work_ram(self) -> bytes:
        """C000 to DFFF."""
        return b"".join(self._read(WORK + half, WORK_LENGTH // 2) for half in (0, WORK_LENGTH // 2))

    def close(self) -> None:
        """Switch it off."""
        self._library.retro_unload_game()
        self._library.retro_deinit()

    def _read(self, address: int, length: int) -> bytes:
        for start, size, pointer in self._stretches:
            if start <= address and address + length <= start + size:
                return ctypes.string_at(pointer + address - start, length)
        raise RuntimeError(f"the core shows no memory at {address:04X}")

    def _registered(self) -> list[Any]:
        kinds: dict[str, tuple[Any, Callable[..., Any]]] = {
            "environment": (CFUNCTYPE(c_bool, c_uint, c_void_p), self._environment),
            "video_refresh": (CFUNCTYPE(None, c_void_p, c_uint, c_uint, c_size_t), lambda *_: None),
            "audio_sample": (CFUNCTYPE(None, c_int16, c_int16), lambda *_: None),
            "audio_sample_batch": (CFUNCTYPE(c_size_t, c_void_p, c_size_t), lambda _, count: count),
            "input_poll": (CFUNCTYPE(None), lambda: None),
            "input_state": (CFUNCTYPE(c_int16, c_uint, c_uint, c_uint, c_uint), self._button),
        }
        callbacks = []
        for name, (kind, function) in kinds.items():
            callbacks.append(kind(function))
            self._library[f"retro_set_{name}"](callbacks[-1])
        return callbacks

    def _button(self, port: int, device: int, index: int, button: int) -> int:
        if port or device != 1:
            return 0
        if button == WHOLE_JOYPAD:
            return sum(1 << number for number, mask in BUTTONS.items() if self._mask & mask)
        return int(bool(self._mask & BUTTONS.get(button, 0)))

    def _environment(self, command: int, data: int) -> bool:
        command &= 0xFFFF
        if command == CAN_DUPLICATE:
            ctypes.cast(data, POINTER(c_bool))[0] = True
        elif command in (FOLDER, SAVE_FOLDER):
            ctypes.cast(data, POINTER(c_char_p))[0] = self._folder
        elif command == MEMORY_MAPS:
            shown = ctypes.cast(data, POINTER(_Map)).contents
            stretches = [shown.stretches[place] for place in range(shown.count)]
            self._stretches = [(one.start, one.length, one.pointer + one.offset) for one in stretches if one.pointer]
        elif command == OPTION:
            option = ctypes.cast(data, POINTER(_Option)).contents
            if option.key not in OPTIONS:
                return False
            option.value = OPTIONS[option.key]
        else:
            return command == PIXELS
        return True
