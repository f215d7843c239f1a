"""The `Scorer`: relevance from interests and past notes, stars, and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.errors import Issue
from pipeline.ports import Taste
from pipeline.score.backtest import StarEvidence
from pipeline.score.evidence import shares, soft_weights
from pipeline.score.explain import DROPPED, KEPT, START, WORDS, past_label, sentence
from pipeline.score.learned import Lesson, attempt, comparable, fit
from pipeline.score.profile import Nearness, PastProfile, taste_version
from pipeline.score.shelf import PastKeys, VectorShelf
from pipeline.score.stars import habit
from pipeline.score.topic import TopicSpace, languages
from pipeline.score.wishes import Wishes
from pipeline.score.words import archive_text, as_candidate, candidate_text
from pipeline.text import short_hash
from pipeline.types import ArchiveItem, Candidate, Interest, Reason, Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ports import Embedder
    from pipeline.score.learned import Rule

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]

_FORMULA = "7"
"""Part of every score's version: raise it when the arithmetic changes."""
_START = -2.2
"""Log odds of an article of which nothing is known: one in ten concerns the reader."""
_PER_SPREAD = 0.6
"""Log odds that each spread of closeness to an interest adds (`wishes`)."""
_PAST_GAIN = 3.6
"""Log odds for something as near to the archive as the archive is to itself: four to one."""
_FEW = 20.0
"""Past items at which the archive counts half beside declared interests: a dozen notes are no
taste yet."""
_SHARPNESS = 1.5
_MUTE_FROM, _STRONG_MUTE = 4.0, 2.0
_HAS_PAPER, _HAS_CODE, _WITHDRAWN = 0.1, 0.2, -1.0

Kind = Literal["interest", "mute", "past", "word", "metadata"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Log-odds contributions of one kind, shape (candidates, columns), and their words."""

    kind: Kind
    values: Floats
    label: Callable[[int, int], str]


class RelevanceScorer:
    """Scores candidates against one reader's taste on one day.

    Vectors of interests and archive are made (or fetched from the cache) at the first call and
    kept; in the folder `memory`, where given, also from one process to the next. A candidate's
    score does not depend on the other candidates.
    """

    def __init__(
        self, embedder: Embedder, taste: Taste, today: date, memory: Path | None = None
    ) -> None:
        past = tuple(i for i in taste.archive if i.day <= today)
        self._embedder = embedder
        self._taste = replace(taste, archive=past)
        self._known = (*past, *taste.seeds)
        self._wanted = tuple(i for i in taste.interests if i.weight > 0)
        self._muted = tuple(i for i in taste.interests if i.weight < 0)
        self._habit = habit(past)
        self._shelf = VectorShelf(memory)

    def version(self) -> str:
        """Changes with the model, the formula, the interests, the archive and the dropped."""
        return self._version

    @cached_property
    def _keys(self) -> PastKeys:
        return PastKeys(self._known)

    @cached_property
    def _version(self) -> str:
        return short_hash(
            taste_version(f"{_FORMULA} {self._embedder.name}", self._taste, self._keys)
        )

    def score(self, candidates: Sequence[Candidate]) -> tuple[Score, ...]:
        """One score per candidate, in the same order; relevance rounded to 4 decimals."""
        if not candidates:
            return ()
        texts = [candidate_text(c) for c in candidates]
        raw, language_of = self._space.embedder.embed(texts), languages(texts)
        vectors = self._space.topics(raw, language_of)
        closest = self._wants.closeness(candidates, raw, language_of)
        muting = self._muting(self._mutes.closeness(candidates, raw, language_of))
        found = self._past.near(raw, texts, language_of) if self._past is not None else None
        pulling = [*self._pulling(closest, found), self._learned(vectors)]
        parts = [*pulling, muting, _facts(candidates)]
        relevance, portions = shares(_START, np.concatenate([p.values for p in parts], axis=1))
        stars = self._stars(vectors, closest, muting)
        rounded = [round(float(r), 4) for r in relevance]
        return tuple(
            self._one(candidate, value, stars[n], _reasons(parts, portions[n], n, value))
            for n, (candidate, value) in enumerate(zip(candidates, rounded, strict=True))
        )

    @cached_property
    def _space(self) -> TopicSpace:
        return TopicSpace(self._embedder)

    @cached_property
    def _wants(self) -> Wishes:
        return Wishes(self._space, self._wanted)

    @cached_property
    def _mutes(self) -> Wishes:
        return Wishes(self._space, self._muted)

    @cached_property
    def _past(self) -> PastProfile | None:
        known = self._known
        return PastProfile(known, self._space, self._shelf, self._keys) if known else None

    @property
    def lesson(self) -> Lesson:
        """What the reader's decisions taught, and whether it was used or refused."""
        return self._taught[0]

    @cached_property
    def _taught(self) -> tuple[Lesson, Rule | None]:
        """The lesson of kept against dropped, and its rule where it is used."""
        rows = np.asarray(comparable(self._taste.archive, self._taste.dropped), np.intp)
        if self._past is None or len(rows) < 2:
            return Lesson(kept=len(rows), dropped=len(self._taste.dropped)), None
        texts = [archive_text(item) for item in self._taste.dropped]
        raw, language_of = self._space.embedder.embed(texts), languages(texts)
        kept = self._past.vectors(rows)
        items = [self._past.items[int(r)] for r in rows]
        found = self._past.near(raw, texts, language_of)
        base = [
            self._evidence(items, *kept, self._past.own(rows)),
            self._evidence(self._taste.dropped, raw, language_of, found),
        ]
        sides = self._space.topics(*kept), self._space.topics(raw, language_of)
        lesson = attempt(*sides, np.concatenate(base))
        return lesson, fit(*sides) if lesson.used else None

    def _evidence(
        self, items: Sequence[ArchiveItem], raw: Floats, language_of: Ints, found: Nearness
    ) -> Floats:
        """Log odds of past decisions from interests and archive alone."""
        closest = self._wants.closeness([as_candidate(i) for i in items], raw, language_of)
        parts = self._pulling(closest, found)
        total: Floats = np.sum([p.values.sum(axis=1) for p in parts], axis=0, dtype=np.float32)
        return total

    def _learned(self, vectors: Floats) -> _Part:
        rule = self._taught[1]
        said = np.zeros(len(vectors), np.float32) if rule is None else rule(vectors)
        return _Part(
            kind="past",
            values=said[:, None],
            label=lambda n, _: KEPT if said[n] > 0 else DROPPED,
        )

    def _pulling(self, closest: Floats, found: Nearness | None) -> list[_Part]:
        """Interests and past; where there are both, the stronger one counts most."""
        groups: list[list[_Part]] = []
        if self._wanted:
            groups.append([_interest_part(self._wanted, closest)])
        if self._past is not None and found is not None:
            groups.append(_past_parts(self._past, found, self._past_gain()))
        if len(groups) < 2:
            return [part for group in groups for part in group]
        sums = [sum(p.values.sum(axis=1) for p in group) for group in groups]
        weights = soft_weights(np.stack(sums, axis=1), _SHARPNESS)
        return [
            _Part(kind=p.kind, values=p.values * weights[:, [i]], label=p.label)
            for i, group in enumerate(groups)
            for p in group
        ]

    def _past_gain(self) -> float:
        known = len(self._known)
        return _PAST_GAIN * (known / (known + _FEW) if self._wanted else 1.0)

    def _muting(self, closest: Floats) -> _Part:
        above = np.maximum(closest - _MUTE_FROM, 0.0)
        weights = np.asarray([-i.weight for i in self._muted], np.float32)
        values = -_PER_SPREAD * above * weights
        return _Part(kind="mute", values=values, label=lambda _, i: self._muted[i].phrase)

    @property
    def star_evidence(self) -> StarEvidence:
        """Whether the reader's past justifies stars other than the usual ones."""
        return self._past.star_evidence if self._past is not None else StarEvidence()

    @property
    def starred(self) -> tuple[Floats, NDArray[np.float64]]:
        """Topics and stars of the newest starred notes, oldest first."""
        if self._past is None:
            return np.zeros((0, 0), np.float32), np.zeros(0)
        return self._past.starred

    def twins(self, candidates: Sequence[Candidate]) -> tuple[tuple[int, int], ...]:
        """Places of pairs that may be about the same paper, the surest first."""
        from pipeline.score.twins import twins

        return twins(candidates, self._space) if len(candidates) > 1 else ()

    def remarks(self) -> tuple[Issue, ...]:
        """What the reader should know of how the scores were made: a lesson that was refused,
        and that the past gives no evidence for other stars than the usual."""
        found = []
        lesson, evidence = self.lesson, self.star_evidence
        if not math.isnan(lesson.after) and not lesson.used:
            found.append(_remark("lesson", lesson.sentence))
        if evidence.tried and not evidence.informative:
            found.append(_remark("stars", evidence.sentence))
        return tuple(found)

    def _stars(self, vectors: Floats, closest: Floats, muting: _Part) -> list[int]:
        strong = np.asarray([m.weight <= -_STRONG_MUTE for m in self._muted], bool)
        weights = [i.weight for i in self._wanted]
        told = [self._habit.mode] * len(vectors)
        if self._past is not None and self.star_evidence.informative:
            told = self._past.stars_like(vectors)
        return [
            self._habit.suggest(row, weights, bool((muted[strong] < -1.0).any()), usual)
            for row, muted, usual in zip(closest.tolist(), muting.values, told, strict=True)
        ]

    def _one(
        self, candidate: Candidate, relevance: float, stars: int, reasons: tuple[Reason, ...]
    ) -> Score:
        return Score(
            article_id=candidate.article.id,
            relevance=relevance,
            suggested_stars=stars,
            spread=self._habit.spread,
            why=sentence(reasons, bool(self._wanted), bool(self._known)),
            reasons=reasons,
            model=self._embedder.name,
            profile=self._version,
        )


def _remark(code: str, sentence: str) -> Issue:
    remedy = "不用处理；stardraft evaluate 可以看全部数字。"
    return Issue(subject="打分", code=f"score.{code}", sentence=sentence, remedy=remedy)


def _interest_part(wanted: Sequence[Interest], closest: Floats) -> _Part:
    evidence = _PER_SPREAD * closest
    # Weight speaks for what is near; it must not push away what is not.
    gain = np.sqrt(np.asarray([i.weight for i in wanted], np.float32))
    evidence = np.where(evidence > 0, evidence * gain, evidence)
    values = evidence * soft_weights(evidence, _SHARPNESS)
    return _Part(kind="interest", values=values, label=lambda _, i: wanted[i].phrase)


def _past_parts(past: PastProfile, found: Nearness, gain: float) -> list[_Part]:
    """What each near past item adds by its vector, and what shared words add."""
    unit = gain / past.reach
    return [
        _Part(
            kind="past",
            values=unit * found.values,
            label=lambda n, i: past_label(past.items[int(found.items[n, i])]),
        ),
        _Part(
            kind="word",
            values=unit * found.words[:, None],
            label=lambda n, _: "、".join(found.said[n]) or WORDS,
        ),
    ]


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
    added: dict[tuple[Kind, str], float] = {}
    columns = [(p, i) for p in parts for i in range(p.values.shape[1])]
    for (part, i), share in zip(columns, portions, strict=True):
        if share:
            label = part.kind, part.label(row, i)
            added[label] = added.get(label, 0.0) + float(share)
    named = [
        Reason(kind=kind, label=label, share=round(share, 4))
        for (kind, label), share in added.items()
        if abs(share) >= 0.5e-4
    ]
    # The start takes what rounding leaves over.
    start = round(relevance - sum(r.share for r in named), 4)
    first = Reason(kind="metadata", label=START, share=start)
    return (*sorted(named, key=lambda r: -abs(r.share)), first)
