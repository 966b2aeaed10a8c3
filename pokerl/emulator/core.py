"""PyBoy, imported so that its states can be saved and loaded quickly.

PyBoy writes a state through an object with one Python call a byte: 16 ms to save, 5 ms to load. The buffers of its own
rewind function take the same bytes without leaving compiled code, eight times as fast, but nothing public leads to
them. ``PyBoy.save_state`` wraps what it is given in a class, ``IntIOWrapper``, that it looks up once, when it is
imported. So during the import another class stands in its place, which hands a :class:`StateBuffer` through and wraps
everything else as ever.

What comes of it is tried on each new emulator before it is relied on. Where it does not work (another build of PyBoy,
or PyBoy was imported by someone else before), states are saved by PyBoy's documented way: the same bytes, slowly.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np

_CORE = "pyboy.pyboy"

_CAPACITY = 8 * 1024 * 1024
"""Bytes of a buffer of PyBoy's rewind function (its FIXED_BUFFER_SIZE): it wraps there, so it never leaves them."""


class StateFiles:
    """Saves and loads by PyBoy's documented way."""

    def save(self, pyboy: Any) -> bytes:
        """The state of an emulator."""
        file = io.BytesIO()
        pyboy.save_state(file)
        return file.getvalue()

    def load(self, pyboy: Any, state: bytes) -> None:
        """Put an emulator into a state."""
        pyboy.load_state(io.BytesIO(state))


class StateBuffer:
    """Saves and loads in compiled code.

    Attributes:
        inner: PyBoy's own object, which it reads and writes.
    """

    def __init__(self) -> None:
        from pyboy.plugins.rewind import FixedAllocBuffers

        # Only the pages that are used exist. They are private: a forked machine has its own.
        self._bytes = np.zeros(_CAPACITY, np.uint8)
        self.inner: Any = FixedAllocBuffers.__new__(FixedAllocBuffers)

    def save(self, pyboy: Any) -> bytes:
        """The state of an emulator."""
        self._rewind(0)
        pyboy.save_state(self)
        return self._bytes[: self._written()].tobytes()

    def load(self, pyboy: Any, state: bytes) -> None:
        """Put an emulator into a state."""
        self._bytes[: len(state)] = np.frombuffer(state, np.uint8)
        self._rewind(len(state))
        pyboy.load_state(self)

    def _rewind(self, end: int) -> None:
        """Go to the beginning of a section that ends there: its fields by name, as Cython's pickling gives them."""
        average, section, head, pointer, section_tail, tail = 0.0, 0, end, 0, 0, 0
        self.inner.__setstate_cython__((average, self._bytes, section, head, pointer, section_tail, [0], tail))

    def _written(self) -> int:
        _, _, fields = self.inner.__reduce_cython__()
        return int(fields[3])


def state_access(pyboy: Any) -> StateBuffer | StateFiles:
    """The quickest way to save and load an emulator that gives the same bytes as the documented one."""
    plain = StateFiles()
    state = plain.save(pyboy)
    try:
        quick = StateBuffer()
        if quick.save(pyboy) == state:
            quick.load(pyboy, state)
            return quick if quick.save(pyboy) == state else plain
    except (AttributeError, ImportError, TypeError, ValueError):
        return plain
    return plain


class _StandIn(MetaPathFinder):
    """Finds nothing, but notices that PyBoy's core is about to be imported."""

    def __init__(self) -> None:
        self._utils: ModuleType | None = None
        self._wrapper: Any = None

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002
        if name == _CORE and self._utils is None:
            import pyboy.utils

            self._utils, self._wrapper = pyboy.utils, pyboy.utils.IntIOWrapper
            pyboy.utils.IntIOWrapper = _handing_through(self._wrapper)
        return None

    def undo(self) -> None:
        if self._utils is not None:
            vars(self._utils)["IntIOWrapper"] = self._wrapper


def _handing_through(wrapper: Any) -> Any:
    class HandsBuffersThrough(wrapper):  # type: ignore[misc]
        __slots__ = ()
        __pyx_vtable__ = wrapper.__pyx_vtable__

        def __new__(cls, file: Any) -> Any:
            return file.inner if isinstance(file, StateBuffer) else wrapper(file)

    return HandsBuffersThrough


def _import_pyboy() -> Any:
    stand_in = _StandIn()
    sys.meta_path.insert(0, stand_in)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Using SDL2 binaries", category=UserWarning)
            import pyboy
    finally:
        sys.meta_path.remove(stand_in)
        stand_in.undo()
    return pyboy


PyBoy: Any = _import_pyboy().PyBoy
PyBoyException: type[Exception] = sys.modules["pyboy.utils"].PyBoyException
