"""The nearest past items of each text, by plain and by centred cosine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.score.topic import TopicSpace

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]

_BLOCK = 2048
"""Past items at a time: their products with 600 texts are 5 MB, which the caches hold."""
_SPARE = 4
"""How many more than asked for are looked at exactly: sums in another order differ by 1e-6."""
_QUERIES = 256
"""Texts at a time whose nearest are looked at exactly: their rows are 8 MB."""
_NOT_IT = np.float32(-9.0)
_NO_LENGTH = np.float32(1e-6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """Past items and their similarities, both of shape (texts, k), nearest first."""

    index: Ints
    similarity: Floats


class Past:
    """The archive's vectors.

    `raw` are unit vectors, shape (items, dimensions); `language_of` their languages as
    `topic.languages` says them; `bonus` is added to both similarities, in units of their spread.
    """

    def __init__(self, space: TopicSpace, raw: Floats, language_of: Ints, bonus: Floats) -> None:
        self._space = space
        self.raw, self.language_of, self._bonus = raw, language_of, bonus

    def nearest(
        self, queries: Floats, language_of: Ints, k: int, leave_out: Ints | None = None
    ) -> tuple[Nearest, Nearest]:
        """The `k` nearest of each query (fewer where there are fewer), plain and centred.

        `leave_out` is one row per query that is not looked at. Exact: every item is looked at,
        block by block, so that memory does not grow with the archive.
        """
        both = (queries, self._space.centred(queries, language_of))
        shift = _Shift(self._space.means, queries, language_of, both[1])
        wanted = min(k + _SPARE, len(self.raw))
        best = (_Best(len(queries), wanted), _Best(len(queries), wanted))
        for start in range(0, len(self.raw), _BLOCK):
            rows = slice(start, min(start + _BLOCK, len(self.raw)))
            for kind, values in enumerate(self._products(queries, shift, rows)):
                best[kind].see(values, start)
        if leave_out is None:
            leave_out = np.full(len(queries), -1, np.intp)
        plain, centred = (
            self._exactly(both[kind], kind, best[kind].index, min(k, len(self.raw)), leave_out)
            for kind in (0, 1)
        )
        return plain, centred

    def _products(self, queries: Floats, shift: _Shift, rows: slice) -> tuple[Floats, Floats]:
        past, bonus = self.raw[rows], self._bonus[rows]
        plain = queries @ past.T
        centred = shift.centred(plain, past, self.language_of[rows])
        for values, unit in zip((plain, centred), self._space.spread, strict=True):
            values += np.float32(unit) * bonus
        return plain, centred

    def _exactly(self, queries: Floats, kind: int, near: Ints, k: int, leave_out: Ints) -> Nearest:
        """The `k` nearest among the rows given for each query."""
        index = np.empty((len(near), k), np.intp)
        similarity = np.empty((len(near), k), np.float32)
        for start in range(0, len(near), _QUERIES):
            some = slice(start, start + _QUERIES)
            rows = np.sort(near[some], axis=1)
            found = (self._rows(kind, rows) @ queries[some][:, :, None])[:, :, 0]
            found += np.float32(self._space.spread[kind]) * self._bonus[rows]
            found[rows == leave_out[some, None]] = _NOT_IT
            order = np.argsort(-found, axis=1, kind="stable")[:, :k]
            index[some] = np.take_along_axis(rows, order, axis=1)
            similarity[some] = np.take_along_axis(found, order, axis=1)
        return Nearest(index=index, similarity=similarity)

    def _rows(self, kind: int, rows: Ints) -> Floats:
        past = self.raw[rows.ravel()]
        if kind:
            past = self._space.centred(past, self.language_of[rows.ravel()])
        shaped: Floats = past.reshape(*rows.shape, -1)
        return shaped


class _Shift:
    """From plain cosines to those centred by language, without a second product of matrices.

    With q and p unit vectors, m and n the means of their languages:
    (q - m)·(p - n) = q·p - m·p - (q - m)·n.
    """

    def __init__(self, means: Floats, queries: Floats, language_of: Ints, centred: Floats) -> None:
        self._means, self._squares = means, (means * means).sum(axis=1)
        apart = np.linalg.norm(queries - means[language_of], axis=1, keepdims=True)
        self._scale: Floats = 1 / np.maximum(apart, _NO_LENGTH)
        own: Floats = np.eye(2, dtype=np.float32)[language_of] * self._scale
        self._left = np.concatenate([own, centred @ means.T], axis=1)

    def centred(self, plain: Floats, past: Floats, language_of: Ints) -> Floats:
        """Centred cosines of the plain ones, shape (queries, past), to a few millionths."""
        toward = self._means @ past.T
        of_language = np.eye(2, dtype=np.float32)[language_of].T
        # |p - m|² of a unit vector p, without making the difference.
        own = 1.0 - 2.0 * toward[language_of, np.arange(len(past))] + self._squares[language_of]
        found: Floats = plain * self._scale
        found -= self._left @ np.concatenate([toward, of_language])
        found *= 1 / np.sqrt(np.maximum(own, _NO_LENGTH))
        return found


class _Best:
    """The columns with the largest values of each row, of a matrix seen in blocks of columns."""

    def __init__(self, rows: int, count: int) -> None:
        self.index = np.zeros((rows, count), np.intp)
        self._values = np.full((rows, count), _NOT_IT, np.float32)

    def see(self, values: Floats, start: int) -> None:
        """Look at the columns from `start` on; only what beats a row's least is looked at twice."""
        row, column = np.nonzero(values > self._values.min(axis=1, keepdims=True))
        if not len(row):
            return
        counts = np.bincount(row, minlength=len(values))
        place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        shape = len(values), int(counts.max())
        found, where = np.full(shape, _NOT_IT, np.float32), np.zeros(shape, np.intp)
        found[row, place], where[row, place] = values[row, column], column + start
        found = np.concatenate([self._values, found], axis=1)
        where = np.concatenate([self.index, where], axis=1)
        count = self.index.shape[1]
        best = np.argpartition(found, -count, axis=1)[:, -count:]
        self.index = np.take_along_axis(where, best, axis=1)
        self._values = np.take_along_axis(found, best, axis=1)
