"""How near a candidate is to what the reader declared: by meaning, and by the very words.

A phrase of a few words lies nearer to a title than to 800 characters that contain it, so both
are compared and the nearer counts. A model this small also misses what a reader sees at once:
a part of the phrase that stands in the title word for word is evidence of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.words import candidate_text, headline
from pipeline.text import normal_title

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.score.topic import TopicSpace
    from pipeline.types import Candidate, Interest

    Floats = NDArray[np.float32]

_PARTS = re.compile(r"[，,、；;：:／/。|（）()\n]|\s和\s|\band\b|与|或")
_IN_TITLE, _IN_TEXT = 0.16, 0.06
"""What a part of the phrase adds where it stands word for word, in cosine: in a title as much as
lies between unrelated text and a paper on the subject, in the text a third of that."""


class Wishes:
    """Interests or mutes, ready to be compared."""

    def __init__(self, space: TopicSpace, interests: Sequence[Interest]) -> None:
        self._space = space
        self._vectors = space.vectors([i.phrase for i in interests])
        self._parts = [parts_of(i.phrase) for i in interests]

    def closeness(self, candidates: Sequence[Candidate], vectors: Floats) -> Floats:
        """Closeness of each candidate to each phrase, in cosine of topics, at most 1.

        `vectors` are the candidates' whole texts, shape (candidates, dimensions); the result
        has shape (candidates, phrases).
        """
        if not self._parts:
            return np.zeros((len(candidates), 0), np.float32)
        titles = self._space.vectors([headline(c) for c in candidates])
        meaning = np.maximum(vectors @ self._vectors.T, titles @ self._vectors.T)
        words = np.asarray([self._said(c) for c in candidates], np.float32)
        near: Floats = np.minimum(meaning + words.reshape(meaning.shape), 1.0)
        return near

    def _said(self, candidate: Candidate) -> list[float]:
        title = f" {normal_title(headline(candidate))} "
        text = f" {normal_title(candidate_text(candidate))} "
        return [_words_said(parts, title, text) for parts in self._parts]


def parts_of(phrase: str) -> tuple[str, ...]:
    """The parts of a phrase that may be found word for word, in normal form."""
    parts = (normal_title(part) for part in _PARTS.split(phrase))
    return tuple(dict.fromkeys(p for p in parts if len(p) >= (2 if _han(p) else 3)))


def _words_said(parts: Sequence[str], title: str, text: str) -> float:
    if any(_stands_in(part, title) for part in parts):
        return _IN_TITLE
    return _IN_TEXT if any(_stands_in(part, text) for part in parts) else 0.0


def _stands_in(part: str, text: str) -> bool:
    # Chinese has no spaces; a Latin part must be whole words.
    return part in text if _han(part) else f" {part} " in text


def _han(text: str) -> bool:
    return any("\u3400" <= c <= "\u9fff" for c in text)
