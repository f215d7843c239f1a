"""Bodies, decompressed while they stream in and cut off at a limit of decoded bytes."""

from __future__ import annotations

import zlib
from typing import Protocol

_STEP = 256 * 1024
_MOST_MEMBERS = 1000  # of a gzip stream; each costs time however little it decodes to


class TooLargeError(Exception):
    """The decoded body went over the limit."""


class BadEncodingError(Exception):
    """The body is not in the encoding it claims, or in one we never asked for."""


class Inflater(Protocol):
    """Takes compressed bytes, gives decoded ones, never more than `limit` at a time."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """Decode; raises `TooLargeError` once more than `limit` bytes come out."""

    def finished(self) -> bool:
        """False while the stream is cut short."""


class _Plain:
    def feed(self, data: bytes, limit: int) -> bytes:
        if len(data) > limit:
            raise TooLargeError
        return data

    def finished(self) -> bool:
        return True


class _Zlib:
    """gzip (also several members in a row) and deflate in both its dialects."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._engine = zlib.decompressobj(31 if gzip else 15)
        self._fed = self._done = False
        self._members = 1

    def feed(self, data: bytes, limit: int) -> bytes:
        try:
            return self._inflate(data, limit)
        except zlib.error as error:
            raise BadEncodingError(str(error)) from error

    def _inflate(self, data: bytes, limit: int) -> bytes:
        out: list[bytes] = []
        room = limit
        full = False
        while data or full:
            most = min(_STEP, room + 1)
            piece = self._step(data, most)
            full = len(piece) == most  # zlib may hold back output without any input left
            room -= len(piece)
            if room < 0:
                raise TooLargeError
            out.append(piece)
            data = self._rest()
        return b"".join(out)

    def _step(self, data: bytes, at_most: int) -> bytes:
        if not self._fed and not self._gzip and not _has_zlib_header(data):
            self._engine = zlib.decompressobj(-15)
        self._fed = True
        return self._engine.decompress(data, at_most)

    def _rest(self) -> bytes:
        if not self._engine.eof:
            return self._engine.unconsumed_tail
        self._done = True
        rest = self._engine.unused_data
        if not (self._gzip and rest[:2] == b"\x1f\x8b"):
            return b""  # padding after the stream, which browsers ignore as well
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise BadEncodingError("too many gzip members")
        self._engine = zlib.decompressobj(31)
        return rest

    def finished(self) -> bool:
        return self._done or not self._fed


class _Brotli:
    """One brotli stream; the library is loaded when the first such body comes."""

    def __init__(self) -> None:
        import brotli  # type: ignore[import-untyped]

        self._engine = brotli.Decompressor()
        self._error: type[Exception] = brotli.error
        self._fed = False

    def feed(self, data: bytes, limit: int) -> bytes:
        try:
            return self._inflate(data, limit)
        except self._error as error:
            raise BadEncodingError(str(error)) from error

    def _inflate(self, data: bytes, limit: int) -> bytes:
        self._fed = self._fed or bool(data)
        if self._engine.is_finished():
            return b""  # padding after the stream
        out: list[bytes] = []
        room = limit
        while True:
            # The bound is a floor: the decoder gives out what its last block of memory holds.
            piece = self._engine.process(data, output_buffer_limit=min(_STEP, room + 1))
            data = b""
            room -= len(piece)
            if room < 0:
                raise TooLargeError
            out.append(piece)
            if self._engine.is_finished() or (not piece and self._engine.can_accept_more_data()):
                return b"".join(out)

    def finished(self) -> bool:
        return not self._fed or bool(self._engine.is_finished())


def _has_zlib_header(data: bytes) -> bool:
    return len(data) < 2 or (data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0)


def inflater(content_encoding: str | None) -> Inflater:
    """The decoder for a Content-Encoding header; raises `BadEncodingError` for unknown ones."""
    names = [n.strip().lower() for n in (content_encoding or "").split(",")]
    names = [n for n in names if n not in ("", "identity", "none", "utf-8")]
    if not names:
        return _Plain()
    if names == ["br"]:
        return _Brotli()
    if len(names) == 1 and names[0] in ("gzip", "x-gzip", "deflate"):
        return _Zlib(gzip=names[0] != "deflate")
    raise BadEncodingError(content_encoding or "")
