"""Small pictures of our own making, byte by byte, and the ways to spoil them."""

from __future__ import annotations

import struct
import zlib


def chunk(name: bytes, data: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 40, height: int = 30, *more: bytes, colour: int = 0) -> bytes:
    """A grey PNG, of one shade; `more` chunks stand before its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    row = b"\0" + bytes([colour]) * min(width, 4000)
    pixels = zlib.compress(row * min(height, 4000))
    parts = [chunk(b"IHDR", head), *more, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def gif(width: int = 40, height: int = 30, frames: int = 1) -> bytes:
    """A GIF whose frames hold one pixel each."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0)
    return head + (frame + b"\x02\x02\x44\x01\0") * frames + b"\x3b"


def jpeg(width: int = 40, height: int = 30, scans: int = 1, marker: int = 0xC0) -> bytes:
    """The segments of a JPEG; nothing of ours looks at its coefficients."""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\1\1\0\0\x3f\0" + b"\x12\xff\0\x34"
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\1\1\0\0\1\0\1\0\0"
    return b"\xff\xd8" + app + b"\xff" + bytes([marker]) + frame + scan * scans + b"\xff\xd9"


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP container."""
    inner = b"".join(n + struct.pack("<I", len(d)) + d + b"\0" * (len(d) & 1) for n, d in chunks)
    return b"RIFF" + struct.pack("<I", len(inner) + 4) + b"WEBP" + inner


def webp(width: int = 40, height: int = 30) -> bytes:
    """The header of a lossy WebP."""
    size = struct.pack("<HH", width, height)
    return riff((b"VP8 ", b"\x10\x02\0\x9d\x01\x2a" + size + b"\0" * 8))


def webp_lossless(width: int = 40, height: int = 30) -> bytes:
    """The header of a lossless WebP."""
    return riff((b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | (height - 1) << 14) + b"\0" * 7))


def webp_moving(width: int = 40, height: int = 30, frames: int = 2) -> bytes:
    """The headers of an animated WebP."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    part = b"\0" * 6 + canvas + b"\0" * 4
    return riff((b"VP8X", b"\x02\0\0\0" + canvas), *[(b"ANMF", part)] * frames)


ENCODED = {
    "jpeg": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH"
        "4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAAB"
        "FAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAA"
        "AChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJY"
        "WVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVog"
        "AAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAA"
        "AAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDAFA3PEY8"
        "MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBD"
        "AVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////"
        "////wAARCAARABQDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAED/8QAGxABAQABBQAAAAAAAAAA"
        "AAAAAAECAxESMlH/xAAWAQEBAQAAAAAAAAAAAAAAAAAAAgP/xAAXEQEBAQEAAAAAAAAAAAAAAAAAAQIR/9oA"
        "DAMBAAIRAxEAPwDJjqd6c8vUttu9TJxrvc1ORAFMgAAAH//Z"
    ),
    "png": (
        "iVBORw0KGgoAAAANSUhEUgAAABQAAAARCAYAAADdRIy+AAAAOklEQVR4AeyRsQ0AMAjDDP//TC+g8siQSJmw"
        "GJweGFNkWnIay0OtagXjcFWjD11QpshkFCnqg913+AAAAP//LESI6gAAAAZJREFUAwAnIRQjPsF2GQAAAABJ"
        "RU5ErkJggg=="
    ),
    "webp": (
        "UklGRkoCAABXRUJQVlA4WAoAAAAwAAAAEwAAEAAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH"
        "4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAAB"
        "FAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAA"
        "AChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJY"
        "WVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVog"
        "AAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAA"
        "AAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZBTFBIFgAAAAEP"
        "MP8REYJMwGLon9lLg4j+T0DDZQxWUDggPgAAAPACAJ0BKhQAEQA/cabHW7SsKCQoDVKQLgljAABFByEAAP7g"
        "uX/gdRkT//zrvka2HuYziakhD+Y5/28gAAAA"
    ),
}
"""Encoded by a browser from a canvas of 20 by 17 pixels, in base64."""
