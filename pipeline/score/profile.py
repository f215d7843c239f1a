"""What the reader's past looks like, and how near something is to it.

Three similarities are mixed, each counted in its own spread: the plain cosine, which knows the
field; the cosine centred by language, which knows the topic; and the words in common, which know
names. Of each the means of the four and the twelve best are averaged: no one number of
neighbours is right for a profile of five papers and one of five hundred. Each similarity alone
ranks worse than the mixture on every set that was measured; weights other than one to one to one
change little (docs/scoring.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.backtest import StarEvidence, predict, try_stars
from pipeline.score.lexical import WordIndex, telling
from pipeline.score.near import Past
from pipeline.score.shelf import PastKeys, VectorShelf
from pipeline.score.topic import EVERYDAY, languages
from pipeline.score.words import archive_text
from pipeline.types import ArchiveItem, Seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Taste
    from pipeline.score.topic import TopicSpace

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]

_SIZES = (4, 12)
HALF_LIFE_DAYS = 365.0
SEED_HALF_LIFE_DAYS = 3 * 365.0
"""A library is gathered over more years than notes are, and its papers stay what one works on."""
_RECENCY, _STAR_BONUS = 0.25, 0.125
"""What a past item loses with age at most, and what each star above two adds, in spreads."""
_WORD_SPREAD = 0.037
"""The unit of shared words: chosen with the two cosines at one to one."""
_NEWEST_WORDS = 1000
_SAMPLE = 128
_STARRED = 2000
_PRIOR_ITEMS, _PRIOR_REACH = 10.0, 6.0
"""How far above everyday texts an archive's own items are, before it can say so itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near texts are to the past, in spreads above everyday texts.

    `items` and `values` have shape (texts, columns): past items, and what each adds, first by
    the plain and then by the centred cosine; `words` is what shared words add, shape (texts,),
    and `said` the words that say most.
    """

    items: Ints
    values: Floats
    words: Floats
    said: tuple[tuple[str, ...], ...]

    @property
    def total(self) -> Floats:
        """Nearness to the past as one number per text."""
        total: Floats = self.values.sum(axis=1) + self.words
        return total


class PastProfile:
    """The archive as vectors and words; recent items and those of many stars count more."""

    def __init__(
        self,
        archive: Sequence[ArchiveItem],
        space: TopicSpace,
        shelf: VectorShelf | None = None,
        keys: PastKeys | None = None,
    ) -> None:
        self.items = tuple(archive)
        self._space = space
        shelf = shelf or VectorShelf(None)
        keys = keys or PastKeys(self.items)
        raw, language_of = shelf.rows(archive, keys, space.embedder)
        seeds = np.fromiter((isinstance(i, Seed) for i in self.items), bool, len(self.items))
        self._past = Past(space, raw, language_of, _preference(self.items, keys, seeds))
        positions = np.fromiter((i.position for i in self.items), np.int64, len(self.items))
        # Notes count as newer than any seed: a library must not drown their words.
        self._order = np.lexsort((positions, keys.days, ~seeds)).tolist()
        newest = self._order[-_NEWEST_WORDS:]
        self._place = {row: place for place, row in enumerate(newest)}
        self._index = WordIndex([archive_text(self.items[n]) for n in newest], EVERYDAY)

    def vectors(self, rows: Ints) -> tuple[Floats, Ints]:
        """Plain vectors of the items in these rows, and their languages."""
        return self._past.raw[rows], self._past.language_of[rows]

    def own(self, rows: Ints) -> Nearness:
        """How near each of the items in these rows is to the rest of the archive."""
        texts = [archive_text(self.items[int(r)]) for r in rows]
        raw, language_of = self.vectors(rows)
        return self.near(raw, texts, language_of, rows)

    def near(
        self, raw: Floats, texts: Sequence[str], language_of: Ints, leave_out: Ints | None = None
    ) -> Nearness:
        """The nearest past items of each text; `leave_out` is one row per text not looked at."""
        found = self._measure(raw, texts, language_of, leave_out)
        floor = self._floor
        columns = found.values.shape[1] // 2
        return Nearness(
            items=found.items,
            values=found.values - np.repeat(floor[language_of, :2] / columns, columns, axis=1),
            words=found.words - floor[language_of, 2],
            said=found.said,
        )

    def _measure(
        self, raw: Floats, texts: Sequence[str], language_of: Ints, leave_out: Ints | None = None
    ) -> Nearness:
        """As `near`, from nought instead of from everyday texts."""
        # An item left out must not count as a neighbour of itself that is like nothing.
        count = min(max(_SIZES), len(self.items) - (leave_out is not None))
        both = self._past.nearest(raw, language_of, count, leave_out)
        values = [
            found.similarity * _rank_weights(found.index.shape[1]) / spread
            for found, spread in zip(both, self._space.spread, strict=True)
        ]
        skip = [] if leave_out is None else [self._place.get(int(r)) for r in leave_out]
        cosines, shared = self._index.nearest(texts, count, skip)
        return Nearness(
            items=np.concatenate([found.index for found in both], axis=1),
            values=np.concatenate(values, axis=1).astype(np.float32),
            words=cosines @ _rank_weights(cosines.shape[1]) / np.float32(_WORD_SPREAD),
            said=tuple(tuple(telling(words, 3)) for words in shared),
        )

    @cached_property
    def _floor(self) -> Floats:
        """What everyday texts of each language reach, by plain and centred cosine and by words;
        shape (2, 3). An archive in Chinese is nearer to anything in Chinese."""
        found = self._measure(self._space.everyday, EVERYDAY, languages(EVERYDAY))
        columns = found.values.shape[1] // 2
        parts = (found.values[:, :columns], found.values[:, columns:], found.words[:, None])
        sums = np.stack([part.sum(axis=1) for part in parts], axis=1)
        return np.stack([sums[n::2].mean(axis=0) for n in (0, 1)]).astype(np.float32)

    @cached_property
    def reach(self) -> float:
        """How far above everyday texts the archive's own items are by the rest of it (the
        median of an even sample), shrunk to a prior while there are few."""
        count = len(self.items)
        if count < 2:
            return _PRIOR_REACH
        rows = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.intp))
        seen = max(float(np.median(self.own(rows).total)), 1.0)
        return (count * seen + _PRIOR_ITEMS * _PRIOR_REACH) / (count + _PRIOR_ITEMS)

    @cached_property
    def starred(self) -> tuple[Floats, NDArray[np.float64]]:
        """Topics and stars of the newest starred items, oldest first."""
        rows = [n for n in self._order if 1 <= self.items[n].stars <= 5]
        chosen = np.asarray(rows[-_STARRED:], np.intp)
        stars = np.asarray([self.items[int(n)].stars for n in chosen], np.float64)
        topics = self._space.topics(*self.vectors(chosen))
        return topics, stars

    @cached_property
    def star_evidence(self) -> StarEvidence:
        """Whether similar notes tell the stars better than the mode does."""
        return try_stars(*self.starred)

    def stars_like(self, vectors: Floats) -> list[int]:
        """The stars of the most similar notes, one number per row of topics."""
        topics, stars = self.starred
        return [round(float(s)) for s in predict(vectors @ topics.T, stars)]


def _rank_weights(count: int) -> Floats:
    """What each of `count` neighbours counts, nearest first: the average of the means of the
    first four and the first twelve of them."""
    sizes = np.minimum(_SIZES, count)
    weights = (np.arange(count) < sizes[:, None]) / sizes[:, None]
    averaged: Floats = weights.mean(axis=0).astype(np.float32)
    return averaged


def _preference(items: Sequence[ArchiveItem], keys: PastKeys, seeds: NDArray[np.bool_]) -> Floats:
    """What age, stars and a seed's weight add to each past item, in spreads; shape (items,)."""
    stars = np.clip(keys.stars, 0, 5).astype(np.float32)
    preference: Floats = (_STAR_BONUS * np.maximum(stars - 2.0, 0.0)).astype(np.float32)
    preference[~seeds] += _recency(keys.days[~seeds], HALF_LIFE_DAYS)
    preference[seeds] += _recency(keys.days[seeds], SEED_HALF_LIFE_DAYS)
    heavy = (items[int(n)] for n in np.flatnonzero(seeds))
    weights = np.asarray([i.weight for i in heavy if isinstance(i, Seed)], np.float32)
    # Half the weight costs what age can cost at most.
    preference[seeds] += _RECENCY * np.log2(np.maximum(weights, np.float32(1e-3)))
    return preference


def _recency(days: Ints, half_life: float) -> Floats:
    # Age counts from the newest note, not from today: a pause of a year is no change of taste.
    age = (days.max(initial=0) - days).astype(np.float32)
    recency: Floats = (_RECENCY * (np.exp2(-age / half_life) - 1.0)).astype(np.float32)
    return recency


def taste_version(name: str, taste: Taste, keys: PastKeys) -> str:
    """Everything of the taste and the model that a score depends on, as one string; `keys` are
    the archive's."""
    parts = [name, keys.whole.hex()]
    parts += [f"i {i.phrase} {i.weight!r}" for i in taste.interests]
    parts += [f"s {i.weight!r}" for i in taste.seeds]
    parts += [f"d {i.day} {i.stars} {archive_text(i)}" for i in taste.dropped]
    return "\x1e".join(parts)
