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

_GROUP, _WIDTH = 16, 256
_BLOCK = _GROUP * _WIDTH
"""Past items at a time: their products with 600 texts are 10 MB. A group is every `_WIDTH`th."""
_QUERIES = 32
"""Texts at a time whose best groups are looked into: their rows are 7 MB."""
_NOT_IT = np.float32(-9.0)


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

        `leave_out` is one row per query that is not looked at. Exact: only the groups of items
        with the largest maxima can hold the nearest, and their maxima are found block by block,
        so that memory does not grow with the archive.
        """
        both = (queries, self._space.centred(queries, language_of))
        blocks = range(0, len(self.raw), _BLOCK)
        tops = np.empty((2, len(queries), len(blocks), _WIDTH), np.float32)
        for number, start in enumerate(blocks):
            rows = np.arange(start, min(start + _BLOCK, len(self.raw)))
            for kind, values in enumerate(self._products(both, rows)):
                tops[kind, :, number] = _maxima(values)
        if leave_out is None:
            leave_out = np.full(len(queries), -1, np.intp)
        plain, centred = (
            self._inside(
                both, kind, _best_groups(tops[kind].reshape(len(queries), -1), k + 1), k, leave_out
            )
            for kind in (0, 1)
        )
        return plain, centred

    def _products(self, both: tuple[Floats, Floats], rows: Ints) -> tuple[Floats, Floats]:
        past = self.raw[rows[0] : rows[-1] + 1]
        apart = self._space.centred(past, self.language_of[rows])
        plain, centred = (
            q @ p.T + np.float32(unit) * self._bonus[rows]
            for q, p, unit in zip(both, (past, apart), self._space.spread, strict=True)
        )
        return plain, centred

    def _inside(
        self, both: tuple[Floats, Floats], kind: int, groups: Ints, k: int, leave_out: Ints
    ) -> Nearest:
        """The `k` nearest within the given groups of each query."""
        count = len(self.raw)
        k = min(k, count)
        index = np.empty((len(groups), k), np.intp)
        similarity = np.empty((len(groups), k), np.float32)
        for start in range(0, len(groups), _QUERIES):
            some = slice(start, start + _QUERIES)
            block, first = np.divmod(groups[some, :, None], _WIDTH)
            places = block * _BLOCK + first + _WIDTH * np.arange(_GROUP)
            places = places.reshape(len(places), -1)
            rows = np.minimum(places, count - 1)
            values = self._rows(kind, rows) @ both[kind][some][:, :, None]
            found = values[:, :, 0] + np.float32(self._space.spread[kind]) * self._bonus[rows]
            found[(places >= count) | (places == leave_out[some, None])] = _NOT_IT
            best = np.argsort(-found, axis=1, kind="stable")[:, :k]
            index[some] = np.take_along_axis(rows, best, axis=1)
            similarity[some] = np.take_along_axis(found, best, axis=1)
        return Nearest(index=index, similarity=similarity)

    def _rows(self, kind: int, rows: Ints) -> Floats:
        past = self.raw[rows.ravel()]
        if kind:
            past = self._space.centred(past, self.language_of[rows.ravel()])
        shaped: Floats = past.reshape(*rows.shape, -1)
        return shaped


def _maxima(values: Floats) -> Floats:
    """The maximum of each group of columns."""
    missing = _BLOCK - values.shape[1]
    if missing:
        values = np.pad(values, ((0, 0), (0, missing)), constant_values=_NOT_IT)
    tops: Floats = values.reshape(len(values), _GROUP, _WIDTH).max(axis=1)
    return tops


def _best_groups(tops: Floats, k: int) -> Ints:
    k = min(k, tops.shape[1])
    best: Ints = np.sort(np.argpartition(tops, -k, axis=1)[:, -k:], axis=1)
    return best
