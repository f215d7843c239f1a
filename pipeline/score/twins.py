"""Near-duplicates of one day, across languages and accounts: pairs that may be one paper.

Sure pairs (equal ids, equal headlines) are folded before this is asked. Here two articles are
compared by the cosine centred by language, in its own spread, and by the words they share, where
the name of a method counts most. A pair is told only where each is the other's nearest.
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
_WORDS = 10.0
"""Spreads that a cosine of words of 1 counts; 3 to 10 were tried, 10 found most."""
_ACROSS, _WITHIN = 8.6, 18.0
"""From here on a pair is told, in spreads: between languages and in one language, where two
papers of one field are nearer to each other (docs/scoring.md has precision and recall)."""
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
    """Pairs above nought of which each is the other's nearest, the surest first."""
    nearest = alike.argmax(axis=1)
    found = [
        (-float(alike[one, other]), one, int(other))
        for one, other in enumerate(nearest)
        if one < other and nearest[other] == one and alike[one, other] > 0
    ]
    return tuple((one, other) for _, one, other in sorted(found))
