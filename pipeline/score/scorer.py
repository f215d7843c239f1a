"""The `Scorer`: relevance from interests and past notes, stars, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.ports import Taste
from pipeline.score.evidence import shares, soft_weights
from pipeline.score.explain import START, past_label, sentence
from pipeline.score.profile import InterestProfile, PastProfile, Unrelated, taste_version
from pipeline.score.stars import habit
from pipeline.score.words import candidate_text
from pipeline.text import language, short_hash
from pipeline.types import Candidate, Reason, Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder

    Floats = NDArray[np.float32]

_FORMULA = "1"
"""Part of every score's version: raise it when the arithmetic changes."""
_START = -2.2
"""Log odds of an article of which nothing is known: one in ten concerns the reader."""
_FROM_Z, _PER_Z = 1.0, 1.2
"""Closeness to an interest (standard deviations above unrelated text) to log odds: unrelated
text (z 0.7 to the nearest of ten interests) keeps the start, random papers of arXiv (z 2.7) get
a bit under even odds, the papers of the owner's notes (z 3.5) about two to one."""
_PAST_GAIN = 3.6
"""Log odds for something as near to the archive as the archive is to itself: four to one."""
_SHARPNESS = 1.5
_MUTE_FROM_Z, _STRONG_MUTE = 3.0, 2.0
_HAS_PAPER, _HAS_CODE, _WITHDRAWN = 0.1, 0.2, -1.0

Kind = Literal["interest", "mute", "past", "word", "metadata"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """The candidates as the model sees them; language 0 is Chinese, 1 English."""

    vectors: Floats
    languages: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Log-odds contributions of one kind, shape (candidates, columns), and their words."""

    kind: Kind
    values: Floats
    label: Callable[[int, int], str]


class RelevanceScorer:
    """Scores candidates against one reader's taste on one day.

    Vectors of interests and archive are made (or fetched from the cache) at the first call and
    kept. A candidate's score does not depend on the other candidates.
    """

    def __init__(self, embedder: Embedder, taste: Taste, today: date) -> None:
        past = tuple(i for i in taste.archive if i.day <= today)
        self._embedder = embedder
        self._taste = Taste(interests=taste.interests, archive=past, dropped=taste.dropped)
        self._wanted = tuple(i for i in taste.interests if i.weight > 0)
        self._muted = tuple(i for i in taste.interests if i.weight < 0)
        self._habit = habit(past)

    def version(self) -> str:
        """Changes with the model, the formula, the interests, the archive and the dropped."""
        return self._version

    @cached_property
    def _version(self) -> str:
        return short_hash(taste_version(f"{_FORMULA} {self._embedder.name}", self._taste))

    def score(self, candidates: Sequence[Candidate]) -> tuple[Score, ...]:
        """One score per candidate, in the same order; relevance rounded to 4 decimals."""
        if not candidates:
            return ()
        texts = [candidate_text(c) for c in candidates]
        languages = np.asarray([int(language(t) == "en") for t in texts], np.intp)
        view = _View(vectors=self._embedder.embed(texts), languages=languages)
        closest = self._wants.z(view.vectors, languages) if self._wants else None
        muting = self._muting(view)
        parts = [*self._pulling(view, closest), *muting, _facts(candidates)]
        relevance, portions = shares(_START, np.concatenate([p.values for p in parts], axis=1))
        stars = self._stars(closest, muting, len(candidates))
        rounded = [round(float(r), 4) for r in relevance]
        return tuple(
            self._one(candidate, value, stars[n], _reasons(parts, portions[n], n, value))
            for n, (candidate, value) in enumerate(zip(candidates, rounded, strict=True))
        )

    @cached_property
    def _unrelated(self) -> Unrelated:
        return Unrelated(self._embedder)

    @cached_property
    def _wants(self) -> InterestProfile | None:
        if not self._wanted:
            return None
        return InterestProfile(self._wanted, self._embedder, self._unrelated)

    @cached_property
    def _mutes(self) -> InterestProfile | None:
        if not self._muted:
            return None
        return InterestProfile(self._muted, self._embedder, self._unrelated)

    @cached_property
    def _past(self) -> PastProfile | None:
        if not self._taste.archive:
            return None
        return PastProfile(self._taste.archive, self._embedder, self._unrelated)

    def _pulling(self, view: _View, closest: Floats | None) -> list[_Part]:
        """Interests and past; where there are both, the stronger one counts most."""
        parts: list[_Part] = []
        if self._wants is not None and closest is not None:
            parts.append(_interest_part(self._wants, closest))
        if self._past is not None:
            parts.append(_past_part(self._past, view))
        if len(parts) < 2:
            return parts
        sums = np.stack([p.values.sum(axis=1) for p in parts], axis=1)
        weights = soft_weights(sums, _SHARPNESS)
        return [
            _Part(kind=p.kind, values=p.values * weights[:, [i]], label=p.label)
            for i, p in enumerate(parts)
        ]

    def _muting(self, view: _View) -> list[_Part]:
        mutes = self._mutes
        if mutes is None:
            return []
        above = np.maximum(mutes.z(view.vectors, view.languages) - _MUTE_FROM_Z, 0.0)
        values = -_PER_Z * above * mutes.weights
        return [_Part(kind="mute", values=values, label=lambda _, i: mutes.phrases[i])]

    def _stars(self, closest: Floats | None, muting: list[_Part], count: int) -> list[int]:
        strong = np.asarray([m.weight <= -_STRONG_MUTE for m in self._muted], bool)
        muted = [False] * count
        for part in muting:
            muted = [bool(row.any()) for row in part.values[:, strong] < -_PER_Z]
        rows = [()] * count if closest is None else closest.tolist()
        weights = [i.weight for i in self._wanted]
        return [self._habit.suggest(r, weights, m) for r, m in zip(rows, muted, strict=True)]

    def _one(
        self, candidate: Candidate, relevance: float, stars: int, reasons: tuple[Reason, ...]
    ) -> Score:
        return Score(
            article_id=candidate.article.id,
            relevance=relevance,
            suggested_stars=stars,
            spread=self._habit.spread,
            why=sentence(reasons, bool(self._wanted), bool(self._taste.archive)),
            reasons=reasons,
            model=self._embedder.name,
            profile=self._version,
        )


def _interest_part(wants: InterestProfile, closest: Floats) -> _Part:
    evidence = _PER_Z * (closest - _FROM_Z)
    # Weight speaks for what is near; it must not push away what is not.
    evidence = np.where(evidence > 0, evidence * np.sqrt(wants.weights), evidence)
    values = evidence * soft_weights(evidence, _SHARPNESS)
    return _Part(kind="interest", values=values, label=lambda _, i: wants.phrases[i])


def _past_part(past: PastProfile, view: _View) -> _Part:
    index, similarity = past.near(view.vectors)
    evidence = _PAST_GAIN * past.closeness(similarity, view.languages)
    above = np.maximum(similarity - past.scale.unrelated[view.languages], 1e-6)
    values = evidence[:, None] * above / above.sum(axis=1, keepdims=True)
    return _Part(
        kind="past",
        values=values,
        label=lambda n, i: past_label(past.items[int(index[n, i])]),
    )


def _facts(candidates: Sequence[Candidate]) -> _Part:
    """Small terms for what a note likes to have: a paper, code; a withdrawn paper counts against."""
    labels = ("有论文", "有代码", "论文已撤稿")
    rows = [
        (
            _HAS_PAPER * bool(c.papers),
            _HAS_CODE * bool(c.repos),
            _WITHDRAWN * any(p.withdrawn for p in c.papers[:1]),
        )
        for c in candidates
    ]
    return _Part(kind="metadata", values=np.asarray(rows, np.float32), label=lambda _, i: labels[i])


def _reasons(
    parts: Sequence[_Part], portions: Floats, row: int, relevance: float
) -> tuple[Reason, ...]:
    """Every part's share, the largest first, and the start; they add up to the relevance."""
    labels = [(p.kind, p.label(row, i)) for p in parts for i in range(p.values.shape[1])]
    named = [
        Reason(kind=kind, label=label, share=round(float(share), 4))
        for (kind, label), share in zip(labels, portions, strict=True)
        if abs(share) >= 0.5e-4
    ]
    # The start takes what rounding leaves over.
    start = round(relevance - sum(r.share for r in named), 4)
    first = Reason(kind="metadata", label=START, share=start)
    return (*sorted(named, key=lambda r: -abs(r.share)), first)
