"""The archive's vectors in one file, so that a large past is not read row by row each morning.

One record per item: a key of its words, its language, its vector. Items whose key is known keep
their record, only the others are embedded; equal archives are mapped into memory without a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.score.topic import languages
from pipeline.score.words import archive_text
from pipeline.text import short_hash
from pipeline.types import ArchiveItem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]


def item_keys(items: Sequence[ArchiveItem]) -> list[bytes]:
    """Eight bytes per item that change with its words."""
    return [
        hashlib.blake2b(
            f"{i.title}\x1e{i.text}".encode("utf-8", "surrogatepass"), digest_size=8
        ).digest()
        for i in items
    ]


class VectorShelf:
    """Vectors of archives by item, in `folder` (None: nothing is kept)."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def rows(
        self, items: Sequence[ArchiveItem], keys: Sequence[bytes], embedder: Embedder
    ) -> tuple[Floats, Ints]:
        """Unit vectors, shape (items, dimensions), and languages as `topic.languages` says them.

        A file that is missing, damaged or of another model is made anew.
        """
        wanted = np.frombuffer(b"".join(keys), np.uint64)
        known = self._read(embedder.name)
        if known is None or not np.array_equal(known["key"], wanted):
            known = _renewed(known, wanted, items, embedder)
            self._write(embedder.name, known)
        return known["vector"], known["language"].astype(np.intp)

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
        return found if found.dtype.names == ("key", "language", "vector") else None

    def _write(self, name: str, rows: NDArray[Any]) -> None:
        path = self._path(name)
        if path is None or not len(rows):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
            np.save(file, rows, allow_pickle=False)
        Path(file.name).replace(path)


def _renewed(
    known: NDArray[Any] | None,
    wanted: NDArray[np.uint64],
    items: Sequence[ArchiveItem],
    embedder: Embedder,
) -> NDArray[Any]:
    """A record per wanted key: the known ones copied, the others embedded."""
    place = {} if known is None else {int(k): n for n, k in enumerate(known["key"])}
    old = np.asarray([place.get(int(k), -1) for k in wanted], np.intp)
    missing = np.flatnonzero(old < 0)
    texts = [archive_text(items[int(n)]) for n in missing]
    made = embedder.embed(texts)
    if known is not None and known["vector"].shape[1:] != made.shape[1:]:
        return _renewed(None, wanted, items, embedder)
    record = np.dtype([("key", "<u8"), ("language", "<i4"), ("vector", "<f4", made.shape[1:])])
    rows = np.zeros(len(wanted), record)
    rows["key"] = wanted
    rows["vector"][missing], rows["language"][missing] = made, languages(texts)
    if known is not None:
        kept = np.flatnonzero(old >= 0)
        for field in ("vector", "language"):
            rows[field][kept] = known[field][old[kept]]
    return rows
