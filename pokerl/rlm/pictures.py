"""Pictures as PNG: written in the worker without any imaging library, checked in the host without decoding them."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from pokerl.rlm.protocol import IMAGE_LIMIT

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST_SIDE = 1536
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def to_png(picture: Any) -> bytes:
    """A picture as PNG.

    Args:
        picture: a PIL image; a NumPy array of shape (height, width), (height, width, 1), (height, width, 3) or
            (height, width, 4), of ``uint8``, ``bool`` or floats in [0, 1]; or the bytes of a PNG. Sides longer than
            ``LONGEST_SIDE`` are thinned out to fit.

    Raises:
        TypeError: it is none of these.
        ValueError: its shape is wrong or its PNG is too large.
    """
    if isinstance(picture, bytes | bytearray | memoryview):
        png = bytes(picture)
        if not png.startswith(SIGNATURE):
            raise ValueError("These bytes are not a PNG; show an array or a PIL image.")
    else:
        png = _encode(_pixels(picture))
    if len(png) > IMAGE_LIMIT:
        raise ValueError(f"The picture has {len(png)} bytes as PNG, more than {IMAGE_LIMIT}; show a smaller one.")
    return png


def check_png(png: bytes) -> str:
    """What is wrong with a PNG that came from a worker, in words; "" when it is sound.

    Its structure, checksums, size and the length of its pixel data are checked; at most as many bytes are unpacked as
    its header announces.
    """
    if not png.startswith(SIGNATURE):
        return "it is not a PNG"
    chunks, position = [], len(SIGNATURE)
    while position + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, position)
        kind, end = png[position + 4 : position + 8], position + 12 + length
        if end > len(png) or zlib.crc32(png[position + 4 : end - 4]) != struct.unpack_from(">I", png, end - 4)[0]:
            return "a part of it is damaged"
        chunks.append((kind, png[position + 8 : end - 4]))
        position = end
    if position != len(png):
        return "something follows its end"
    if len(chunks) < 3 or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1] != (b"IEND", b""):
        return "it is incomplete"
    return _check_pixels(chunks[0][1], b"".join(data for kind, data in chunks if kind == b"IDAT"))


def _check_pixels(header: bytes, packed: bytes) -> str:
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if not (1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE):
        return f"it measures {width} by {height}, more than {LONGEST_SIDE} a side"
    if kind not in CHANNELS or depth not in (1, 2, 4, 8, 16) or interlaced:
        return "its pixel format is not supported"
    expected = height * (1 + (width * CHANNELS[kind] * depth + 7) // 8)
    unpacker = zlib.decompressobj()
    try:
        found = len(unpacker.decompress(packed, expected + 1))
    except zlib.error:
        return "its pixel data are damaged"
    return "" if found == expected else "its pixel data do not fit its size"


def _pixels(picture: Any) -> Any:
    import numpy

    if hasattr(picture, "convert") and hasattr(picture, "tobytes"):
        picture = picture.convert("RGB")
    try:
        pixels = numpy.asarray(picture)
    except (ValueError, TypeError) as error:
        raise TypeError(f"show() takes an array or an image, not {type(picture).__name__}.") from error
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))) or 0 in pixels.shape:
        raise ValueError(f"A picture has the shape (height, width[, 3 or 4]), not {pixels.shape}.")
    if pixels.dtype == bool or pixels.dtype.kind == "f":
        pixels = numpy.clip(numpy.nan_to_num(pixels.astype(float)), 0, 1) * 255
    elif pixels.dtype.kind not in "iu":
        raise TypeError(f"A picture holds numbers, not {pixels.dtype}.")
    step = -(-max(pixels.shape[:2]) // LONGEST_SIDE)
    return numpy.ascontiguousarray(numpy.clip(pixels[::step, ::step], 0, 255).astype(numpy.uint8))


def _encode(pixels: Any) -> bytes:
    height, width = pixels.shape[:2]
    kind = 0 if pixels.ndim == 2 else {3: 2, 4: 6}[pixels.shape[2]]
    rows = pixels.reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(raw, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
