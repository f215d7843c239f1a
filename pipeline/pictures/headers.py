"""What a picture's header says, read strictly and in one pass; nothing is decoded.

Sources: PNG 3rd edition (W3C) §5 and §11, GIF89a §17-20, ITU-T T.81 annex B, RFC 9649 (WebP).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["jpeg", "png", "gif", "webp"]

_MAX_INFLATED = 8 * 1024 * 1024
"""A colour profile or a text inside a PNG; real profiles stay below 4 MB."""
_MAX_BLOCKS = 100_000
_MAX_SCANS = 200
"""Of a progressive JPEG: encoders write about ten, each costs a viewer a pass over the picture."""
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class BadPictureError(Exception):
    """The bytes break off or contradict themselves; the message is one of the codes in `check`."""


@dataclass(frozen=True, slots=True)
class Header:
    """Type, size in pixels, and number of frames."""

    kind: Kind
    width: int
    height: int
    frames: int = 1


def kind_of(body: bytes) -> Kind | None:
    """The picture's type by its first bytes, None for everything else."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if body.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if body.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if body[:4] == b"RIFF" and body[8:12] == b"WEBP" else None


def read_header(body: bytes) -> Header | None:
    """The header of a picture of a known type, None for other types.

    Raises `BadPictureError` where it breaks off, contradicts itself or hides a bomb.
    """
    kind = kind_of(body)
    if kind is None:
        return None
    readers = {"png": _png, "jpeg": _jpeg, "gif": _gif, "webp": _webp}
    try:
        header = readers[kind](body)
    except (struct.error, IndexError) as error:
        raise BadPictureError("truncated") from error
    if header.width < 1 or header.height < 1:
        raise BadPictureError("damaged")
    return header


def _png(body: bytes) -> Header:
    chunks = _png_chunks(body)
    name, data = next(chunks)
    if name != b"IHDR" or len(data) != 13:
        raise BadPictureError("damaged")
    width, height = struct.unpack(">II", data[:8])
    frames, pixels = 1, False
    for name, data in chunks:
        if name == b"IEND":
            break
        pixels = pixels or name == b"IDAT"
        if name == b"acTL":
            frames = max(struct.unpack(">I", data[:4])[0], 1)
        elif name in (b"iCCP", b"zTXt", b"iTXt"):
            _refuse_bomb(name, data)
    if not pixels:
        raise BadPictureError("damaged")
    return Header("png", width, height, frames)


def _png_chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of every chunk up to IEND."""
    at = 8
    for _ in range(_MAX_BLOCKS):
        (length,) = struct.unpack_from(">I", body, at)
        name, end = body[at + 4 : at + 8], at + 12 + length
        if end > len(body):
            raise BadPictureError("truncated")
        yield name, b"" if name == b"IDAT" else body[at + 8 : end - 4]
        if name == b"IEND":
            return
        at = end
    raise BadPictureError("bomb")


def _refuse_bomb(name: bytes, data: bytes) -> None:
    """A profile or text that inflates to far more than any real one."""
    rest = data.partition(b"\0")[2]
    if name == b"iTXt":
        if rest[:1] != b"\1":
            return
        packed = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    else:
        packed = rest[1:]
    engine = zlib.decompressobj()
    try:
        engine.decompress(packed, _MAX_INFLATED)
    except zlib.error as error:
        raise BadPictureError("damaged") from error
    if engine.unconsumed_tail:
        raise BadPictureError("bomb")


def _jpeg(body: bytes) -> Header:
    at, size = 2, None
    for _ in range(_MAX_BLOCKS):
        if body[at] != 0xFF:
            raise BadPictureError("damaged")
        marker = body[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xDA:
            break
        (length,) = struct.unpack_from(">H", body, at + 2)
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", body, at + 5)
            size = width, height
        at += 2 + max(length, 2)
    if size is None:
        raise BadPictureError("damaged")
    if body.find(b"\xff\xd9", at) < 0:
        raise BadPictureError("truncated")
    if body.count(b"\xff\xda", at) > _MAX_SCANS:
        raise BadPictureError("bomb")
    return Header("jpeg", *size)


def _gif(body: bytes) -> Header:
    width, height = struct.unpack_from("<HH", body, 6)
    at = 13 + _colours(body[10])
    frames = 0
    for _ in range(_MAX_BLOCKS):
        kind = body[at]
        if kind == 0x3B:
            break
        if kind == 0x21:
            at = _behind_blocks(body, at + 2)
        elif kind == 0x2C:
            left, top, wide, high = struct.unpack_from("<HHHH", body, at + 1)
            width, height = max(width, left + wide), max(height, top + high)
            at = _behind_blocks(body, at + 10 + _colours(body[at + 9]) + 1)
            frames += 1
        else:
            raise BadPictureError("damaged")
    else:
        raise BadPictureError("bomb")
    if not frames:
        raise BadPictureError("damaged")
    return Header("gif", width, height, frames)


def _colours(flags: int) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(body: bytes, at: int) -> int:
    """Where a chain of GIF sub-blocks ends."""
    while length := body[at]:
        at += length + 1
    return at + 1


def _webp(body: bytes) -> Header:
    (size,) = struct.unpack_from("<I", body, 4)
    if size + 8 > len(body):
        raise BadPictureError("truncated")
    width = height = frames = 0
    for name, data in _webp_chunks(body, size + 8):
        if name == b"VP8X":
            width, height = _int24(data, 4) + 1, _int24(data, 7) + 1
        elif name == b"ANMF":
            frames += 1
            width = max(width, 2 * _int24(data, 0) + _int24(data, 6) + 1)
            height = max(height, 2 * _int24(data, 3) + _int24(data, 9) + 1)
        elif name in (b"VP8 ", b"VP8L"):
            wide, high = _webp_frame(name, data)
            width, height = max(width, wide), max(height, high)
            frames += 1
    if not frames:
        raise BadPictureError("damaged")
    return Header("webp", width, height, frames)


def _webp_chunks(body: bytes, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and first bytes of every chunk."""
    at = 12
    for _ in range(_MAX_BLOCKS):
        if at + 8 > end:
            return
        name = body[at : at + 4]
        (length,) = struct.unpack_from("<I", body, at + 4)
        if at + 8 + length > end:
            raise BadPictureError("truncated")
        yield name, body[at + 8 : at + 8 + min(length, 64)]
        at += 8 + length + (length & 1)
    raise BadPictureError("bomb")


def _webp_frame(name: bytes, data: bytes) -> tuple[int, int]:
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 1)
        if data[0] != 0x2F:
            raise BadPictureError("damaged")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[3:6] != b"\x9d\x01\x2a":
        raise BadPictureError("damaged")
    width, height = struct.unpack_from("<HH", data, 6)
    return width & 0x3FFF, height & 0x3FFF


def _int24(data: bytes, at: int) -> int:
    if at + 3 > len(data):
        raise BadPictureError("truncated")
    return int.from_bytes(data[at : at + 3], "little")
