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

_BLOCK = 1024
"""Past items at a time: their products with 600 texts are 2.5 MB, which the caches hold."""
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
        wanted = min(k + _SPARE, len(self.raw))
        best = (_Best(len(queries), wanted), _Best(len(queries), wanted))
        tables = _Tables(self._space, queries, language_of, both[1])
        for start in range(0, len(self.raw), _BLOCK):
            rows = slice(start, min(start + _BLOCK, len(self.raw)))
            seen = tables.of(self.raw[rows], self.language_of[rows], self._bonus[rows])
            for kind, values in enumerate(seen):
                best[kind].see(values, start)
        if leave_out is None:
            leave_out = np.full(len(queries), -1, np.intp)
        plain, centred = (
            self._exactly(both[kind], kind, best[kind].index, min(k, len(self.raw)), leave_out)
            for kind in (0, 1)
        )
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


class _Tables:
    """How near queries are to blocks of the past: two tables that are written over by the next.

    Only their order within a query counts, so that the centred cosine comes from the plain one
    without a second product of matrices. With q and p unit vectors, m and n the means of their
    languages, c = (q - m) / |q - m|:
    |q - m| · centred cosine = (q·p - m·p - |q - m| c·n) / |p - n|.
    """

    def __init__(
        self, space: TopicSpace, queries: Floats, language_of: Ints, centred: Floats
    ) -> None:
        self._means, self._queries = space.means, queries
        self._squares = (space.means * space.means).sum(axis=1)
        self._unit = np.float32(space.spread[0])
        apart = np.linalg.norm(queries - space.means[language_of], axis=1, keepdims=True)
        apart = np.maximum(apart, _NO_LENGTH)
        toward = apart * (centred @ space.means.T)
        left = [_one_of_two(language_of), toward, -np.float32(space.spread[1]) * apart]
        self._left: Floats = np.concatenate(left, axis=1)
        self._buffers = np.empty((3, len(queries) * _BLOCK), np.float32)

    def of(self, past: Floats, language_of: Ints, bonus: Floats) -> tuple[Floats, Floats]:
        """Plain and centred, shape (queries, past), right to a few millionths."""
        shape = len(self._queries), len(past)
        plain, centred, less = (b[: shape[0] * shape[1]].reshape(shape) for b in self._buffers)
        near: Floats = self._means @ past.T
        # |p - n|² of a unit vector p, without making the difference.
        apart = 1.0 - 2.0 * near[language_of, np.arange(len(past))] + self._squares[language_of]
        scale = 1 / np.sqrt(np.maximum(apart, _NO_LENGTH))
        right = [near * scale, _one_of_two(language_of).T * scale, bonus[None]]
        np.matmul(self._queries, past.T, out=plain)
        np.matmul(self._left, np.concatenate(right), out=less)
        np.multiply(plain, scale, out=centred)
        centred -= less
        plain += self._unit * bonus
        return plain, centred


def _one_of_two(language_of: Ints) -> Floats:
    chosen: Floats = np.eye(2, dtype=np.float32)[language_of]
    return chosen


class _Best:
    """The columns with the largest values of each row, of a matrix seen in blocks of columns."""

    def __init__(self, rows: int, count: int) -> None:
        self.index = np.zeros((rows, count), np.intp)
        self._values = np.full((rows, count), -np.inf, np.float32)
        self._least = np.full((rows, 1), -np.inf, np.float32)

    def see(self, values: Floats, start: int) -> None:
        """Look at the columns from `start` on; only what beats a row's least is looked at twice."""
        if start == 0:
            place = np.argpartition(values, -min(self.index.shape[1], values.shape[1]), axis=1)
            place = place[:, -self.index.shape[1] :]
            self._add(np.arange(len(values)), np.take_along_axis(values, place, axis=1), place)
            return
        hits = np.flatnonzero(values > self._least)
        if not len(hits):
            return
        row, column = np.divmod(hits, values.shape[1])
        rows, first, counts = np.unique(row, return_index=True, return_counts=True)
        number = np.repeat(np.arange(len(rows)), counts)
        place = np.arange(len(hits)) - np.repeat(first, counts)
        shape = len(rows), int(counts.max())
        found, where = np.full(shape, -np.inf, np.float32), np.zeros(shape, np.intp)
        found[number, place], where[number, place] = values[row, column], column + start
        self._add(rows, found, where)

    def _add(self, rows: Ints, found: Floats, where: Ints) -> None:
        found = np.concatenate([self._values[rows], found], axis=1)
        where = np.concatenate([self.index[rows], where], axis=1)
        count = self.index.shape[1]
        best = np.argpartition(found, -count, axis=1)[:, -count:]
        self.index[rows] = np.take_along_axis(where, best, axis=1)
        self._values[rows] = kept = np.take_along_axis(found, best, axis=1)
        self._least[rows] = kept.min(axis=1, keepdims=True)
