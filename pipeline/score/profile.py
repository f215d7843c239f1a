"""What the reader's past looks like: its topics and words, and how near something is to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.background import PAIRS
from pipeline.score.backtest import StarEvidence, predict, try_stars
from pipeline.score.evidence import nearest
from pipeline.score.lexical import Rarity, common, telling
from pipeline.score.words import archive_text
from pipeline.types import ArchiveItem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Taste
    from pipeline.score.topic import TopicSpace

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]

NEIGHBOURS = 5
"""Of 1, 3, 5, 10 and all, five rank best on the rated papers, with and without the rest."""
HALF_LIFE_DAYS = 365.0
_RECENCY = 0.02
"""What a past item loses with age at most, in cosine: a third of the spread of unrelated text."""
_STAR_BONUS = 0.01
"""What each star above two adds to a past item, in cosine."""
_SAMPLE = 256
_STARRED = 2000
_RARITY_SAMPLE = 2000
_PRIOR_ITEMS = 10.0
_PRIOR_HIGH = 0.4
"""How near an archive is to itself before it is large enough to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """The past items nearest to each text: indices, similarities of topic and of words, all of
    shape (texts, neighbours), nearest first; and the words in common that say most."""

    index: Ints
    topic: Floats
    lexical: Floats
    words: tuple[tuple[str, ...], ...]

    @property
    def mean(self) -> Floats:
        """Similarity to the past as one number per text."""
        mean: Floats = (self.topic + self.lexical).mean(axis=1)
        return mean


class PastProfile:
    """The archive as topics and words.

    The five nearest by topic are found among all and then compared word by word (looking at ten
    or twenty ranks no better). Recent items and those of many stars count a little more.
    """

    def __init__(self, archive: Sequence[ArchiveItem], space: TopicSpace) -> None:
        self.items = tuple(archive)
        self._texts = [archive_text(item) for item in archive]
        self._vectors = space.vectors(self._texts)
        self._bonus = _preference(self.items)
        step = max(1, len(self._texts) // _RARITY_SAMPLE)
        self._rarity = Rarity([*self._texts[::step], *(t for pair in PAIRS for t in pair)])
        self._seen: dict[int, dict[str, float]] = {}

    def own(self, rows: Ints) -> tuple[Floats, Nearness]:
        """Topics of the items in these rows, and how near each is to the rest of the archive."""
        vectors = self._vectors[rows]
        texts = [self._texts[int(r)] for r in rows]
        return vectors, self.near(vectors, texts, leave_out=rows)

    @cached_property
    def _starred(self) -> tuple[Floats, NDArray[np.float64]]:
        """Topics and stars of the newest starred items, oldest first."""
        rows = [n for n, item in enumerate(self.items) if 1 <= item.stars <= 5]
        rows.sort(key=lambda n: (self.items[n].day, self.items[n].position))
        chosen = np.asarray(rows[-_STARRED:], np.intp)
        stars = np.asarray([self.items[int(n)].stars for n in chosen], np.float64)
        return self._vectors[chosen], stars

    @cached_property
    def star_evidence(self) -> StarEvidence:
        """Whether similar notes tell the stars better than the mode does."""
        return try_stars(*self._starred)

    def stars_like(self, vectors: Floats) -> list[int]:
        """The stars of the most similar notes, one number per row."""
        topics, stars = self._starred
        return [round(float(s)) for s in predict(vectors @ topics.T, stars)]

    @cached_property
    def high(self) -> float:
        """How near the archive's own items are to the rest of it (the median of an even sample
        of at most 256), shrunk to a prior while there are few."""
        count = len(self.items)
        rows = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.intp))
        if count < 2:
            return _PRIOR_HIGH
        seen = max(float(np.median(self.own(rows)[1].mean)), 0.1)
        return (count * seen + _PRIOR_ITEMS * _PRIOR_HIGH) / (count + _PRIOR_ITEMS)

    def near(
        self, vectors: Floats, texts: Sequence[str], leave_out: Ints | None = None
    ) -> Nearness:
        """The nearest past items of each text; `leave_out` is an item not to look at, by row."""
        found = nearest(vectors, self._vectors, self._bonus, NEIGHBOURS + (leave_out is not None))
        topic = found.similarity
        if leave_out is not None:
            topic = np.where(found.index == leave_out[:, None], -9.0, topic).astype(np.float32)
        shared = [
            [common(words, self._words(int(i))) for i in row]
            for words, row in zip(map(self._rarity.vector, texts), found.index, strict=True)
        ]
        lexical = np.asarray([[sum(s.values()) for s in row] for row in shared], np.float32)
        wanted = topic.shape[1] - (leave_out is not None)
        order = np.argsort(-(topic + lexical), axis=1, kind="stable")[:, : min(wanted, NEIGHBOURS)]
        return Nearness(
            index=np.take_along_axis(found.index, order, axis=1),
            topic=np.take_along_axis(topic, order, axis=1),
            lexical=np.take_along_axis(lexical, order, axis=1),
            words=tuple(_top_words(row, kept) for row, kept in zip(shared, order, strict=True)),
        )

    def _words(self, index: int) -> dict[str, float]:
        if index not in self._seen:
            self._seen[index] = self._rarity.vector(self._texts[index])
        return self._seen[index]


def _top_words(shared: Sequence[dict[str, float]], kept: Ints) -> tuple[str, ...]:
    total: dict[str, float] = {}
    for i in kept:
        for word, value in shared[int(i)].items():
            total[word] = total.get(word, 0.0) + value
    return tuple(telling(total, 3))


def _preference(items: Sequence[ArchiveItem]) -> Floats:
    """What age and stars add to each past item, in cosine; shape (items,)."""
    # Age counts from the newest note, not from today: a pause of a year is no change of taste.
    newest = max((i.day for i in items), default=date.min)
    age = np.asarray([(newest - i.day).days for i in items], np.float32)
    stars = np.asarray([min(max(i.stars, 0), 5) for i in items], np.float32)
    recency = _RECENCY * (np.exp2(-age / HALF_LIFE_DAYS) - 1.0)
    preference: Floats = recency + _STAR_BONUS * np.maximum(stars - 2.0, 0.0)
    return preference


def taste_version(name: str, taste: Taste) -> str:
    """Everything of the taste and the model that a score depends on, as one string."""
    parts = [name]
    parts += [f"i {i.phrase} {i.weight!r}" for i in taste.interests]
    for kind, items in (("a", taste.archive), ("d", taste.dropped)):
        parts += [f"{kind} {i.day} {i.stars} {archive_text(i)}" for i in items]
    return "\x1e".join(parts)
