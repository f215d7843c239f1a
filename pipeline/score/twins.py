"""Near-duplicates of one day, across languages and accounts: pairs that may be one paper.

Sure pairs (equal ids, equal headlines) are folded before this is asked. Here two articles are
compared by the cosine centred by language, in its own spread, and by the words they share, where
the name of a method counts most. A pair is told only where each is the other's nearest and no
third is nearly as near: how far the next one is tells pairs better than how near they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.lexical import WordIndex
from pipeline.score.topic import EVERYDAY, languages
from pipeline.score.words import candidate_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.score.topic import TopicSpace
    from pipeline.types import Candidate

    Floats = NDArray[np.float32]

_MOST = 1200
"""Candidates compared with each other: their table is 6 MB, the work grows with its square."""
_WORDS = 20.0
"""Spreads that a cosine of words of 1 counts; 6, 10, 14 and 20 were tried, 20 found most."""
_ACROSS, _WITHIN = 6.5, 16.0
"""From here on a pair is told, in spreads: between languages and in one language, where two
papers of one field are nearer to each other, at most 15.2 where this was measured."""
_APART = 1.5
"""How much farther, in spreads, the next nearest of both must be. docs/scoring.md has precision
and recall of all three."""
_NOT_IT = np.float32(-99.0)


def twins(candidates: Sequence[Candidate], space: TopicSpace) -> tuple[tuple[int, int], ...]:
    """Places of pairs that may be about the same paper, the surest first.

    Two that name different papers are two. Only the first 1,200 candidates are looked at.
    """
    some = candidates[:_MOST]
    if len(some) < 2:
        return ()
    alike = likeness([candidate_text(c) for c in some], space)
    for one, candidate in enumerate(some):
        if candidate.papers:
            others = [n for n, c in enumerate(some) if c.papers]
            alike[one, others] = _NOT_IT
    return pairs(alike)


def likeness(texts: Sequence[str], space: TopicSpace) -> Floats:
    """How alike each two texts are, in spreads above what tells a pair; shape (texts, texts)."""
    language_of = languages(texts)
    vectors = space.centred(space.embedder.embed(texts), language_of)
    words = WordIndex(texts, EVERYDAY).cosines(texts)
    across = language_of[:, None] != language_of[None, :]
    alike: Floats = (vectors @ vectors.T) / np.float32(space.spread[1]) + _WORDS * words
    alike -= np.where(across, np.float32(_ACROSS), np.float32(_WITHIN))
    alike = np.minimum(alike, alike.T)
    np.fill_diagonal(alike, _NOT_IT)
    return alike


def pairs(alike: Floats) -> tuple[tuple[int, int], ...]:
    """Pairs above nought of which each is the other's nearest by far, the surest first."""
    if len(alike) < 2:
        return ()
    nearest = np.argsort(-alike, axis=1, kind="stable")[:, :2]
    found = [
        (-float(alike[one, other]), one, int(other))
        for one, (other, third) in enumerate(nearest)
        if one < other and nearest[other, 0] == one and alike[one, other] > 0
        if _stands_alone(alike, one, other, third)
        and _stands_alone(alike, other, one, nearest[other, 1])
    ]
    return tuple((one, other) for _, one, other in sorted(found))


def _stands_alone(alike: Floats, one: int, other: int, third: int) -> bool:
    """Whether the third is much farther from the one, or is alike to both: three on one paper."""
    apart = alike[one, other] - alike[one, third] >= _APART
    return bool(apart or min(alike[one, third], alike[other, third]) > 0)
