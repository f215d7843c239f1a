"""What the reader's taste looks like to a model: its vectors and how to read similarities to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.background import PAIRS
from pipeline.score.evidence import NEIGHBOURS, nearest
from pipeline.score.words import archive_text
from pipeline.types import ArchiveItem, Interest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder, Taste

    Floats = NDArray[np.float32]

HALF_LIFE_DAYS = 365.0
_RECENCY = 0.3
"""What a past item loses with age, at most, in standard deviations of unrelated similarity."""
_STAR_BONUS = 0.2
"""What each star above two adds to a past item, in the same unit."""
_SAMPLE = 256
_PRIOR_ITEMS = 10.0
_PRIOR_HIGH = 4.0
"""Where related past items lie above unrelated ones before the archive is large enough to say:
in standard deviations; the owner's archive of 748 items gives 4 to 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How similarities are read: their value for unrelated texts, by language (zh, en), and
    the spread of those. Shapes (2, columns) and scalar."""

    unrelated: Floats
    spread: float

    def z(self, similarity: Floats, languages: NDArray[np.intp]) -> Floats:
        """Similarities (rows, columns) in standard deviations above unrelated text."""
        standard: Floats = (similarity - self.unrelated[languages]) / self.spread
        return standard


class Unrelated:
    """The vectors of the background texts in both languages."""

    def __init__(self, embedder: Embedder) -> None:
        both = embedder.embed([text for pair in PAIRS for text in pair])
        self.by_language = (both[0::2], both[1::2])

    def scale(self, targets: Floats) -> Scale:
        """The scale of similarities to each of `targets`."""
        cosines = [vectors @ targets.T for vectors in self.by_language]
        spread = np.sqrt(np.mean([c.var(axis=0).mean() for c in cosines]))
        means = np.stack([c.mean(axis=0) for c in cosines])
        return Scale(unrelated=means, spread=max(float(spread), 1e-6))


class InterestProfile:
    """The declared interests (or mutes) as vectors with their scale."""

    def __init__(
        self, interests: Sequence[Interest], embedder: Embedder, unrelated: Unrelated
    ) -> None:
        self.phrases = [i.phrase for i in interests]
        self.weights = np.asarray([abs(i.weight) for i in interests], np.float32)
        self.vectors = embedder.embed(self.phrases)
        self.scale = unrelated.scale(self.vectors)

    def z(self, vectors: Floats, languages: NDArray[np.intp]) -> Floats:
        """Closeness to each interest, shape (candidates, interests)."""
        return self.scale.z(vectors @ self.vectors.T, languages)


class PastProfile:
    """The archive as vectors; similarity to it is the mean of the five nearest items.

    Recent items and those of many stars count a little more. The scale runs from unrelated
    text to what the archive's own items score against the rest of it.
    """

    def __init__(
        self, archive: Sequence[ArchiveItem], embedder: Embedder, unrelated: Unrelated
    ) -> None:
        self.items = tuple(archive)
        self.vectors = embedder.embed([archive_text(item) for item in archive])
        spread = unrelated.scale(self.vectors).spread
        self.bonus = (spread * _preference(self.items)).astype(np.float32)
        self.scale = self._scale(unrelated)
        self.high = self._high()

    def near(self, vectors: Floats) -> tuple[NDArray[np.intp], Floats]:
        """Indices and similarities of the nearest past items of each row."""
        found = nearest(vectors, self.vectors, self.bonus)
        return found.index, found.similarity

    def closeness(self, similarity: Floats, languages: NDArray[np.intp]) -> Floats:
        """Each neighbour's closeness: 0 unrelated, 1 as near as the archive is to itself."""
        mean = similarity.mean(axis=1, keepdims=True)
        low = self.scale.unrelated[languages]
        closeness: Floats = (mean - low)[:, 0] / (self.high * self.scale.spread)
        return closeness

    def _scale(self, unrelated: Unrelated) -> Scale:
        means = [self.near(v)[1].mean(axis=1) for v in unrelated.by_language]
        spread = float(np.sqrt(np.mean([m.var() for m in means])))
        low = np.asarray([[m.mean()] for m in means], np.float32)
        return Scale(unrelated=low, spread=max(spread, 1e-6))

    def _high(self) -> float:
        """How many spreads above unrelated text the archive's own items lie, shrunk to a prior
        while there are few; from an even sample of at most 256 items."""
        count = len(self.items)
        rows = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.intp))
        if count < 2:
            return _PRIOR_HIGH
        found = nearest(self.vectors[rows], self.vectors, self.bonus, NEIGHBOURS + 1)
        is_self = found.index == rows[:, None]
        others = np.where(is_self, np.nan, found.similarity)[:, : NEIGHBOURS + 1]
        own = np.nanmean(others, axis=1) - self.scale.unrelated.mean()
        seen = float(np.median(own)) / self.scale.spread
        return (count * max(seen, 1.0) + _PRIOR_ITEMS * _PRIOR_HIGH) / (count + _PRIOR_ITEMS)


def _preference(items: Sequence[ArchiveItem]) -> Floats:
    """What age and stars add to each past item, in standard deviations; shape (items,)."""
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
