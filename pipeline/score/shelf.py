"""The archive's vectors in one file, so that a large past is not read row by row each morning.

A key per item, its vector and its language, and one digest of all words: an archive with the
same digest is mapped into memory without looking at its items. Otherwise items whose key is
known keep their record, and only the others are embedded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_2_0

from pipeline.score.topic import languages
from pipeline.score.words import archive_text
from pipeline.text import short_hash
from pipeline.types import ArchiveItem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]


_AT_ONCE = 4096
"""Items whose words are put together at a time: some megabytes."""
_LOOKED_AT = 512


class PastKeys:
    """What tells an archive from another, and one item's words from another's."""

    def __init__(self, items: Sequence[ArchiveItem]) -> None:
        self._items = items

    @cached_property
    def words(self) -> bytes:
        """32 bytes that change with any item's words and with the items' order."""
        digest = hashlib.blake2b(digest_size=32)
        for start in range(0, len(self._items), _AT_ONCE):
            some = self._items[start : start + _AT_ONCE]
            parts = [part for item in some for part in (item.title, item.text)]
            # With their lengths, no two lists of parts are one text.
            digest.update(np.fromiter(map(len, parts), "<i8", len(parts)).tobytes())
            digest.update("".join(parts).encode("utf-8", "surrogatepass"))
        return digest.digest()

    @cached_property
    def whole(self) -> bytes:
        """32 bytes that change with `words`, and with any item's day or stars."""
        parts = self.words, self.days.tobytes(), self.stars.tobytes()
        return hashlib.blake2b(b"".join(parts), digest_size=32).digest()

    @cached_property
    def days(self) -> Ints:
        """The items' days, counted from the first day of year 1."""
        days = (item.day.toordinal() for item in self._items)
        return np.fromiter(days, np.int64, len(self._items))

    @cached_property
    def stars(self) -> Ints:
        """The items' stars."""
        return np.fromiter((item.stars for item in self._items), np.int64, len(self._items))

    @cached_property
    def each(self) -> NDArray[np.uint64]:
        """Eight bytes per item that change with its words."""
        words = (f"{i.title}\x1e{i.text}".encode("utf-8", "surrogatepass") for i in self._items)
        keys = b"".join([hashlib.blake2b(w, digest_size=8).digest() for w in words])
        return np.frombuffer(keys, "<u8")


class VectorShelf:
    """Vectors of archives by item, in `folder` (None: nothing is kept)."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def rows(
        self, items: Sequence[ArchiveItem], keys: PastKeys, embedder: Embedder
    ) -> tuple[Floats, Ints]:
        """Unit vectors, shape (items, dimensions), and languages as `topic.languages` says them.

        A file that is missing, damaged or of another model is made anew.
        """
        known = self._read(embedder.name)
        if known is not None and known["words"].tobytes() == keys.words:
            return known["vector"], known["language"].astype(np.intp)
        vectors, language_of = _renewed(known, items, keys, embedder)
        self._write(embedder.name, keys, vectors, language_of)
        return vectors, language_of

    def _path(self, name: str) -> Path | None:
        return self._folder / f"past-{short_hash(name)}.npy" if self._folder else None

    def _read(self, name: str) -> NDArray[Any] | None:
        path = self._path(name)
        if path is None:
            return None
        try:
            found: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        same = found.dtype.names == _record((0, 0)).names
        return found if same and _is_whole(found["vector"]) else None

    def _write(self, name: str, keys: PastKeys, vectors: Floats, language_of: Ints) -> None:
        path = self._path(name)
        if path is None or not len(vectors):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        record = _record(vectors.shape)
        header = {"descr": dtype_to_descr(record), "fortran_order": False, "shape": ()}
        with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
            write_array_header_2_0(file, header)
            for part in (keys.each, vectors, language_of.astype("<i4")):
                file.write(np.ascontiguousarray(part).data)
            file.write(keys.words)
        Path(file.name).replace(path)


def _is_whole(vectors: Floats) -> bool:
    """Whether none of some rows is empty, as after a power cut before all was on the disk."""
    some = vectors[:: max(1, len(vectors) // _LOOKED_AT)]
    return bool(some.any(axis=1).all() and vectors[-1:].any())


def _record(shape: tuple[int, ...]) -> np.dtype[Any]:
    """The file's one record, for vectors of this shape."""
    key, vector = ("key", "<u8", shape[:1]), ("vector", "<f4", shape)
    return np.dtype([key, vector, ("language", "<i4", shape[:1]), ("words", "V32")])


def _renewed(
    known: NDArray[Any] | None, items: Sequence[ArchiveItem], keys: PastKeys, embedder: Embedder
) -> tuple[Floats, Ints]:
    """Vectors and languages of the archive: known items' rows copied, the others embedded."""
    old = np.full(len(items), -1) if known is None else _places(known["key"], keys.each)
    missing = np.flatnonzero(old < 0)
    texts = [archive_text(items[int(n)]) for n in missing]
    made, said = embedder.embed(texts), languages(texts)
    if known is None:
        return made, said
    if known["vector"].shape[1:] != made.shape[1:]:
        return _renewed(None, items, keys, embedder)
    vectors, language_of = known["vector"][old], known["language"][old].astype(np.intp)
    vectors[missing], language_of[missing] = made, said
    return vectors, language_of


def _places(known: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> Ints:
    """Where each wanted key stands among the known ones, -1 where it does not."""
    order = np.argsort(known, kind="stable")
    place = order[np.minimum(np.searchsorted(known, wanted, sorter=order), len(known) - 1)]
    return np.where(known[place] == wanted, place, -1)
