"""How near a candidate is to what the reader declared: by meaning, and by the very words.

Meaning is the sum of two similarities, each counted in its own spread and from what any research
reaches: the plain cosine, which knows the field, and the one centred by language, which knows the
topic. Without that start some phrases are near to everything and drown the others. Title and
whole text are compared and averaged. A model this small also misses what a reader sees at once: a
part of the phrase that stands in the title word for word is evidence of its own
(docs/scoring.md, "Cold start").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.score.topic import languages
from pipeline.score.words import candidate_text, headline
from pipeline.text import normal_title

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.score.topic import TopicSpace
    from pipeline.types import Candidate, Interest

    Floats = NDArray[np.float32]
    Ints = NDArray[np.intp]

_PARTS = re.compile(r"[，,、；;：:／/。|（）()\n]|\s和\s|\band\b|与|或")
_IN_TITLE, _IN_TEXT = 3.8, 1.4
"""What a part of the phrase adds where it stands word for word, in spreads: in a title as much as
lies between any paper and one on the subject, in the text a third of that."""


class Wishes:
    """Interests or mutes, ready to be compared."""

    def __init__(self, space: TopicSpace, interests: Sequence[Interest]) -> None:
        self._space = space
        phrases = [i.phrase for i in interests]
        self._plain = space.embedder.embed(phrases)
        self._centred = space.centred(self._plain, languages(phrases))
        self._parts = [parts_of(phrase) for phrase in phrases]

    def closeness(self, candidates: Sequence[Candidate], raw: Floats, language_of: Ints) -> Floats:
        """Closeness of each candidate to each phrase, in spreads above any research.

        `raw` are the vectors of the candidates' whole texts, shape (candidates, dimensions), and
        `language_of` their languages; the result has shape (candidates, phrases).
        """
        if not self._parts:
            return np.zeros((len(candidates), 0), np.float32)
        titles = [headline(c) for c in candidates]
        by_title = self._meaning(self._space.embedder.embed(titles), languages(titles))
        words = np.asarray([self._said(c) for c in candidates], np.float32)
        meaning: Floats = np.mean([self._meaning(raw, language_of), by_title], axis=0)
        return meaning + words.reshape(meaning.shape)

    def _meaning(self, raw: Floats, language_of: Ints) -> Floats:
        unit, centred_unit = self._space.spread
        usual, usual_centred = self._space.research
        plain = (raw - usual[language_of]) @ self._plain.T
        apart = self._space.centred(raw, language_of) - usual_centred[language_of]
        return np.asarray(plain / unit + apart @ self._centred.T / centred_unit, np.float32)

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
